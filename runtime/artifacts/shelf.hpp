// The shelf keeps programs as files beside the ledger: a directory for each version and
// platform with the octets and what is known of them. It reads and writes disk, so it
// has a thread of its own.
#pragma once

#include "actors/ports/calendar.hpp"
#include "messages/artifacts.hpp"
#include "messages/interfaces.hpp"
#include "runtime/crypto/sha256.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <filesystem>
#include <map>

namespace muster {

struct shelf_options {
  std::filesystem::path directory;
  uint64_t bytes = uint64_t{256} << 20;  // of one artifact
  size_t artifacts = 1'000;
  size_t uploads = 16;  // at a time; beyond that the oldest is dropped
};

// Empty, or what is wrong with it.
std::string problem_of(const artifact_name& name);

struct shelf_state {
  static inline const char* name = "muster.shelf";

  explicit shelf_state(shelf_actor::pointer actor) : self(actor) {}
  shelf_actor::behavior_type make_behavior(shelf_options options, ledger_actor ledger, calendar utc_now);

  caf::expected<part_stored> store(const store_part& part);
  caf::expected<artifact> seal(const seal_artifact& request);
  caf::expected<artifact> find(const artifact_name& wanted) const;
  caf::expected<artifact> remove(const remove_artifact& request);

  shelf_actor::pointer self;

 private:
  struct upload {
    uint64_t offset = 0;
    sha256 sum;
    utc_time begun_at{};
  };

  void load();
  std::filesystem::path directory_of(const artifact_name& of) const;
  void make_room();
  void audit(const std::string& author, const std::string& action, const artifact& of) const;

  shelf_options options_;
  ledger_actor ledger_;
  calendar utc_now_;
  std::map<artifact_name, artifact> artifacts_;
  std::map<artifact_name, upload> uploads_;
};

shelf_actor::behavior_type shelf(shelf_actor::stateful_pointer<shelf_state> self, shelf_options options,
                                 ledger_actor ledger, calendar utc_now);

}  // namespace muster
