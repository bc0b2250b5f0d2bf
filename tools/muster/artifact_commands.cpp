// Commands about programs that nodes fetch.
#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <fstream>
#include <ostream>

#include "runtime/crypto/sha256.hpp"
#include "tools/muster/commands.hpp"
#include "tools/muster/node_views.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

constexpr std::size_t part_bytes = 8u << 20;
const std::string artifacts_path = "/operator/v1/artifacts";

std::string path_of(const artifact_words& words) {
  return fmt::format("{}/{}/{}/{}", artifacts_path, percent_encoded(words.version),
                     percent_encoded(words.os.empty() ? "linux" : words.os), percent_encoded(words.arch));
}

// Uploads all of it and returns its SHA-256.
std::string upload(const std::string& path, const artifact_words& words, const operator_api& api) {
  std::ifstream file(words.file, std::ios::binary);
  if (!file) throw failure(exit_code::usage, fmt::format("{}: cannot be read", words.file));
  sha256 sum;
  std::uint64_t offset = 0;
  std::string part;
  do {
    part.assign(part_bytes, '\0');
    file.read(part.data(), part_bytes);
    part.resize(static_cast<std::size_t>(file.gcount()));
    if (file.bad()) throw failure(exit_code::failed, fmt::format("{}: cannot be read", words.file));
    if (part.empty()) break;
    sum.add(part);
    const auto target = api_target(path, {{"offset", std::to_string(offset)}});
    offset += part.size();
    api.write({"PUT", target, std::move(part), {{"Content-Type", "application/octet-stream"}}});
  } while (file);
  if (offset == 0) throw failure(exit_code::usage, fmt::format("{}: is empty", words.file));
  return sum.finish();
}

}  // namespace

void push_artifact(const command_line& line, const operator_api& api, const console& on) {
  const auto& words = line.artifact;
  const auto path = path_of(words);
  object body{{"sha256", upload(path, words, api)}};
  if (!words.signature.empty()) body["signature"] = words.signature;
  if (!line.author.empty()) body["author"] = line.author;
  const auto made = api.write({"POST", path, boost::json::serialize(body), {}});
  on.out << printable_json(line.json ? made.text : "sha256 " + text_of(made.value, "sha256")) << '\n';
}

void list_artifacts(const command_line& line, const operator_api& api, const console& on) {
  print_list(api.get(artifacts_path), artifacts_view(), line, on);
}

void remove_artifact(const command_line& line, const operator_api& api, const console& on) {
  api.change("DELETE", path_of(line.artifact));
  on.out << (line.json ? "{\"removed\":true}" : "removed") << '\n';
}

}  // namespace muster::cli
