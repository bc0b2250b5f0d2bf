// A channel that hears everything, and what it has heard.
#pragma once

#include "tests/scenarios/scenario.hpp"

#include <boost/json/parse.hpp>

inline options with_a_channel(options with = {}) {
  channel_settings hook;
  hook.name = "ops";
  hook.type = channel_type::webhook;
  hook.url = "https://hooks.example/ops";
  notice_route all;
  all.channels = {"ops"};
  with.settings.notifications.channels = {hook};
  with.settings.notifications.routes = {all};
  return with;
}

inline boost::json::object body_of(const harness::sent_message& message) {
  return boost::json::parse(message.body).as_object();
}

// Labels of what was told, in order: "Sensor lost connection; Registry error".
inline std::string told_by(const virtual_manager& manager) {
  std::string out;
  for (const auto& each : manager.sent())
    out += (out.empty() ? "" : "; ") + std::string{body_of(each).at("event").as_string()};
  return out;
}
