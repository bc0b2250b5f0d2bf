// What is empty is left out.
#include "runtime/ledger/schedule_records.hpp"

#include "runtime/ledger/tree_record.hpp"

namespace muster {

std::string encode(const scan_schedule& what) {
  json_tree out{{"v", tree_record_version}};
  out["registry"] = raw(what.registry);
  out["cron"] = what.cron;
  out["zone"] = what.zone;
  out["image"] = what.image;
  out["source"] = to_string(what.source);
  out["max_attempts"] = what.max_attempts;
  add_member(out, "name", what.name);
  add_member(out, "tenant", what.tenant);
  add_member(out, "tar_path", what.tar_path);
  add_member(out, "scanners", what.scanners);
  add_member(out, "priority", what.priority);
  add_member(out, "paused", what.paused);
  add_member(out, "author", what.author);
  add_member(out, "made_at", what.made_at);
  add_member(out, "due_after", what.due_after);
  add_member(out, "last_run_at", what.last_run_at);
  add_member(out, "last_scan", raw(what.last_scan));
  add_member(out, "skipped", what.skipped);
  add_member(out, "skipped_at", what.skipped_at);
  add_member(out, "skipped_because", what.skipped_because);
  return json::text_of(out);
}

caf::expected<scan_schedule> decode_schedule(const stored_record& record) {
  return decode_tree<scan_schedule>(record, [&](const json_tree& from) {
    scan_schedule out;
    out.number = record.key;
    out.registry = registry_id{from.at("registry").get<uint64_t>()};
    out.cron = from.at("cron");
    out.zone = from.at("zone");
    out.image = from.at("image");
    out.source = read_word<scan_source>(from, "source", parse_scan_source);
    out.max_attempts = from.at("max_attempts");
    take_member(from, "name", out.name);
    take_member(from, "tenant", out.tenant);
    take_member(from, "tar_path", out.tar_path);
    take_member(from, "scanners", out.scanners);
    take_member(from, "priority", out.priority);
    take_member(from, "paused", out.paused);
    take_member(from, "author", out.author);
    take_member(from, "made_at", out.made_at);
    take_member(from, "due_after", out.due_after);
    take_member(from, "last_run_at", out.last_run_at);
    out.last_scan = scan_id{from.value("last_scan", uint64_t{0})};
    take_member(from, "skipped", out.skipped);
    take_member(from, "skipped_at", out.skipped_at);
    take_member(from, "skipped_because", out.skipped_because);
    return out;
  });
}

}  // namespace muster
