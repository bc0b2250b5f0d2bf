// Flags by CLI11, out of the one table of settings.
#include "tools/musterd/command_line.hpp"

#include "runtime/config/setting.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace muster {

namespace {

// "--fleet-listen" beside "--fleet_listen": top-level settings are typed often.
std::string flag_names(const std::string& key) {
  auto dashed = key;
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  return dashed == key ? "--" + key : "--" + dashed + ",--" + key;
}

}  // namespace

command_line read_command_line(int argc, char** argv) {
  command_line out;
  out.words.assign(argv, argv + argc);
  std::error_code unknown;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  if (!unknown) out.words.front() = program;
  CLI::App app{"Muster's manager: keeps watch over a fleet of agents."};
  app.set_version_flag("--version", "musterd " MUSTER_VERSION);
  std::string file;
  std::string ready;
  app.add_option("--config", file, "Configuration file (YAML)")->envname("MUSTER_CONFIG");
  app.add_option("--ready-file", ready, "Written as JSON with the real addresses once the manager serves");
  app.add_flag("--check-config", out.check_only, "Check the configuration, say what is wrong, and end");
  app.add_flag("--print-config", out.print_configuration, "Print the configuration that results, and end");
  configuration defaults;
  defaults.data_dir = default_data_dir(process_environment(), false);
  std::map<std::string, std::string> given;
  for (const auto& place : setting_places(defaults)) {
    if (place.found->shape == setting_shape::list) continue;  // nobody could type one
    auto* option = app.add_option(flag_names(place.key), given[place.key],
                                  place.found->description + " (" + place.found->values + ")");
    if (place.found->shape == setting_shape::truth) option->expected(0, 1);
    option->group(place.key.find('.') == std::string::npos ? "Settings" : "More settings");
    option->each([&out, key = place.key](const std::string& text) { out.sources.flags[key] = text; });
    if (place.found->shape == setting_shape::truth) option->default_str("true");
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stop) {
    out.exit_code = app.exit(stop) == 0 ? 0 : 2;
    return out;
  }
  for (const auto& place : setting_places(defaults))
    if (place.found->shape == setting_shape::truth
        && app.count(flag_names(place.key).substr(0, flag_names(place.key).find(','))) > 0
        && !out.sources.flags.contains(place.key))
      out.sources.flags[place.key] = "true";
  if (!file.empty()) out.sources.file = file;
  out.ready_file = ready;
  out.sources.environment = process_environment();
  return out;
}

}  // namespace muster
