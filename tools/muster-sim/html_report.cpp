// Tables first, so that they are there without a script, too.
#include "tools/muster-sim/html_report.hpp"

#include "tools/muster-sim/html_page.hpp"

#include "runtime/config/units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace muster::sim {

namespace {

struct plot {
  std::string_view id;
  std::string_view title;
  std::string_view note;
};

constexpr plot plots[] = {
  {"rates", "Requests a second", "answered well, by second of the run"},
  {"latency", "Latency of heartbeats", "from when they were due, on a logarithmic scale"},
  {"states", "The fleet as the manager sees it, and as it is",
   "drawn through: the manager; dashed: the truth"},
  {"delays", "Delays of the manager's words",
   "agents, by the time from the threshold, or from the first beat, to the word"},
  {"push", "Agents that have the policy pushed last", ""},
  {"status", "What the manager takes to tell its status", "a round trip, on a logarithmic scale"},
};

double seconds(std::chrono::nanoseconds span) { return std::chrono::duration<double>(span).count(); }

// "1,000,000"
std::string grouped(uint64_t number) {
  auto out = std::to_string(number);
  for (auto at = out.size(); at > 3;) out.insert(at -= 3, 1, ',');
  return out;
}

std::string cells(const std::vector<std::string>& row, std::string_view kind = "td") {
  std::string out = "<tr>";
  for (const auto& each : row) out += fmt::format("<{0}>{1}</{0}>", kind, html_escaped(each));
  return out + "</tr>\n";
}

std::string table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows) {
  auto out = "<div class=\"wide\"><table>\n<thead>" + cells(head, "th") + "</thead>\n<tbody>\n";
  for (const auto& row : rows) out += cells(row);
  return out + "</tbody>\n</table></div>\n";
}

std::string verdict_table(const std::vector<judgement>& verdict) {
  if (verdict.empty()) return "<p>The scenario expects nothing.</p>\n";
  std::string out = "<div class=\"wide\"><table class=\"verdict\">\n<thead>"
                    + cells({"", "expected", "limit", "was", "what it counts"}, "th") + "</thead>\n<tbody>\n";
  for (const auto& each : verdict)
    out += fmt::format(
      "<tr class=\"{}\"><td><b>{}</b></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
      each.held ? "held" : "broken", each.held ? "held" : "broken", html_escaped(each.name),
      html_escaped(each.wanted), each.got ? html_escaped(figure_text(each.name, *each.got)) : "not measured",
      html_escaped(meaning_of(each.name)));
  return out + "</tbody>\n</table></div>\n";
}

std::string summary(const run_result& of) {
  const auto& verdict = of.verdict;
  if (!of.problem.empty()) return fmt::format("<p class=\"badge broken\">{}</p>\n", html_escaped(of.problem));
  const auto broken = std::ranges::count(verdict, false, &judgement::held);
  if (verdict.empty()) return "<p class=\"badge\">Nothing was expected</p>\n";
  if (broken == 0)
    return fmt::format("<p class=\"badge held\">All {} expectations held</p>\n", verdict.size());
  return fmt::format("<p class=\"badge broken\">{} of {} expectations did not hold</p>\n", broken,
                     verdict.size());
}

std::string fleet_text(const scenario& of) {
  std::string out;
  for (const auto& part : of.fleet)
    out += fmt::format("{}{} {}, a beat each {}", out.empty() ? "" : "; ", grouped(part.agents),
                       name_of(part.speaks), format_duration(part.beat));
  return out;
}

std::string facts(const run_result& of) {
  return "<dl>" + fmt::format("<div><dt>Fleet</dt><dd>{}</dd></div>", html_escaped(fleet_text(of.of)))
         + fmt::format("<div><dt>Registered</dt><dd>{}</dd></div>", grouped(of.what.registered))
         + fmt::format("<div><dt>Lasted</dt><dd>{:.0f} s</dd></div>", seconds(of.what.elapsed))
         + fmt::format("<div><dt>Seed</dt><dd>{}</dd></div>", of.of.seed)
         + fmt::format("<div><dt>Manager</dt><dd>{}</dd></div>", html_escaped(of.target))
         + fmt::format("<div><dt>Its memory at most</dt><dd>{} MiB</dd></div>",
                       of.seen.resident_max_bytes / (1024 * 1024))
         + "</dl>\n";
}

