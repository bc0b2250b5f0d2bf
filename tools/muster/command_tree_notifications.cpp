// The commands about notifications.
#include <string>
#include <vector>

#include "tools/muster/command_tree.hpp"

namespace muster::cli {

void command_tree::add_channels() {
  auto& channels = *group(app, "channels", "Where notifications go");
  auto& words = line.notification;
  leaf(channels, "list", command::channels_list, "List channels, without their secrets");
  const auto named = [&](const char* name, command what, const char* text) {
    auto* to = leaf(channels, name, what, text);
    name_thing(*to, "NAME", "The channel: letters, digits, '.', '_' and '-'");
    return to;
  };
  named("show", command::channels_show, "Show one");
  auto* create = named("create", command::channels_create, "Make one");
  create
    ->add_option("--type", words.type, "webhook, slack, pagerduty, email, teams, opsgenie or alertmanager")
    ->required();
  create->add_option("--url", words.url, "http, https, smtp or smtps; PagerDuty and Opsgenie have their own");
  create
    ->add_option("--secret-file", words.secret_file,
                 "Where the signing secret, key or password is; - is standard input")
    ->type_name("FILE");
  create->add_option("--user", words.user, "Of the mail server");
  create->add_option("--from", words.from, "Mail address that mails come from");
  create->add_option("--to", words.to, "Mail addresses, separated by commas");
  create->add_option("--tls", words.tls, "Of mail: required or none");
  create->add_option("--ca-file", words.ca_file, "Authorities to trust, on the manager's host");
  create->add_option("--format", words.format, "Of Alertmanager: webhook or api");
  named("delete", command::channels_delete, "Delete one and what it has yet to deliver");
  named("test", command::channels_test, "Send one message, now and once");
}

void command_tree::add_notifications() {
  auto& words = line.notification;
  auto& told = *group(app, "notifications", "What people were told");
  auto* list = leaf(told, "list", command::notifications_list, "List pending messages and the last attempts");
  filter(*list, "--channel", "Only those of this channel");
  list->add_option("--limit", line.limit, "How many of each")->capture_default_str()->check(whole_number);

  auto& routes = *group(app, "routes", "Which notifications go where");
  leaf(routes, "list", command::notice_routes_list, "List routes in the order in which they are tried");
  add_file(*leaf(routes, "set", command::notice_routes_set, "Replace those that operators wrote"),
           "JSON: {\"routes\": [...]}; - is standard input");

  auto& silences = *group(app, "silences", "What nobody is told of");
  leaf(silences, "list", command::silences_list, "List silences, newest first");
  auto* create = leaf(silences, "create", command::silences_create, "Make one; what is given must all match");
  create->add_option("--event", words.events, "Type or label of an event; may be repeated")
    ->allow_extra_args(false);
  create->add_option("--severity", words.severity, "INFO, LOW, MEDIUM, HIGH or CRITICAL, and graver ones");
  create->add_option("--tenant", line.policy.tenant, "Only this tenant's");
  create->add_option("--subject", words.subject, "The id of an agent, a pattern, a rollout ...");
  create->add_option("--label", words.labels, "A label of what it is about; may be repeated")
    ->allow_extra_args(false)
    ->type_name("KEY=VALUE");
  create->add_option("--for", words.span, "How long it lasts, such as 2h")->required()->type_name("SPAN");
  add_reason(*create);
  name_number(*leaf(silences, "delete", command::silences_delete, "End one"), "ID", "The silence's number");
}

}  // namespace muster::cli
