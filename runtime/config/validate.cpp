// Rules between settings. Each names the setting to change, so that the loader can say where it was set.
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <set>

#include "actors/manager/network_address.hpp"
#include "runtime/config/configuration.hpp"
#include "runtime/config/listen_address.hpp"
#include "runtime/config/units.hpp"

namespace muster {
namespace {

using problems = std::vector<configuration_problem>;

const std::string mode_key = "enrolment.panguard.mode";
constexpr std::size_t longest_socket_path = 107;  // sockaddr_un holds 108 bytes, one of them the end

void check_profiles(const configuration& c, problems& found) {
  for (const auto& [name, profile] : c.liveness.profiles) {
    const auto key = "liveness.profiles." + name;
    const auto interval = format_duration(profile.interval);
    if (profile.interval.count() <= 0) {
      found.push_back({key + ".interval", key, "must be given: this profile has no default"});
      continue;
    }
    if (profile.stale_after && *profile.stale_after <= profile.interval) {
      found.push_back(
        {key + ".stale_after", key + ".interval",
         "must be longer than the interval (" + interval + "), is " + format_duration(*profile.stale_after)});
    }
    if (!profile.offline_after) continue;
    const auto offline = format_duration(*profile.offline_after);
    if (*profile.offline_after <= profile.interval) {
      found.push_back({key + ".offline_after", key + ".interval",
                       "must be longer than the interval (" + interval + "), is " + offline});
    } else if (profile.stale_after && *profile.offline_after < *profile.stale_after) {
      found.push_back({key + ".offline_after", key + ".stale_after",
                       "must not be shorter than stale_after (" + format_duration(*profile.stale_after)
                         + "), is " + offline});
    }
  }
}

bool fits_a_path(const std::string& secret) {
  return std::ranges::all_of(
    secret, [](unsigned char c) { return c < 0x80 && (std::isalnum(c) || c == '_' || c == '-'); });
}

void check_secrets(const configuration& c, problems& found) {
  const auto& enrolment = c.enrolment_panguard;
  if (enrolment.mode == enrolment_mode::open) return;
  const std::string mode = enrolment.mode == enrolment_mode::token ? "token" : "path_secret";
  if (enrolment.secret.empty() && enrolment.secrets.empty()) {
    found.push_back(
      {"enrolment.panguard.secret", mode_key, "must be given: enrolment.panguard.mode is " + mode});
  }
  if (!enrolment.secret.empty() && enrolment.secrets.contains(enrolment.tenant)) {
    found.push_back({"enrolment.panguard.secrets", "enrolment.panguard.tenant",
                     "names " + enrolment.tenant + ", whose secret is enrolment.panguard.secret already"});
  }
  std::set<std::string> seen;
  const auto check = [&](const std::string& key, const std::string& owner, const std::string& secret) {
    if (secret.size() < 16) {
      found.push_back({key, mode_key, owner + " must be at least 16 characters long"});
    }
    if (enrolment.mode == enrolment_mode::path_secret && !fits_a_path(secret)) {
      found.push_back(
        {key, mode_key,
         owner + " must be of letters, digits, _ and - only: mode path_secret puts it in a URL"});
    }
    if (!seen.insert(secret).second) found.push_back({key, mode_key, owner + " is also another tenant's"});
  };
  if (!enrolment.secret.empty()) check("enrolment.panguard.secret", "the secret", enrolment.secret);
  for (const auto& [tenant, secret] : enrolment.secrets) {
    check("enrolment.panguard.secrets", "the secret of " + tenant, secret);
  }
}

void check_listeners(const configuration& c, problems& found) {
  const auto fleet = parse_listen_address(c.fleet_listen);
  const auto operators = parse_listen_address(c.operator_listen);
  if (!fleet) found.push_back({"fleet_listen", {}, "expects IP:PORT or [IPv6]:PORT"});
  if (!operators) found.push_back({"operator_listen", {}, "expects IP:PORT or [IPv6]:PORT"});
  if (!fleet || !operators) return;

  const std::string no_tls =
    " is not loopback, and Muster has no TLS yet: set insecure to use plain HTTP there";
  if (!fleet->loopback && !c.insecure) found.push_back({"fleet_listen", "insecure", c.fleet_listen + no_tls});
  if (!operators->loopback && !c.insecure)
    found.push_back({"operator_listen", "insecure", c.operator_listen + no_tls});
  if (!fleet->loopback && c.enrolment_panguard.mode == enrolment_mode::open && !c.insecure_open_enrolment) {
    found.push_back({mode_key, "fleet_listen",
                     "open lets anyone enrol, and fleet_listen (" + c.fleet_listen
                       + ") is not loopback: set insecure_open_enrolment to allow it"});
  }
  if (c.fleet_listen == c.operator_listen && fleet->port != 0) {
    found.push_back({"operator_listen", "fleet_listen", "must differ from fleet_listen"});
  }
}

void check_store(const configuration& c, problems& found) {
  if (c.data_dir.empty()) {
    found.push_back({"data_dir", {}, "must be given: neither XDG_STATE_HOME nor HOME is an absolute path"});
  }
  if (const auto socket = operator_socket_path(c).native(); socket.size() > longest_socket_path) {
    found.push_back(
      {"operator_socket", "data_dir", "must be a shorter path, a socket's has at most 107 bytes: " + socket});
  }
  if (c.limits.body_budget < c.limits.body_bytes) {
    found.push_back({"limits.body_budget", "limits.body_bytes",
                     "must not be smaller than limits.body_bytes (" + format_bytes(c.limits.body_bytes)
                       + "), is " + format_bytes(c.limits.body_budget)});
  }
}

void check_threats(const configuration& c, problems& found) {
  const auto& correlation = c.correlation;
  if (correlation.critical_agents < correlation.pattern_agents)
    found.push_back({"correlation.critical_agents", "correlation.pattern_agents",
                     "must not be smaller than correlation.pattern_agents"});
  for (const auto& [kind, pointer] : correlation.kinds)
    if (kind == "source_ip" || kind == "file_hash" || kind == "attack_technique")
      found.push_back({"correlation.kinds", {}, kind + " is built in"});
  if (c.policy.emergency_notify_and_wait > c.policy.emergency_auto_respond)
    found.push_back({"policy.emergency_notify_and_wait", "policy.emergency_auto_respond",
                     "must not be greater than policy.emergency_auto_respond"});
}

void check_losses(const configuration& c, problems& found) {
  if (c.flapping.stop >= c.flapping.start)
    found.push_back({"flapping.stop", "flapping.start", "must be less than flapping.start"});
}

void check_mesh(const configuration& c, problems& found) {
  const auto all = parse_network_range(c.mesh.addresses);
  const auto bridges = parse_network_range(c.mesh.bridge_addresses);
  if (all && bridges && !all->contains(*bridges))
    found.push_back(
      {"mesh.bridge_addresses", "mesh.addresses",
       "must lie within mesh.addresses (" + c.mesh.addresses + "), is " + c.mesh.bridge_addresses});
}

void check_notifications(const configuration& c, problems& found) {
  const auto& all = c.notifications;
  std::set<std::string> names;
  const auto fail = [&](const char* key, std::size_t at, const std::string& what) {
    found.push_back({std::string{"notifications."} + key, {}, "[" + std::to_string(at) + "]." + what});
  };
  for (std::size_t i = 0; i < all.channels.size(); ++i) {
    const auto& each = all.channels[i];
    if (const auto problem = problem_of(each); !problem.empty()) fail("channels", i, problem);
    else if (!names.insert(each.name).second) fail("channels", i, "name: there is another " + each.name);
  }
  for (std::size_t i = 0; i < all.routes.size(); ++i)
    if (const auto problem = problem_of(all.routes[i]); !problem.empty()) fail("routes", i, problem);
}

}  // namespace

std::vector<configuration_problem> validate(const configuration& candidate) {
  problems found;
  check_listeners(candidate, found);
  check_store(candidate, found);
  check_profiles(candidate, found);
  check_secrets(candidate, found);
  check_threats(candidate, found);
  check_losses(candidate, found);
  check_mesh(candidate, found);
  check_notifications(candidate, found);
  return found;
}

}  // namespace muster
