// Absent members and null mean the same; members that are not known are passed over.
#include "runtime/wire/harborguard.hpp"

#include "runtime/wire/timestamp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace muster::harborguard {

namespace {

using json::quote;

constexpr size_t word_limit = 256;
constexpr size_t reason_limit = 1024;
constexpr size_t text_limit = 2048;  // of a finding's longer texts, which are cut
constexpr size_t most_facts = 32;
constexpr size_t most_items = 1'000'000;
constexpr size_t kept_vulnerabilities = 5'000;
constexpr size_t kept_others = 1'000;

constexpr std::array<std::string_view, 5> severities{"CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO"};

size_t rank_of(std::string_view severity) {
  return static_cast<size_t>(std::find(severities.begin(), severities.end(), severity) - severities.begin());
}

std::map<std::string, std::string> read_versions(json::object_reader& from) {
  std::map<std::string, std::string> out;
  auto versions = from.object("scannerVersions");
  if (!versions) return out;
  for (const auto& name : versions->names()) {
    if (out.size() == most_facts) versions->fail(name, "is one too many");
    out[name.substr(0, word_limit)] = versions->text(name, word_limit);
  }
  from.adopt(*versions);
  return out;
}

std::vector<std::string> read_words(json::object_reader& from, std::string_view member) {
  std::vector<std::string> out;
  const auto items = from.array(member, most_facts);
  if (!items) return out;
  for (const auto& each : *items) {
    std::string_view text;
    if (each.get(text) != simdjson::SUCCESS || text.size() > word_limit)
      from.fail(member, "expected texts of at most 256 bytes");
    else out.emplace_back(text);
  }
  return out;
}

// Texts are cut, numbers kept, everything else is left out.
std::string kept_members(json::element item, std::initializer_list<std::string_view> names) {
  std::string out = "{";
  simdjson::dom::object object;
  if (item.get(object) != simdjson::SUCCESS) return "{}";
  for (const auto name : names) {
    json::element value;
    if (object.at_key(name).get(value) != simdjson::SUCCESS) continue;
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) {
      if (text.empty()) continue;
      out += fmt::format("{}\"{}\":{}", out.size() > 1 ? "," : "", name, quote(text.substr(0, text_limit)));
    } else if (value.is_number()) {
      out += fmt::format("{}\"{}\":{}", out.size() > 1 ? "," : "", name, simdjson::to_string(value));
    }
  }
  return out + "}";
}

std::vector<json::element> items_of(json::object_reader& from, std::string_view member) {
  auto items = from.array(member, most_items);
  return items ? std::move(*items) : std::vector<json::element>{};
}

std::string list_of(const std::vector<json::element>& items, size_t most,
                    std::initializer_list<std::string_view> names) {
  std::string out = "[";
  for (size_t i = 0; i < std::min(items.size(), most); ++i)
    out += (i > 0 ? "," : "") + kept_members(items[i], names);
  return out + "]";
}

std::string_view severity_of(json::element item) {
  std::string_view text;
  if (item.at_key("severity").get(text) != simdjson::SUCCESS) return {};
  return text;
}

std::string vulnerabilities_of(std::vector<json::element> items, scan_summary& into) {
  for (const auto& each : items) {
    switch (rank_of(severity_of(each))) {
      case 0: ++into.critical; break;
      case 1: ++into.high; break;
      case 2: ++into.medium; break;
      case 3: ++into.low; break;
      default: ++into.info;
    }
  }
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) {
    return rank_of(severity_of(a)) < rank_of(severity_of(b));
  });
  return list_of(items, kept_vulnerabilities,
                 {"cveId", "severity", "packageName", "installedVersion", "fixedVersion", "source",
                  "cvssScore", "title", "vulnerabilityUrl"});
}

// What the sensor has worked out of its findings.
void read_aggregates(json::object_reader& from, scan_summary& into) {
  auto all = from.object("aggregates");
  if (!all) return;
  if (const auto score = all->number("riskScore", 0, 100)) into.risk_score = static_cast<uint32_t>(*score);
  if (const auto count = all->number("totalPackages", 0, 1e9)) into.packages = static_cast<uint32_t>(*count);
  from.adopt(*all);
}

}  // namespace

reading<sensor_facts> read_registration(json::element body) {
  json::object_reader from{body};
  sensor_facts out;
  out.hostname = from.text("hostname", word_limit);
  out.name = from.text("name", word_limit);
  if (out.name.empty()) out.name = out.hostname;
  if (!from.failed() && out.name.empty()) from.fail("name", "is missing");
  out.os = from.text("os", word_limit);
  out.arch = from.text("arch", word_limit);
  out.version = from.text("version", word_limit);
  out.scanner_versions = read_versions(from);
  out.capabilities = read_words(from, "capabilities");
  if (const auto store = from.find("s3Configured"); store && store->get(out.has_store) != simdjson::SUCCESS)
    from.fail("s3Configured", "expected true or false");
  return outcome(from, std::move(out));
}

std::string write_registered(const std::string& id) { return R"({"agentId":)" + quote(id) + "}"; }

