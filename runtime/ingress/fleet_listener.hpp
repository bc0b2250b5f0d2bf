// The fleet listener: dialects told apart by their paths.
#pragma once

#include "runtime/ingress/fleet_door.hpp"
#include "runtime/ingress/plexd_door.hpp"

namespace muster {

class fleet_listener final : public http::service {
 public:
  fleet_listener(fleet_door& agents, plexd_door& nodes) : agents_(agents), nodes_(nodes) {}

  std::optional<http::response> admit(http::request& head) override {
    if (head.path.starts_with("/v1/")) return nodes_.admit(head);
    return agents_.admit(head);
  }
  void serve(http::request& full, http::reply to) override {
    if (nodes_.owns(full.matched)) return nodes_.serve(full, std::move(to));
    agents_.serve(full, std::move(to));
  }
  // Of HTTP itself; each dialect finds the member that it looks for.
  http::response problem(unsigned status, std::string_view detail) override {
    return agents_.problem(status, detail);
  }

 private:
  fleet_door& agents_;
  plexd_door& nodes_;
};

}  // namespace muster
