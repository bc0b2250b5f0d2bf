// From kinds of requests to the three dialects.
#include "tools/muster-sim/fleet_writer.hpp"

#include "tools/muster-sim/random.hpp"

#include <fmt/format.h>

namespace muster::sim {

bool is_sign_of_life(request_kind kind, dialect speaks) {
  switch (kind) {
    case request_kind::registration:
    case request_kind::heartbeat:
    case request_kind::event: return true;
    case request_kind::poll:
    case request_kind::work: return speaks == dialect::harborguard;
    case request_kind::departure:
    case request_kind::stream: return false;
  }
  return false;
}

fleet_writer::fleet_writer(const run_plan& plan, uint64_t run)
  : plan_(plan),
    run_(run),
    panguard_(plan.where.authority(), plan.path_prefix, plan.enrol_token),
    sensors_(plan.where.authority(), plan.where.path, plan.sensor_keys),
    nodes_(plan.where.authority(), plan.where.path) {}

void fleet_writer::write(request_kind kind, const speaker& who, std::string& out) {
  switch (who.part.speaks) {
    case dialect::panguard: return write_panguard(kind, who, out);
    case dialect::harborguard: return write_sensor(kind, who, out);
    case dialect::plexd: return write_node(kind, who, out);
  }
}

void fleet_writer::write_panguard(request_kind kind, const speaker& who, std::string& out) {
  switch (kind) {
    case request_kind::registration:
      return panguard_.registration(out, simulated_host{who.part.prefix, who.number});
    case request_kind::heartbeat: {
      std::string more;
      if (who.part.follows_policy() && who.version > 1)
        more = fmt::format(R"(,"policyVersion":{})", who.version);
      if (!who.clock.empty()) more += fmt::format(R"(,"timestamp":"{}")", who.clock);
      return panguard_.heartbeat(out, who.as, who.uptime, more);
    }
    case request_kind::event:
      return panguard_.event(out, who.as, simulated_host{who.part.prefix, who.number}, *who.seen);
    case request_kind::departure: return panguard_.departure(out, who.as);
    case request_kind::poll: return panguard_.poll(out, who.as, who.version);
    case request_kind::stream: return panguard_.stream(out, who.as, who.version);
    case request_kind::work: return;
  }
}

void fleet_writer::write_sensor(request_kind kind, const speaker& who, std::string& out) const {
  switch (kind) {
    case request_kind::registration:
      return sensors_.registration(out, who.number, simulated_host{who.part.prefix, who.number});
    case request_kind::heartbeat: return sensors_.heartbeat(out, who.number, who.as.id, who.uptime);
    case request_kind::poll: return sensors_.poll(out, who.number, who.as.id);
    case request_kind::work:
      if (who.job->told) return sensors_.status(out, who.number, who.job->number);
      return sensors_.result(out, who.number, who.job->number, who.job->image);
    case request_kind::event:
    case request_kind::departure:
    case request_kind::stream: return;
  }
}

void fleet_writer::write_node(request_kind kind, const speaker& who, std::string& out) const {
  switch (kind) {
    case request_kind::registration:
      return nodes_.registration(out, plan_.node_tokens.at(who.number / run_plan::nodes_per_token),
                                 simulated_host{who.part.prefix, who.number}, mix(run_ + who.number));
    case request_kind::heartbeat: {
      const auto body =
        who.clock.empty() ? std::string{"{}"} : fmt::format(R"({{"timestamp":"{}"}})", who.clock);
      return nodes_.heartbeat(out, who.as, body);
    }
    case request_kind::event:
      return nodes_.event(out, who.as, simulated_host{who.part.prefix, who.number}, *who.seen);
    case request_kind::departure: return nodes_.departure(out, who.as);
    case request_kind::poll: return nodes_.pull(out, who.as);
    case request_kind::stream: return nodes_.stream(out, who.as, who.last_event);
    case request_kind::work: return;
  }
}

}  // namespace muster::sim
