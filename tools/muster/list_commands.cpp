// Lists: any number of pages become one table, or one JSON document with the rows exactly as the manager
// wrote them.
#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <ostream>

#include "runtime/config/units.hpp"
#include "runtime/log/escape.hpp"
#include "runtime/wire/timestamp.hpp"
#include "tools/muster/action_views.hpp"
#include "tools/muster/commands.hpp"
#include "tools/muster/node_views.hpp"
#include "tools/muster/paging.hpp"
#include "tools/muster/pattern_views.hpp"
#include "tools/muster/policy_views.hpp"
#include "tools/muster/report_commands.hpp"
#include "tools/muster/scan_views.hpp"
#include "tools/muster/state_views.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {
namespace {

struct list_source {
  const list_view* view;
  std::string path;
  query_fields filters;
};

list_source place_of(const command_line& line, const operator_api& api) {
  switch (line.what) {
    case command::agents_history:
      return {&history_view(), fmt::format("/operator/v1/agents/{}/history", named_agent(line, api)), {}};
    case command::patterns_sightings:
      return {
        &threats_view(), fmt::format("/operator/v1/patterns/{}/sightings", percent_encoded(line.id)), {}};
    case command::threats_list: return {&threats_view(), "/operator/v1/threats", {}};
    case command::patterns_list: return {&patterns_view(), "/operator/v1/patterns", {}};
    case command::policy_history: return {&revisions_view(), "/operator/v1/policies/history", {}};
    case command::nodes_list: return {&nodes_view(), "/operator/v1/nodes", {}};
    case command::actions_list: return {&runs_view(), "/operator/v1/runs", {}};
    case command::actions_executions:
      return {&executions_view(), fmt::format("/operator/v1/runs/{}/executions", line.id), {}};
    case command::state_history: return {&state_history_view(), "/operator/v1/state/history", {}};
    case command::nodes_reports:
    case command::nodes_entries:
    case command::nodes_metrics: {
      auto reports = reports_of(line, api);
      return {reports.view, std::move(reports.path), {}};
    }
    case command::scans_list: return {&scans_view(), "/operator/v1/scans", {}};
    case command::audit: return {&audit_view(), "/operator/v1/audit", {}};
    default: return {&agents_view(), "/operator/v1/agents", {}};
  }
}

// Names of hosts and registries become ids; a subject need not be an agent.
std::string filter_value(const std::string& name, const std::string& value, const operator_api& api,
                         const console& on) {
  if (name == "since") return since_time(value, on.now);
  if (name == "registry") return registry_called(value, api);
  if (name != "agent" && name != "subject") return value;
  const auto id = agent_called(value, api);
  if (!id && name == "agent") throw no_agent_called(value);
  return id.value_or(value);
}

list_source source_of(const command_line& line, const operator_api& api, const console& on) {
  auto source = place_of(line, api);
  for (const auto& [name, value] : line.filters) {
    if (!value.empty()) source.filters.emplace_back(name, filter_value(name, value, api, on));
  }
  return source;
}

struct list_page {
  api_document document;
  const boost::json::array* rows;
  std::string next_cursor;
};

list_page get_page(const list_source& source, const operator_api& api, std::uint64_t limit,
                   const std::string& cursor) {
  auto query = source.filters;
  query.emplace_back("limit", std::to_string(limit));
  query.emplace_back("cursor", cursor);
  list_page page{api.get(api_target(source.path, query)), nullptr, {}};
  const auto* rows = page.document.value.if_contains(source.view->member);
  if (rows == nullptr || !rows->is_array()) {
    throw failure(exit_code::failed, fmt::format("the manager's answer holds no {}", source.view->member));
  }
  page.rows = &rows->get_array();
  page.next_cursor = text_of(page.document.value, "next_cursor");
  return page;
}

// Writes one document however many pages there are, and closes it even when a later page fails: what is on
// standard output is valid, and its next_cursor is where to go on.
class json_list {
 public:
  json_list(const std::string& member, std::ostream& out) : member_(member), out_(out) {}

