// What the notifier goes on from after a restart.
#pragma once

#include "messages/channels.hpp"

#include <utility>
#include <vector>

namespace muster {

struct restored_notifications {
  std::vector<kept_notice> notices;                             // ascending
  std::vector<delivery> deliveries;                             // ascending
  std::vector<std::pair<uint64_t, channel_settings>> channels;  // with their numbers, opened
  std::vector<notice_route> routes;
  std::vector<silence> silences;  // ascending
};

// Where what is sealed lies: see vault.
inline std::string channel_place(uint64_t number, const char* member) {
  return "channels/" + std::to_string(number) + "/" + member;
}

}  // namespace muster
