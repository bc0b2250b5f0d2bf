// What users of the harness call.
#include "tools/harness/virtual_manager.hpp"

#include "messages/type_ids.hpp"
#include "runtime/json/document.hpp"
#include "tools/harness/virtual_engine.hpp"

#include <boost/json/parse.hpp>

#include <caf/all.hpp>

#include <stdexcept>

namespace muster::harness {

boost::json::value answer::json() const { return boost::json::parse(body); }

simulated_agent::simulated_agent(virtual_manager* manager, std::shared_ptr<state> inner)
  : manager_(manager), state_(std::move(inner)) {}

agent_id simulated_agent::id() const { return state_->id; }
const std::string& simulated_agent::token() const { return state_->token; }
const std::string& simulated_agent::hostname() const { return state_->hostname; }

answer simulated_agent::beat(std::string body) {
  return manager_->request("POST", "/api/agents/" + to_string(id()) + "/heartbeat", std::move(body),
                           {token(), {}});
}

answer simulated_agent::report(std::string body) {
  return manager_->request("POST", "/api/agents/" + to_string(id()) + "/events", std::move(body),
                           {token(), {}});
}

answer simulated_agent::leave() {
  return manager_->request("DELETE", "/api/agents/" + to_string(id()), {}, {token(), {}});
}

answer simulated_agent::register_again() {
  auto body = R"({"hostname":)" + json::quote(state_->hostname)
              + R"(,"os":"Linux 6.1.0","arch":"x64","version":"1.0.0")";
  if (!state_->organization.empty()) body += R"(,"organizationId":)" + json::quote(state_->organization);
  auto welcome = manager_->request("POST", "/api/agents/register", body + "}");
  if (welcome.status == 200 || welcome.status == 201) {
    const auto said = welcome.json();
    state_->token = said.at("token").as_string().c_str();
    state_->id = parse_agent_id(said.at("agentId").as_string().c_str()).value();
  }
  return welcome;
}

void simulated_agent::beat_every(std::chrono::milliseconds interval) {
  state_->interval = interval;
  state_->next_beat = manager_->engine_->running().time() + interval;
}

void simulated_agent::fall_silent() { state_->interval = std::chrono::milliseconds{0}; }

virtual_manager::virtual_manager(options with) : engine_(std::make_unique<engine>(std::move(with))) {
  engine_->beat = [this](simulated_agent::state& agent) {
    request("POST", "/api/agents/" + to_string(agent.id) + "/heartbeat", "{}", {agent.token, {}});
  };
}

virtual_manager::~virtual_manager() = default;

simulated_agent virtual_manager::enrol(const std::string& hostname, const std::string& organization) {
  auto state = std::make_shared<simulated_agent::state>();
  state->hostname = hostname;
  state->organization = organization;
  simulated_agent agent{this, state};
  auto welcome = agent.register_again();
  if (welcome.status != 200 && welcome.status != 201)
    throw std::runtime_error{"registration of " + hostname + " answered " + std::to_string(welcome.status)
                             + ": " + welcome.body};
  engine_->simulated().push_back(std::move(state));
  return agent;
}

answer virtual_manager::request(const std::string& method, const std::string& target, std::string body,
                                const request_options& with) {
  return engine_->ask(engine_->running().host().fleet_service(), method, target, std::move(body), with);
}

answer virtual_manager::operate(const std::string& method, const std::string& target, std::string body,
                                const request_options& with) {
  return engine_->ask(engine_->running().host().operator_service(), method, target, std::move(body),
                      engine_->as_operator(with));
}

event_stream virtual_manager::open_stream(const std::string& target, const request_options& with) {
  return engine_->follow(engine_->running().host().fleet_service(), target, with);
}

event_stream virtual_manager::open_operator_stream(const std::string& target, const request_options& with) {
  return engine_->follow(engine_->running().host().operator_service(), target, engine_->as_operator(with));
}

void virtual_manager::advance(std::chrono::nanoseconds span) { engine_->advance(span); }
void virtual_manager::pause(std::chrono::nanoseconds span) { engine_->pause(span); }
void virtual_manager::restart(std::chrono::nanoseconds away) { engine_->restart(true, away); }
void virtual_manager::crash(std::chrono::nanoseconds away) { engine_->restart(false, away); }

agent_details virtual_manager::details(agent_id id) {
  for (const auto& row : agents())
    if (row.id == id)
      return engine_->query<agent_details>(engine_->running().inner().fleet(), show_agent{id});
  throw std::out_of_range{"no agent " + to_string(id)};
}

agent_status virtual_manager::status(agent_id id) {
  engine_->settle();
  return details(id).row.status;
}

std::vector<agent_row> virtual_manager::agents(list_agents filter) {
  std::vector<agent_row> all;
  filter.limit = max_page;
  for (;;) {
    auto page = engine_->query<agent_page>(engine_->running().inner().fleet(), filter);
    all.insert(all.end(), page.agents.begin(), page.agents.end());
    if (!page.next_slot) return all;
    filter.from_slot = *page.next_slot;
  }
}

std::vector<state_change> virtual_manager::history(agent_id id) {
  engine_->settle();
  std::vector<state_change> all;
  read_history wanted{id, details(id).row.last_change, max_page};
  while (wanted.from != 0) {
    auto page = engine_->query<change_page>(engine_->running().inner().archive(), wanted);
    all.insert(all.begin(), page.changes.rbegin(), page.changes.rend());
    wanted.from = page.next;
  }
  return all;
}

std::vector<threat_row> virtual_manager::threats(read_threats filter) {
  std::vector<threat_row> all;
  filter.limit = max_page;
  do {
    auto page = engine_->query<threat_page>(engine_->running().inner().archive(), filter);
    all.insert(all.end(), page.threats.begin(), page.threats.end());
    filter.before = page.next;
  } while (filter.before != 0);
  return all;
}

std::vector<audit_entry> virtual_manager::audit(read_audit filter) {
  std::vector<audit_entry> all;
  filter.limit = max_page;
  do {
    auto page = engine_->query<audit_page>(engine_->running().inner().archive(), filter);
    all.insert(all.end(), page.entries.begin(), page.entries.end());
    filter.before = page.next;
  } while (filter.before != 0);
  return all;
}

fleet_counts virtual_manager::counts() {
  engine_->settle();
  return engine_->query<fleet_counts>(engine_->running().inner().fleet(), count_agents{});
}

std::vector<sent_message> virtual_manager::sent() const { return engine_->sent(); }

utc_time virtual_manager::now() const { return engine_->now(); }
uint64_t virtual_manager::seed() const { return engine_->seed(); }
virtual_manager::addresses virtual_manager::serve() { return engine_->serve(); }
bool virtual_manager::serve_for(std::chrono::milliseconds span, const std::function<bool()>& done) {
  return engine_->serve_for(span, done);
}

}  // namespace muster::harness
