// The commands about sensors: registries, keys, sensors, scans and their schedules.
#include <string>
#include <vector>

#include "tools/muster/command_tree.hpp"

namespace muster::cli {

namespace {

const std::string registry_text = "The registry: its name or its id (reg-...)";
const std::string sensor_text = "The sensor's id";

}  // namespace

void command_tree::add_registries() {
  auto& registries = *group(app, "registries", "What sensors scan for: each has its own scans");
  auto* create = leaf(registries, "create", command::registries_create, "Make one");
  name_thing(*create, "NAME", "Its name, unique within its tenant")->check(not_empty);
  create->add_option("--tenant", line.scan.tenant, "Its tenant (default: default)")->check(not_empty);
  leaf(registries, "list", command::registries_list, "List registries with their sensors and scans");
  name_thing(*leaf(registries, "show", command::registries_show, "Show one"), "NAME", registry_text);
  auto* bind = leaf(registries, "bind", command::registries_bind, "Let a sensor scan for one");
  name_thing(*bind, "NAME", registry_text);
  bind->add_option("--sensor", line.scan.sensor, sensor_text)->required()->check(not_empty);
  leaf(registries, "unbind", command::registries_unbind, "Let a sensor scan for none")
    ->add_option("--sensor", line.scan.sensor, sensor_text)
    ->required()
    ->check(not_empty);
  name_thing(*leaf(registries, "delete", command::registries_delete,
                   "Delete one: its sensors are bound to none, its waiting scans are over"),
             "NAME", registry_text);
}

void command_tree::add_sensor_keys() {
  auto& keys = *group(app, "keys", "Keys by which sensors come in");
  auto& words = line.scan;
  auto* create = leaf(keys, "create", command::keys_create, "Make one; its text is shown this once");
  create->add_option("--dialect", words.dialect, "Whose sensors come in with it")
    ->capture_default_str()
    ->check(CLI::IsMember(std::vector<std::string>{"harborguard"}));
  create->add_option("--registry", words.registry, "Only for sensors of this registry: its name or its id")
    ->check(not_empty);
  create->add_option("--tenant", words.tenant, "Its tenant (default: the registry's, or else default)")
    ->check(not_empty);
  create->add_option("--ttl", words.ttl, "How long it is good (default: for ever)")->type_name("SPAN");
  create->add_option("--name", words.key_name, "What it is for")->check(not_empty);
  leaf(keys, "list", command::keys_list, "List keys, without their texts");
  name_number(*leaf(keys, "revoke", command::keys_revoke, "Let nobody in with it any more"), "ID",
              "The key's number");
}

void command_tree::add_sensors() {
  auto& sensors = *group(app, "sensors", "Who scans images, and how they are");
  filter(*leaf(sensors, "list", command::sensors_list, "List sensors"), "--registry",
         "Only those of this registry: its name or its id");
  name_thing(*leaf(sensors, "show", command::sensors_show,
                   "Show one, what may be wrong with it, its jobs and its history"),
             "ID", sensor_text);
  name_thing(
    *leaf(sensors, "delete", command::sensors_delete, "Forget one; it comes back with its next request"),
    "ID", sensor_text);
}

void command_tree::add_scan_options(CLI::App& to) {
  auto& words = line.scan;
  to.add_option("--registry", words.registry, registry_text)->required()->check(not_empty);
  to.add_option("--image", words.image, "The image's reference")->required()->type_name("REF");
  to.add_option("--scanners", words.scanners, "Only with these (default: all that the sensor has)")
    ->delimiter(',')
    ->allow_extra_args(false)
    ->type_name("NAME,...");
  to.add_option("--source", words.source, "Where the sensor takes the image from (default: docker)")
    ->check(CLI::IsMember(std::vector<std::string>{"docker", "registry", "tar"}));
  to.add_option("--tar-path", words.tar_path, "The tar on the sensor's host, for the source tar")
    ->type_name("PATH");
  to.add_option("--priority", words.priority, "Higher ones first, from -100 to 100 (default: 0)")
    ->type_name("N");
  to.add_option("--attempts", words.attempts, "How often sensors may begin it, up to 10 (default: 3)")
    ->type_name("N")
    ->check(whole_number);
}

void command_tree::add_scans() {
  auto& scans = *group(app, "scans", "Scans of container images, which sensors fetch and run");
  add_scan_options(*leaf(scans, "create", command::scans_create, "Have an image scanned"));
  auto* list = leaf(scans, "list", command::scans_list, "List scans, newest first");
  filter(*list, "--registry", "Only those for this registry: its name or its id");
  filter(*list, "--status", "Only those in this state")
    ->check(CLI::IsMember(std::vector<std::string>{"queued", "claimed", "completed", "failed", "cancelled"}));
  filter(*list, "--sensor", "Only those that this sensor has or had last: its id");
  add_list_options(*list);
  const auto named = [&](const char* name, command what, const char* text) {
    name_thing(*leaf(scans, name, what, text), "ID", "The scan's id (job-...)");
  };
  named("show", command::scans_show, "Show one");
  named("cancel", command::scans_cancel, "End one; the sensor that has it is told to stop");
  named("findings", command::scans_findings, "Print what one has found, as JSON");
}

void command_tree::add_schedules() {
  auto& schedules = *group(app, "schedules", "Images that are scanned again and again");
  auto& words = line.scan;
  auto* create =
    leaf(schedules, "create", command::schedules_create, "Have an image scanned by the calendar");
  add_scan_options(*create);
  create
    ->add_option("--cron", words.cron,
                 "When: minute, hour, day of month, month and day of week, as in \"0 3 * * *\", or @daily")
    ->required()
    ->type_name("TEXT")
    ->check(not_empty);
  create->add_option("--zone", words.zone, "On whose clock, as in Europe/Berlin (default: UTC)")
    ->type_name("ZONE")
    ->check(not_empty);
  create->add_option("--name", words.schedule_name, "Its name, unique within its registry")->check(not_empty);
  filter(*leaf(schedules, "list", command::schedules_list, "List schedules and when they are due"),
         "--registry", "Only those of this registry: its name or its id");
  const auto numbered = [&](const char* name, command what, const char* text) {
    name_number(*leaf(schedules, name, what, text), "ID", "The schedule's number");
  };
  numbered("show", command::schedules_show, "Show one");
  numbered("pause", command::schedules_pause, "Let one rest");
  numbered("resume", command::schedules_resume, "Let a paused one go on with its next time");
  numbered("delete", command::schedules_delete, "Delete one; scans that it has made stay");
}

}  // namespace muster::cli
