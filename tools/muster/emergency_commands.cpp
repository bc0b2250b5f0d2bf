// Commands about the policies that the manager publishes by itself against a pattern.
#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <ostream>

#include "tools/muster/commands.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

const std::string emergencies_path = "/operator/v1/emergencies";

// A wide one is for every agent of its tenant, whoever is named.
std::string agents_in_words(const object& emergency) {
  if (truth_of(emergency, "wide")) return "whole tenant";
  const auto* agents = emergency.if_contains("agents");
  return agents != nullptr && agents->is_array() ? grouped(agents->get_array().size()) : std::string();
}

const list_view& emergencies_view() {
  static const list_view view{
    "emergencies",
    "emergencies",
    {"ID", "TENANT", "KIND", "VALUE", "AGENTS", "REVISION", "PUBLISHED", "EXPIRES", "REASON"},
    [](const object& row, const view_style& style) -> table_row {
      return {{text_of(row, "id")},
              {text_of(row, "tenant")},
              {text_of(row, "kind")},
              {text_of(row, "value")},
              {agents_in_words(row)},
              {text_of(row, "revision")},
              time_cell(row, "published_at", style),
              time_cell(row, "expires_at", style),
              {text_of(row, "reason")}};
    }};
  return view;
}

}  // namespace

void list_emergencies(const command_line& line, const operator_api& api, const console& on) {
  print_list(api.get(emergencies_path), emergencies_view(), line, on);
}

void revoke_emergency(const command_line& line, const operator_api& api, const console& on) {
  const auto target = api_target(fmt::format("{}/{}", emergencies_path, percent_encoded(line.id)),
                                 {{"author", line.author}, {"reason", line.policy.reason}});
  const auto done = api.write({"DELETE", target, {}, {}});
  if (line.json) {
    on.out << printable_json(done.text) << '\n';
  } else {
    on.out << printable(fmt::format("revoked {}, revision {}", line.id, text_of(done.value, "revision")))
           << '\n';
  }
}

}  // namespace muster::cli
