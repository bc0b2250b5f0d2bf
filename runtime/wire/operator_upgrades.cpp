// JSON of upgrades.
#include "runtime/wire/operator_upgrades.hpp"

#include "runtime/config/units.hpp"
#include "runtime/wire/operator_json.hpp"
#include "runtime/wire/operator_policy.hpp"

#include <fmt/format.h>

#include <cmath>

namespace muster::operator_api {

namespace {

using json::quote;
using text_map = std::map<std::string, std::string>;

constexpr size_t word_limit = 256;
constexpr size_t reason_limit = 1024;
constexpr size_t text_members = 64;
constexpr double most_failed = 1e6;

double seconds(std::chrono::milliseconds span) { return static_cast<double>(span.count()) / 1000; }

text_map read_text_map(json::object_reader& from, std::string_view member) {
  text_map out;
  auto inner = from.object(member);
  if (!inner) return out;
  const auto names = inner->names();
  if (names.size() > text_members) inner->fail("", fmt::format("has more than {} members", text_members));
  for (const auto& name : names) out.emplace(name, inner->required_text(name, word_limit));
  from.adopt(*inner);
  return out;
}

std::chrono::milliseconds read_span(json::object_reader& from, std::string_view member,
                                    const std::string& text) {
  if (from.failed()) return {};
  const auto span = parse_duration(text);
  if (!span) from.fail(member, "must be a duration like 10m");
  return span.value_or(std::chrono::milliseconds{0});
}

std::string write_failure(const upgrade_failure& one) {
  return fmt::format(R"({{"node":"{}","hostname":{},"reason":{}}})", to_string(one.node), quote(one.hostname),
                     quote(one.reason));
}

}  // namespace

start_upgrade read_start_upgrade(json::object_reader& from) {
  start_upgrade out;
  from.allow_only({"version", "tenant", "labels", "stages", "every", "patience", "max_failed", "checksums",
                   "author", "reason"});
  out.version = from.required_text("version", word_limit);
  if (auto tenant = from.text("tenant", word_limit); !tenant.empty()) out.tenant = std::move(tenant);
  out.labels = read_text_map(from, "labels");
  out.stages = read_stages(from);
  out.every = read_span(from, "every", from.required_text("every", 32));
  if (const auto patience = from.text("patience", 32); !patience.empty())
    out.patience = read_span(from, "patience", patience);
  if (const auto number = from.number("max_failed", 0, most_failed)) {
    if (std::trunc(*number) != *number) from.fail("max_failed", "must be a whole number");
    else out.max_failed = static_cast<uint32_t>(*number);
  }
  out.checksums = read_text_map(from, "checksums");
  out.author = from.text("author", word_limit);
  out.reason = from.text("reason", reason_limit);
  return out;
}

std::string write_upgrade(const upgrade& what) {
  const auto& asked = what.asked;
  const auto& counts = what.counts;
  return fmt::format(
    R"({{"id":{},"version":{},"tenant":{},"labels":{},"status":"{}","stages":{},"stage":{},)"
    R"("every_seconds":{},"patience_seconds":{},"max_failed":{},"checksums":{},"started_at":{},)"
    R"("stage_since":{},"ended_at":{},"author":{},"reason":{},"outcome":{},)"
    R"("counts":{{"nodes":{},"upgraded":{},"waiting":{},"failed":{}}},"failures":{},"runs":{}}})",
    what.number, quote(asked.version), asked.tenant ? quote(*asked.tenant) : "null", texts(asked.labels),
    to_string(what.status), list(asked.stages, [](uint32_t bound) { return quote(write_stage(bound)); }),
    what.stage + 1, seconds(asked.every), seconds(asked.patience), asked.max_failed, texts(asked.checksums),
    time_or_null(what.started_at), time_or_null(what.stage_since), time_or_null(what.ended_at),
    quote(asked.author), quote(asked.reason), quote(what.outcome), counts.nodes, counts.upgraded,
    counts.waiting, counts.failed, list(what.failures, write_failure),
    list(what.runs, [](uint64_t run) { return std::to_string(run); }));
}

std::string write_upgrades(const upgrade_list& all) {
  return fmt::format(R"({{"upgrades":{}}})", list(all.upgrades, write_upgrade));
}

}  // namespace muster::operator_api
