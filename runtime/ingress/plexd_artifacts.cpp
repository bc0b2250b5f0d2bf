// The plexd dialect: programs that nodes fetch.
#include "messages/artifacts.hpp"
#include "runtime/ingress/plexd_asking.hpp"

#include <array>
#include <fstream>

namespace muster {

namespace {

constexpr size_t piece_bytes = 64 * 1024;

// Gives the file piece by piece. What is removed meanwhile stays until this has ended.
std::function<std::shared_ptr<const std::string>()> pieces_of(std::shared_ptr<std::ifstream> file) {
  return [file = std::move(file)]() -> std::shared_ptr<const std::string> {
    auto piece = std::make_shared<std::string>(piece_bytes, '\0');
    file->read(piece->data(), piece_bytes);
    piece->resize(static_cast<size_t>(file->gcount()));
    if (piece->empty()) return nullptr;
    return piece;
  };
}

}  // namespace

void plexd_door::send_artifact(const http::request& from, http::reply to) {
  const artifact_name wanted{std::string{from.parameters[0]}, std::string{from.parameters[1]},
                             std::string{from.parameters[2]}};
  ask<artifact>(host_.ports().shelf, find_artifact{wanted}, std::move(to), [this](const artifact& found) {
    auto file = std::make_shared<std::ifstream>(found.path, std::ios::binary);
    if (!*file) return problem(503, "the artifact can't be read").with("Retry-After", "5");
    http::response words;
    words.content_type = "application/octet-stream";
    words.with("X-Checksum-Sha256", found.sha256);
    if (!found.signature.empty()) words.with("X-Signature", found.signature);
    words.length = found.bytes;
    words.pulls = pieces_of(std::move(file));
    return words;
  });
}

}  // namespace muster