std::string plot_places() {
  std::string out;
  for (const auto& each : plots)
    out += fmt::format(
      "<figure id=\"{}\" hidden><figcaption><h2>{}</h2><p>{}</p></figcaption>"
      "<div class=\"legend\"></div><div class=\"plot\"></div>"
      "<p class=\"readout\" aria-live=\"polite\">&nbsp;</p></figure>\n",
      each.id, html_escaped(each.title), html_escaped(each.note));
  return out;
}

std::string steps_table(const std::vector<mark>& marks) {
  if (marks.empty()) return {};
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < marks.size(); ++i)
    rows.push_back({std::to_string(i + 1), fmt::format("{:.1f} s", marks[i].second), marks[i].text});
  return "<h2>Steps</h2>\n" + table({"mark", "began", "step"}, rows);
}

std::string requests_table(const tally& total) {
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < request_kinds; ++i) {
    const auto& kind = total.kinds[i];
    if (kind.sent == 0) continue;
    std::vector<std::string> row{std::string{name_of(static_cast<request_kind>(i))}, grouped(kind.sent),
                                 grouped(kind.ok), grouped(kind.errors),
                                 fmt::format("{:.1f}", kind.per_second)};
    for (const auto share : {0.5, 0.99, 0.999, 1.0})
      row.push_back(fmt::format(
        "{:.2f}", std::chrono::duration<double, std::milli>(kind.latency.percentile(share)).count()));
    rows.push_back(std::move(row));
  }
  return "<h2>Requests</h2>\n"
         + table({"", "sent", "ok", "errors", "ok a second", "p50 ms", "p99 ms", "p99.9 ms", "max ms"}, rows);
}

std::string errors_table(const tally& total) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, count] : total.errors_by_kind()) rows.push_back({name, grouped(count)});
  return rows.empty() ? "" : "<h2>Errors</h2>\n" + table({"kind", "requests"}, rows);
}

std::string offenders(std::string_view title, const offences& of) {
  if (of.count == 0) return {};
  std::vector<std::vector<std::string>> rows;
  for (const auto& each : of.first)
    rows.push_back({each.host, fmt::format("{:.3f} s", each.heard / 1000.0),
                    each.said == 0 ? "nothing" : fmt::format("{:.3f} s", each.said / 1000.0),
                    fmt::format("{} ms", each.by_ms)});
  return fmt::format("<details><summary>{}: {}{}</summary>\n", html_escaped(title), grouped(of.count),
                     of.count > of.first.size() ? fmt::format(", the first {}", of.first.size()) : "")
         + table({"agent", "heard", "said", "by"}, rows) + "</details>\n";
}

std::string detections_part(const detections& found) {
  auto out = fmt::format(
    "<h2>What the manager said</h2>\n<p>{} words of this fleet, {} of other agents. {} could not be judged "
    "and "
    "{} silences ended unheard; {} had a hearing known to no better than {} ms. The news were interrupted {} "
    "times; the counts of the status were behind the truth by {} ms at most.</p>\n",
    grouped(found.words), grouped(found.strangers), grouped(found.unjudged), grouped(found.unheard),
    grouped(found.wide), truth::wide_hearing, found.interruptions, found.status_lag_ms);
  out += offenders("Said too early", found.false_stale);
  out += offenders("Said too late", found.late_stale);
  return out + offenders("Not said", found.missed_stale);
}

// Safe inside a script element.
std::string embedded(std::string json) {
  std::string out;
  for (const auto c : json) {
    if (c == '<') out += "\\u003c";
    else out += c;
  }
  return out;
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const auto c : text) switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  return out;
}

std::string html_report(const run_result& of) {
  const auto title = html_escaped(of.of.name);
  auto out = fmt::format(
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{} · muster-sim</title>\n"
    "<style>{}</style>\n</head>\n<body>\n<main>\n<header><h1>{}</h1>\n<p>{}</p>\n",
    title, page_style, title, html_escaped(of.of.description));
  out += summary(of) + "</header>\n" + verdict_table(of.verdict) + facts(of);
  out += "<noscript><p>The plots need JavaScript.</p></noscript>\n" + plot_places();
  out += steps_table(of.line.marks) + requests_table(of.what.total) + errors_table(of.what.total);
  out += detections_part(of.seen.found) + "</main>\n";
  out += "<script type=\"application/json\" id=\"run\">" + embedded(run_json(of)) + "</script>\n";
  return out.append("<script>").append(page_script).append("</script>\n</body>\n</html>\n");
}

}  // namespace muster::sim
