// Commands about upgrades of nodes.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <ostream>

#include "tools/muster/commands.hpp"
#include "tools/muster/terminal_text.hpp"
#include "tools/muster/upgrade_views.hpp"

namespace muster::cli {

using boost::json::array;
using boost::json::object;

namespace {

const std::string upgrades_path = "/operator/v1/upgrades";

std::string body_of(const command_line& line) {
  const auto& upgrade = line.upgrade;
  const auto& stages = line.policy.stages;
  object body{{"version", upgrade.version},
              {"stages", array(stages.begin(), stages.end())},
              {"every", line.policy.every},
              {"patience", upgrade.patience}};
  if (upgrade.max_failed != 0) body["max_failed"] = upgrade.max_failed;
  if (!upgrade.tenant.empty()) body["tenant"] = upgrade.tenant;
  if (!upgrade.selector.empty()) body["labels"] = pairs_of(upgrade.selector);
  if (!upgrade.checksums.empty()) body["checksums"] = pairs_of(upgrade.checksums);
  if (!line.author.empty()) body["author"] = line.author;
  if (!line.policy.reason.empty()) body["reason"] = line.policy.reason;
  return boost::json::serialize(body);
}

const char* step_of(command what) {
  if (what == command::upgrade_pause) return "pause";
  return what == command::upgrade_resume ? "resume" : "abort";
}

void start_upgrade(const command_line& line, const operator_api& api, const console& on) {
  const auto started = api.write({"POST", upgrades_path, body_of(line), {}});
  if (line.json) {
    on.out << printable_json(started.text) << '\n';
    return;
  }
  const auto nodes = count_of(object_of(started.value, "counts"), "nodes");
  on.out << printable(fmt::format("upgrade {} of {} to {}: {}, {} each", text_of(started.value, "id"),
                                  counted(nodes, "node"), line.upgrade.version,
                                  fmt::join(line.policy.stages, ", "), line.policy.every))
         << '\n';
}

void list_upgrades(const command_line& line, const operator_api& api, const console& on) {
  print_list(api.get(upgrades_path), upgrades_view(), line, on);
}

void show_upgrade(const command_line& line, const operator_api& api, const console& on) {
  print_document(api.get(fmt::format("{}/{}", upgrades_path, line.id)), line, on, upgrade_text);
}

void move_upgrade(const command_line& line, const operator_api& api, const console& on) {
  const auto target = api_target(fmt::format("{}/{}/{}", upgrades_path, line.id, step_of(line.what)),
                                 {{"author", line.author}, {"reason", line.policy.reason}});
  const auto done = api.write({"POST", target, {}, {}});
  if (line.json) {
    on.out << printable_json(done.text) << '\n';
  } else {
    on.out << printable(fmt::format("upgrade {}: {}", line.id, text_of(done.value, "status"))) << '\n';
  }
}

}  // namespace

void upgrade_nodes(const command_line& line, const operator_api& api, const console& on) {
  switch (line.what) {
    case command::upgrade_start: return start_upgrade(line, api, on);
    case command::upgrade_list: return list_upgrades(line, api, on);
    case command::upgrade_show: return show_upgrade(line, api, on);
    default: return move_upgrade(line, api, on);
  }
}

}  // namespace muster::cli
