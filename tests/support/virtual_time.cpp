// In a file of its own: it makes code for every message there is.
#include "tests/support/virtual_time.hpp"

namespace muster::test {

virtual_time_config::virtual_time_config() {
  set("scheduler.policy", caf::atom("testing"));
  add_message_types<caf::id_block::muster>();
  add_message_types<caf::id_block::muster_sensors>();
  // The one-argument overload does not compile in CAF 0.17.6.
  add_error_category(caf::atom("fleet"), [](uint8_t code, caf::atom_value, const caf::message& context) {
    return to_string(static_cast<fleet_error>(code)) + (context.empty() ? "" : " " + caf::to_string(context));
  });
}

}  // namespace muster::test