  void add(const list_page& page) {
    const auto found = raw_elements(page.document.text, member_);
    if (!found)
      throw failure(exit_code::failed, fmt::format("the manager's answer spells {} oddly", member_));
    const auto rows = *found;
    if (!begun_) out_ << fmt::format("{{\"{}\":[", member_);
    if (has_rows_ && !rows.empty()) out_ << ',';
    out_ << printable_json(rows);
    has_rows_ = has_rows_ || !rows.empty();
    begun_ = true;
  }

  void close(const std::string& next_cursor) {
    if (!begun_) return;
    std::string cursor = "null";
    if (!next_cursor.empty()) {
      cursor.clear();
      log::append_json_string(cursor, next_cursor);
    }
    out_ << "],\"next_cursor\":" << cursor << "}\n";
  }

 private:
  const std::string& member_;
  std::ostream& out_;
  bool begun_ = false;
  bool has_rows_ = false;
};

void list_as_json(const command_line& line, const operator_api& api, const console& on,
                  const list_source& source) {
  json_list document(source.view->member, on.out);
  std::string reached = line.cursor;
  try {
    reached = follow_cursors(line.limit, line.cursor, [&](std::uint64_t limit, const std::string& cursor) {
      reached = cursor;
      const auto page = get_page(source, api, limit, cursor);
      document.add(page);
      on.out.flush();
      return followed_page{page.rows->size(), page.next_cursor};
    });
  } catch (const failure&) {
    document.close(reached);
    throw;
  }
  document.close(reached);
}

// Reports of threats are not split over pages, so that a page may hold more rows than were asked for; people
// get what they asked for.
void list_as_table(const command_line& line, const operator_api& api, const console& on,
                   const list_source& source) {
  const auto& view = *source.view;
  text_table table(view.headings, on.colour);
  std::uint64_t printed = 0;
  bool cut = false;
  const auto rest =
    follow_cursors(line.limit, line.cursor, [&](std::uint64_t limit, const std::string& cursor) {
      const auto page = get_page(source, api, limit, cursor);
      std::vector<table_row> rows;
      for (const auto& row : *page.rows) {
        cut = line.limit != 0 && printed == line.limit;
        if (cut) break;
        if (!row.is_object()) continue;
        rows.push_back(view.row(row.get_object(), style_of(on)));
        ++printed;
      }
      if (!rows.empty()) on.out << table.render(rows) << std::flush;
      return followed_page{page.rows->size(), page.next_cursor};
    });
  if (printed == 0) {
    on.err << fmt::format("muster: no {}\n", view.plural);
  } else if (cut || !rest.empty()) {
    on.err << "muster: there is more; --all prints everything, --limit N as much as you like\n";
  }
}

}  // namespace

std::string since_time(std::string_view text, utc_time now) {
  if (const auto span = parse_duration(text)) return to_rfc3339(now - *span);
  if (const auto at = parse_rfc3339(text)) return to_rfc3339(*at);
  throw failure(
    exit_code::usage,
    fmt::format("--since {}: neither a time such as 2026-11-21T08:00:00Z nor a span such as 30m, 1h or 7d",
                text));
}

void list(const command_line& line, const operator_api& api, const console& on) {
  const auto source = source_of(line, api, on);
  if (line.json) {
    list_as_json(line, api, on, source);
  } else {
    list_as_table(line, api, on, source);
  }
}

void print_list(const api_document& list, const list_view& view, const command_line& line,
                const console& on) {
  const auto* found = list.value.if_contains(view.member);
  if (found == nullptr || !found->is_array()) {
    throw failure(exit_code::failed, fmt::format("the manager's answer holds no {}", view.member));
  }
  if (line.json) {
    on.out << printable_json(list.text) << '\n';
    return;
  }
  std::vector<table_row> rows;
  for (const auto& row : found->get_array()) {
    if (row.is_object()) rows.push_back(view.row(row.get_object(), style_of(on)));
  }
  if (rows.empty()) {
    on.err << fmt::format("muster: no {}\n", view.plural);
  } else {
    on.out << text_table(view.headings, on.colour).render(rows);
  }
}

}  // namespace muster::cli
