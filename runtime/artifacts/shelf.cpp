// The shelf: files on disk, the latest state of each synced before anybody hears of it.
#include "runtime/artifacts/shelf.hpp"

#include "messages/errors.hpp"
#include "messages/ledger.hpp"
#include "messages/type_ids.hpp"
#include "runtime/json/tree.hpp"

#include <caf/all.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace muster {

namespace {

namespace fs = std::filesystem;
using json_tree = nlohmann::json;

constexpr auto octets = "program", part = "program.part", facts = "facts.json",
               facts_part = "facts.json.part";

caf::error refused(std::string why) { return caf::make_error(fleet_error::artifact_refused, std::move(why)); }

caf::error disk_failed(const fs::path& file) {
  const bool full = errno == ENOSPC || errno == EDQUOT;
  return caf::make_error(full ? fleet_error::store_full : fleet_error::store_failed,
                         file.string() + ": " + std::strerror(errno));
}

class descriptor {
 public:
  descriptor(const fs::path& file, int flags) : number_(::open(file.c_str(), flags | O_CLOEXEC, 0640)) {}
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

// All of it at `offset`, on disk. False leaves errno.
bool write_synced(const fs::path& file, uint64_t offset, std::string_view bytes) {
  const descriptor to{file, O_WRONLY | O_CREAT | (offset == 0 ? O_TRUNC : 0)};
  if (to.number() < 0) return false;
  while (!bytes.empty()) {
    const auto written = ::pwrite(to.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    offset += static_cast<uint64_t>(written);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return ::fdatasync(to.number()) == 0;
}

bool sync_directory(const fs::path& directory) {
  const descriptor at{directory, O_RDONLY | O_DIRECTORY};
  return at.number() >= 0 && ::fsync(at.number()) == 0;
}

bool consists_of(std::string_view text, std::string_view letters, size_t most) {
  return !text.empty() && text.size() <= most && text.find_first_not_of(letters) == std::string_view::npos;
}

std::string facts_of(const artifact& of) {
  return json::text_of(json_tree{{"v", 1},
                                 {"version", of.name.version},
                                 {"os", of.name.os},
                                 {"arch", of.name.arch},
                                 {"bytes", of.bytes},
                                 {"sha256", of.sha256},
                                 {"signature", of.signature},
                                 {"author", of.author},
                                 {"sealed_at", of.sealed_at.time_since_epoch().count()}});
}

// Nothing if that is no artifact, or its octets are not all there.
std::optional<artifact> read_facts(const fs::path& directory) {
  std::ifstream file{directory / facts};
  const auto tree = json_tree::parse(file, nullptr, false);
  if (!tree.is_object()) return std::nullopt;
  artifact out;
  try {
    out = {{tree.at("version"), tree.at("os"), tree.at("arch")},
           tree.at("bytes"),
           tree.at("sha256"),
           tree.at("signature"),
           tree.at("author"),
           utc_time{std::chrono::milliseconds{tree.at("sealed_at").get<int64_t>()}},
           (directory / octets).string()};
  } catch (const json_tree::exception&) {
    return std::nullopt;
  }
  std::error_code failed;
  if (fs::file_size(out.path, failed) != out.bytes || failed) return std::nullopt;
  return out;
}

}  // namespace

std::string problem_of(const artifact_name& name) {
  constexpr std::string_view lower = "abcdefghijklmnopqrstuvwxyz0123456789_";
  constexpr std::string_view all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-";
  if (!consists_of(name.version, all, 64) || !std::isalnum(static_cast<unsigned char>(name.version.front())))
    return "the version must be 1 to 64 letters, digits, '.', '_', '+' or '-', beginning with a letter or "
           "digit";
  if (!consists_of(name.os, lower, 32)) return "the operating system must be 1 to 32 of a-z, 0-9 and '_'";
  if (!consists_of(name.arch, lower, 32)) return "the architecture must be 1 to 32 of a-z, 0-9 and '_'";
  return {};
}

shelf_actor::behavior_type shelf_state::make_behavior(shelf_options options, ledger_actor ledger,
                                                      calendar utc_now) {
  options_ = std::move(options);
  ledger_ = std::move(ledger);
  utc_now_ = std::move(utc_now);
  load();
  return {
    [this](const store_part& request) { return store(request); },
    [this](const seal_artifact& request) { return seal(request); },
    [this](const find_artifact& request) { return find(request.name); },
    [this](const list_artifacts&) {
      artifact_list out;
      for (const auto& [key, one] : artifacts_) out.artifacts.push_back(one);
      return out;
    },
    [this](const remove_artifact& request) { return remove(request); },
  };
}

// What was being uploaded when the manager ended is uploaded anew.
void shelf_state::load() {
  std::error_code failed;
  for (fs::recursive_directory_iterator at{options_.directory, failed}, end; !failed && at != end;
       at.increment(failed)) {
    if (at->path().filename() != facts) continue;
    if (auto one = read_facts(at->path().parent_path())) artifacts_.emplace(one->name, *one);
  }
}

fs::path shelf_state::directory_of(const artifact_name& of) const {
  return options_.directory / of.version / of.os / of.arch;
}

caf::expected<part_stored> shelf_state::store(const store_part& request) {
  if (auto problem = problem_of(request.name); !problem.empty()) return refused(std::move(problem));
  if (artifacts_.contains(request.name)) return refused("this artifact is sealed: remove it first");
  if (request.offset == 0) {
    if (artifacts_.size() >= options_.artifacts) return refused("there are too many artifacts: remove some");
    make_room();
    uploads_[request.name] = {0, {}, utc_now_()};
  }
  const auto found = uploads_.find(request.name);
  const auto next = found == uploads_.end() ? 0 : found->second.offset;
  if (request.offset != next)
    return refused("the next part begins at offset " + std::to_string(next) + ", not "
                   + std::to_string(request.offset));
  if (next + request.bytes.size() > options_.bytes)
    return refused("the artifact is larger than " + std::to_string(options_.bytes) + " bytes");
  const auto directory = directory_of(request.name);
  std::error_code failed;
  fs::create_directories(directory, failed);
  if (!write_synced(directory / part, next, request.bytes)) {
    uploads_.erase(found);
    return disk_failed(directory / part);
  }
  found->second.offset += request.bytes.size();
  found->second.sum.add(request.bytes);
  return part_stored{found->second.offset};
}

// The oldest upload goes if there are too many.
void shelf_state::make_room() {
  if (uploads_.size() < options_.uploads) return;
  const auto oldest = std::min_element(uploads_.begin(), uploads_.end(), [](const auto& a, const auto& b) {
    return a.second.begun_at < b.second.begun_at;
  });
  std::error_code ignored;
  fs::remove(directory_of(oldest->first) / part, ignored);
  uploads_.erase(oldest);
}

caf::expected<artifact> shelf_state::seal(const seal_artifact& request) {
  const auto found = uploads_.find(request.name);
  if (found == uploads_.end()) return refused("nothing of it was uploaded since the manager's start");
  const auto directory = directory_of(request.name);
  artifact made{request.name,   found->second.offset, found->second.sum.finish(),   request.signature,
                request.author, utc_now_(),           (directory / octets).string()};
  uploads_.erase(found);
  if (made.sha256 != request.sha256) {
    std::error_code ignored;
    fs::remove(directory / part, ignored);
    return refused("its SHA-256 is " + made.sha256 + ", not " + request.sha256 + ": upload it again");
  }
  std::error_code failed;
  fs::rename(directory / part, directory / octets, failed);
  if (failed || !write_synced(directory / facts_part, 0, facts_of(made))) return disk_failed(directory);
  fs::rename(directory / facts_part, directory / facts, failed);
  if (failed) return disk_failed(directory);
  for (auto each = directory; each != options_.directory.parent_path(); each = each.parent_path())
    if (!sync_directory(each)) return disk_failed(each);
  artifacts_[made.name] = made;
  audit(request.author, "artifact.sealed", made);
  return made;
}

caf::expected<artifact> shelf_state::find(const artifact_name& wanted) const {
  const auto found = artifacts_.find(wanted);
  if (found == artifacts_.end()) return caf::make_error(fleet_error::record_missing);
  return found->second;
}

// Who is being sent it has it open, and gets all of it.
caf::expected<artifact> shelf_state::remove(const remove_artifact& request) {
  auto found = find(request.name);
  if (!found) return found;
  const auto directory = directory_of(request.name);
  std::error_code failed;
  for (const auto* each : {facts, octets}) fs::remove(directory / each, failed);
  artifacts_.erase(request.name);
  audit(request.author, "artifact.removed", *found);
  return found;
}

void shelf_state::audit(const std::string& author, const std::string& action, const artifact& of) const {
  const auto subject = of.name.version + "/" + of.name.os + "/" + of.name.arch;
  self
    ->request(ledger_, caf::infinite,
              record_audit{{{utc_now_(), author, action, subject, "sha256=" + of.sha256}}})
    .then([](const committed&) {}, [](caf::error&) {});
}

shelf_actor::behavior_type shelf(shelf_actor::stateful_pointer<shelf_state> self, shelf_options options,
                                 ledger_actor ledger, calendar utc_now) {
  return self->state.make_behavior(std::move(options), std::move(ledger), std::move(utc_now));
}

}  // namespace muster
