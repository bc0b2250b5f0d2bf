// The fleet listener: dialects told apart by their paths.
#pragma once

#include "runtime/ingress/fleet_door.hpp"
#include "runtime/ingress/harborguard_door.hpp"
#include "runtime/ingress/plexd_door.hpp"

namespace muster {

class fleet_listener final : public http::service {
 public:
  fleet_listener(fleet_door& agents, plexd_door& nodes, harborguard_door& sensors)
    : agents_(agents), nodes_(nodes), sensors_(sensors) {}

  std::optional<http::response> admit(http::request& head) override {
    if (head.path.starts_with("/v1/")) return nodes_.admit(head);
    // Sensors append their paths to what people typed.
    const auto path =
      std::string_view{head.path}.substr(std::min(head.path.find_first_not_of('/'), head.path.size()));
    if (path.starts_with("api/agent/") || path == "api/scans/upload") {
      head.path.erase(0, head.path.size() - path.size() - 1);
      return sensors_.admit(head);
    }
    return agents_.admit(head);
  }
  void serve(http::request& full, http::reply to) override {
    if (nodes_.owns(full.matched)) return nodes_.serve(full, std::move(to));
    if (sensors_.owns(full.matched)) return sensors_.serve(full, std::move(to));
    agents_.serve(full, std::move(to));
  }
  // Of HTTP itself; each dialect finds the member that it looks for.
  http::response problem(unsigned status, std::string_view detail) override {
    return agents_.problem(status, detail);
  }

 private:
  fleet_door& agents_;
  plexd_door& nodes_;
  harborguard_door& sensors_;
};

}  // namespace muster
