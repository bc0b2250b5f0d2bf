// Commands about layers of policy and what comes of them for agents.
#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <ostream>

#include "tools/muster/commands.hpp"
#include "tools/muster/local_file.hpp"
#include "tools/muster/policy_views.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

const std::string policies_path = "/operator/v1/policies";

std::string layer_path(const policy_words& policy) {
  return fmt::format("{}/layers/{}", policies_path, percent_encoded(policy.scope));
}

// A rollback tells its reason in the body, together with the revision.
api_request change_of(const command_line& line, const console& on) {
  const auto& policy = line.policy;
  const bool rolls_back = line.what == command::policy_rollback;
  const query_fields query{{"tenant", policy.tenant},
                           {"author", line.author},
                           {"reason", rolls_back ? "" : policy.reason},
                           {"dry_run", policy.dry_run ? "true" : ""}};
  api_request request{"DELETE", api_target(layer_path(policy), query), {}, {}};
  if (line.what == command::policy_set) {
    request.method = "PUT";
    request.body = read_json_object(policy.file, on.in);
  } else if (rolls_back) {
    request = {"POST", api_target(layer_path(policy) + "/rollback", query), {}, {}};
    object body{{"revision", policy.to_revision}};
    if (!policy.reason.empty()) body["reason"] = policy.reason;
    request.body = boost::json::serialize(body);
  }
  if (policy.if_revision)
    request.headers.emplace_back("If-Match", fmt::format("\"{}\"", *policy.if_revision));
  return request;
}

std::string change_in_words(const command_line& line, const object& done) {
  const auto& policy = line.policy;
  const auto what = line.what == command::policy_set      ? std::string("set")
                    : line.what == command::policy_delete ? std::string("deleted")
                                                          : fmt::format("back at {}", policy.to_revision);
  const auto whose = policy.tenant.empty() ? "" : fmt::format(" of {}", policy.tenant);
  return printable(fmt::format("{}{}: {}, revision {}", policy.scope, whose, what, text_of(done, "revision")))
         + '\n';
}

}  // namespace

void list_layers(const command_line& line, const operator_api& api, const console& on) {
  const auto all = api.get(policies_path);
  print_list(all, layers_view(), line, on);
  if (line.json) return;
  if (const auto emergencies = count_of(all.value, "emergencies"); emergencies != 0) {
    on.err << fmt::format("muster: in force above them: {}; see muster emergency list\n",
                          emergencies == 1 ? "1 emergency" : grouped(emergencies) + " emergencies");
  }
}

void show_layer(const command_line& line, const operator_api& api, const console& on) {
  print_document(api.get(api_target(layer_path(line.policy), {{"tenant", line.policy.tenant}})), line, on,
                 layer_text);
}

void change_layer(const command_line& line, const operator_api& api, const console& on) {
  const auto done = api.write(change_of(line, on));
  if (line.json) {
    on.out << printable_json(done.text) << '\n';
  } else if (line.policy.dry_run) {
    on.out << effects_text(done.value, style_of(on));
  } else {
    on.out << change_in_words(line, done.value);
  }
}

void show_revision(const command_line& line, const operator_api& api, const console& on) {
  print_document(api.get(fmt::format("{}/history/{}", policies_path, line.id)), line, on, revision_text);
}

void show_effective_policy(const command_line& line, const operator_api& api, const console& on) {
  const auto id = named_agent(line, api);
  print_document(api.get(fmt::format("{}/effective/{}", policies_path, percent_encoded(id))), line, on,
                 effective_text);
}

void show_policy_status(const command_line& line, const operator_api& api, const console& on) {
  print_document(api.get(api_target(policies_path + "/status", {{"group_by", line.policy.group_by}})), line,
                 on, progress_text);
}

// One JSON document either way.
void print_policy_schema(const command_line&, const operator_api& api, const console& on) {
  const auto schema = printable_json(api.get(policies_path + "/schema").text);
  on.out << schema << (schema.ends_with('\n') ? "" : "\n");
}

}  // namespace muster::cli
