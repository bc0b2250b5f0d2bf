// From bytes to what is stored of them.
#include "runtime/scans/result_reader.hpp"

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/wire/harborguard.hpp"

#include <caf/all.hpp>

namespace muster {

result_reader_actor::behavior_type result_reader(
  result_reader_actor::stateful_pointer<result_reader_state> self, coordinator_actor coordinator) {
  return {
    [self, coordinator](read_result& wanted) -> caf::result<result_stored> {
      auto& parser = self->state.parser;
      const auto refuse = [](std::string why) {
        return caf::make_error(fleet_error::scan_refused, std::move(why));
      };
      auto& body = wanted.body;
      body.reserve(body.size() + simdjson::SIMDJSON_PADDING);  // which it has from a loop
      if (!parser.parse(body)) return refuse(parser.problem());
      auto said = harborguard::read_result(parser.root());
      if (!said.value) return refuse(said.problem);
      said.value->key = wanted.key;
      said.value->summary.sensor = wanted.sensor;
      return self->delegate(coordinator, std::move(*said.value));
    },
  };
}

}  // namespace muster