reading<beat> read_beat(json::element body) {
  json::object_reader from{body};
  beat out;
  out.sensor = from.required_text("agentId", word_limit);
  const auto status = from.text("status", word_limit);
  out.scanning = status == "scanning";
  if (const auto count = from.number("activeScans", 0, 1e6)) out.active_scans = static_cast<uint32_t>(*count);
  if (const auto seconds = from.number("uptimeSeconds", 0, 1e12))
    out.report.uptime_milliseconds = static_cast<int64_t>(*seconds * 1000);
  out.report.mode = status.substr(0, 32);
  return outcome(from, std::move(out));
}

std::string write_offer(const scan_offer& offer) {
  std::string out = R"({"jobs":[)";
  if (offer.job) {
    const auto& job = *offer.job;
    out += fmt::format(R"({{"id":"{}","type":"SCAN","createdAt":{},"scan":{{"imageRef":{},"source":"{}")",
                       to_string(job.id), quote(to_rfc3339(job.created_at)), quote(job.image),
                       to_string(job.source));
    if (!job.tar_path.empty()) out += R"(,"tarPath":)" + quote(job.tar_path);
    if (!job.scanners.empty()) {
      out += R"(,"scanners":[)";
      for (size_t i = 0; i < job.scanners.size(); ++i) out += (i > 0 ? "," : "") + quote(job.scanners[i]);
      out += "]";
    }
    out += "}}";
  }
  out += R"(],"cancelJobs":[)";
  for (size_t i = 0; i < offer.cancelled.size(); ++i)
    out += (i > 0 ? ",\"" : "\"") + to_string(offer.cancelled[i]) + "\"";
  return out + "]}";
}

reading<job_end> read_status(json::element body) {
  json::object_reader from{body};
  job_end out;
  const auto word = from.required_text("status", word_limit);
  if (word == "completed") out.status = scan_status::completed;
  else if (word == "failed") out.status = scan_status::failed;
  else if (word == "cancelled") out.status = scan_status::cancelled;
  else if (!from.failed()) from.fail("status", "must be completed, failed or cancelled");
  std::string_view error;
  if (const auto value = from.find("error"); value && value->get(error) != simdjson::SUCCESS)
    from.fail("error", "expected a string, got " + std::string{json::kind(*value)});
  out.error = error.substr(0, reason_limit);
  return outcome(from, std::move(out));
}

reading<store_result> read_result(json::element body) {
  json::object_reader from{body};
  store_result out;
  std::string finished;
  if (auto scan = from.object("scan")) {
    out.scan = scan->required_text("id", word_limit);
    const auto status = scan->required_text("status", word_limit);
    if (const auto known = parse_scan_outcome(status)) out.summary.outcome = *known;
    else if (!scan->failed()) scan->fail("status", "must be SUCCESS, PARTIAL or FAILED");
    finished = scan->text("finishedAt", word_limit);
    out.finished_at = parse_rfc3339(finished).value_or(utc_time{});
    from.adopt(*scan);
  } else if (!from.failed()) {
    from.fail("scan", "is missing");
  }
  if (auto sensor = from.object("sensor")) {
    out.sender = sensor->text("id", word_limit);
    from.adopt(*sensor);
  }
  std::string digest;
  if (auto image = from.object("image")) {
    out.image = image->text("ref", reason_limit);
    digest = image->text("digest", reason_limit);
    from.adopt(*image);
  }
  std::string findings = R"("vulnerabilities":[],"compliance":[],"efficiency":[])";
  if (auto found = from.object("findings")) {
    const auto packages = items_of(*found, "packages");
    out.summary.packages = static_cast<uint32_t>(packages.size());
    const auto vulnerabilities = vulnerabilities_of(items_of(*found, "vulnerabilities"), out.summary);
    findings = fmt::format(R"("vulnerabilities":{},"compliance":{},"efficiency":{})", vulnerabilities,
                           list_of(items_of(*found, "compliance"), kept_others,
                                   {"ruleId", "ruleName", "severity", "source", "category", "message"}),
                           list_of(items_of(*found, "efficiency"), kept_others,
                                   {"findingType", "title", "severity", "source", "sizeBytes", "details"}));
    from.adopt(*found);
  }
  read_aggregates(from, out.summary);
  const auto& counts = out.summary;
  out.findings = document{fmt::format(
    R"({{"v":1,"image":{},"digest":{},"finished_at":{},"counts":{{"critical":{},"high":{},"medium":{},"low":{},)"
    R"("info":{},"packages":{}}},"risk_score":{},{}}})",
    quote(out.image), quote(digest), quote(finished), counts.critical, counts.high, counts.medium, counts.low,
    counts.info, counts.packages, counts.risk_score, findings)};
  return outcome(from, std::move(out));
}

std::string write_stored(const result_stored& stored) {
  return fmt::format(R"({{"ok":true,"scanId":"{}"}})", to_string(stored.id));
}

std::string write_error(std::string_view detail) { return R"({"error":)" + quote(detail) + "}"; }

}  // namespace muster::harborguard
