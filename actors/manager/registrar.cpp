// The registrar actor: tokens, addresses and keys of nodes.
#include "actors/manager/registrar.hpp"

#include "messages/enrolment.hpp"
#include "messages/errors.hpp"
#include "messages/policy_control.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <array>
#include <cinttypes>
#include <cstdio>

namespace muster {

namespace {

// Not to be told apart by strangers; operators find the reason in the token's record.
constexpr auto not_valid = "the bootstrap token is not valid";

caf::error error_of(token_refusal why) {
  const auto refused = [](std::string words) {
    return caf::make_error(fleet_error::token_refused, std::move(words));
  };
  switch (why) {
    case token_refusal::expired: return refused("the bootstrap token has expired");
    case token_refusal::revoked: return refused("the bootstrap token was revoked");
    case token_refusal::spent: return refused("the bootstrap token has been used up");
    case token_refusal::other_host: return refused("the bootstrap token was made for another host");
    case token_refusal::reserved: return caf::make_error(fleet_error::token_busy);
    default: return refused(not_valid);
  }
}

std::string token_id(const token_digest& digest) {
  std::array<char, 17> hex{};
  std::snprintf(hex.data(), hex.size(), "%016" PRIx64, digest.high);
  return std::string{"bt-"} + hex.data();
}

// The operator decides it, with the labels that the token gives.
bool is_bridge(const bootstrap_token& token) {
  const auto role = token.labels.find("role");
  return role != token.labels.end() && role->second == "bridge";
}

std::string place_of(const token_digest& key) {
  return "nodes/key/" + std::to_string(key.high) + "." + std::to_string(key.low);
}

}  // namespace

struct registrar_state::entry {
  host whom;
  token_digest token;
  bool counts = true;  // as a use of the token
  node_facts facts;
  std::map<std::string, std::string> labels;
  std::string secret_key;
  bool fresh_address = false;
  std::optional<agent_id> known;
};

registrar_actor::behavior_type registrar_state::make_behavior(registrar_options options,
                                                              registrar_ports ports,
                                                              restored_nodes restored) {
  options_ = std::move(options);
  ports_ = std::move(ports);
  tokens_.emplace(options_.tokens);
  restore(std::move(restored));
  return {
    [this](const register_node& request) { return enrol(request); },
    [this](const make_token& request) { return make(request); },
    [this](const list_tokens&) { return token_list{tokens_->list()}; },
    [this](const revoke_token& request) { return revoke(request); },
    [this](const announce_capabilities& news) { return take(news); },
    [this](const report_endpoint& news) { return take(news); },
    [this](const replace_node_key& news) { return take(news); },
    [this](const report_checksum& news) { return take(news); },
    [this](const list_nodes& query) { return list(query); },
    [this](const show_node& query) { return show(query.id); },
    [this](const select_nodes& query) { return select(query); },
    [this](const declare_binary& request) { return declare(request); },
    [this](const muster::list_binaries&) { return list_binaries(); },
    [this](const node_changed& change) { note(change); },
    [this](const agent_forgotten& gone) { forget(gone.id); },
  };
}

// Members first: an address that a departed node had may be another's by now.
void registrar_state::restore(restored_nodes restored) {
  for (const auto& token : restored.tokens) tokens_->restore(token);
  for (auto& one : restored.binaries) binaries_.emplace(one.version, std::move(one));
  for (const bool member : {true, false})
    for (auto& one : restored.nodes) {
      if ((one.status != agent_status::departed) != member) continue;
      const auto id = one.facts.id;
      const auto address = one.facts.mesh_address;
      auto& addresses = pool(one.tenant);
      if (!addresses.resume(address)) {
        if (member) ports_.tell("node_without_address", to_string(id));
      } else if (!member) {
        addresses.release(address, one.changed_at);
      }
      hosts_.emplace(host{one.tenant, one.hostname}, id);
      nodes_[id] = {std::move(one.facts),
                    std::move(one.tenant),
                    std::move(one.hostname),
                    std::move(one.labels),
                    one.status,
                    member};
    }
  for (const auto& gone : restored.left)
    if (auto& addresses = pool(gone.tenant); addresses.resume(gone.address))
      addresses.release(gone.address, gone.left_at);
}

address_pool& registrar_state::pool(const std::string& tenant) {
  const auto own = options_.own_by_tenant.find(tenant);
  const auto& ranges = own == options_.own_by_tenant.end() ? options_.addresses : own->second;
  return pools_.try_emplace(tenant, ranges.all, ranges.bridges, options_.cooldown).first->second;
}

registrar_state::node* registrar_state::find(const host& whom) {
  const auto id = hosts_.find(whom);
  if (id == hosts_.end()) return nullptr;
  const auto found = nodes_.find(id->second);
  return found == nodes_.end() ? nullptr : &found->second;
}

// A node that comes back has the address it had, if that is no other's.
std::optional<uint32_t> registrar_state::address_for(const node* known, const host& whom, bool bridge) {
  auto& addresses = pool(whom.first);
  if (known != nullptr && (known->member || addresses.resume(known->facts.mesh_address)))
    return known->facts.mesh_address;
  return addresses.lease(bridge, ports_.utc_now());
}

// The answer was lost on its way, and with it the node's key: the same host with the same token and public
// key is let in once more, for no further use.
bool registrar_state::asks_again(const register_node& request, utc_time now) {
  const auto* token = tokens_->find(request.token);
  if (token == nullptr || token->revoked_at != utc_time{}) return false;
  const auto* known = find({token->tenant, request.host.hostname});
  return known != nullptr && known->member && known->facts.enrolled_with == request.token
         && known->facts.public_key == request.public_key
         && now - known->facts.enrolled_at < options_.answer_lost_within;
}

void registrar_state::settle_token(const entry& one, bool enrolled) {
  if (one.counts) tokens_->settle(one.token, enrolled);
}

caf::result<node_welcome> registrar_state::enrol(const register_node& request) {
  const auto& hostname = request.host.hostname;
  const auto now = ports_.utc_now();
  const bool again = asks_again(request, now);
  if (const auto why = again ? token_refusal::none : tokens_->reserve(request.token, hostname, now);
      why != token_refusal::none)
    return error_of(why);
  const auto token = *tokens_->find(request.token);
  entry one{{token.tenant, hostname}, request.token, !again, {}, token.labels, {}, false, {}};
  const auto* known = find(one.whom);
  const bool taken = known != nullptr && known->member && token.hostname.empty() && !again;
  if (taken || enrolling_.contains(one.whom)) {
    settle_token(one, false);
    return caf::make_error(taken ? fleet_error::host_taken : fleet_error::token_busy);
  }
  const bool bridge = is_bridge(token);
  const auto address = address_for(known, one.whom, bridge);
  if (!address) {
    settle_token(one, false);
    return caf::make_error(fleet_error::addresses_exhausted);
  }
  enrolling_.insert(one.whom);
  auto key = ports_.credentials->issue_key();
  one.fresh_address = known == nullptr || !known->member;
  if (known != nullptr) one.known = known->facts.id;
  one.secret_key = std::move(key.secret);
  one.facts.public_key = request.public_key;
  one.facts.mesh_address = *address;
  one.facts.bridge = bridge;
  one.facts.sealed_key = ports_.keys->seal(place_of(key.digest), one.secret_key);
  one.facts.key = key.digest;
  one.facts.metadata = request.metadata;
  one.facts.capabilities = request.capabilities;
  one.facts.actions = request.actions;
  one.facts.binary_version = request.binary_version;
  one.facts.binary_checksum = request.binary_checksum;
  one.facts.enrolled_with = request.token;
  one.facts.enrolled_at = now;
  enrol_agent ask{dialect::plexd,
                  token.tenant,
                  request.host,
                  token.labels,
                  known != nullptr ? duplicate_policy::reconnect : duplicate_policy::always_new,
                  request.peer};
  ask.credential = key.digest;
  ask.node = document<node_enrolment>{node_enrolment{one.facts, again ? token_digest{} : request.token}};
  auto promise = self->make_response_promise<node_welcome>();
  self->request(ports_.fleet, caf::infinite, std::move(ask))
    .then(
      [this, promise, one](const enrolment& welcome) mutable {
        admit(one, welcome.id);
        promise.deliver(node_welcome{welcome.id, one.secret_key, one.facts.mesh_address});
      },
      [this, promise, one](caf::error& failed) mutable {
        undo(one);
        promise.deliver(std::move(failed));
      });
  return promise;
}

void registrar_state::admit(const entry& one, agent_id id) {
  enrolling_.erase(one.whom);
  settle_token(one, true);
  if (one.known && *one.known != id) {  // it was being removed
    if (nodes_.erase(*one.known) > 0)
      for (const auto& each : ports_.listeners) self->send(each, agent_forgotten{*one.known});
    pool(one.whom.first).resume(one.facts.mesh_address);
  }
  hosts_[one.whom] = id;
  auto facts = one.facts;
  facts.id = id;
  auto& fresh = nodes_[id];
  fresh = {std::move(facts), one.whom.first, one.whom.second, one.labels, agent_status::online, true};
  tell_listeners(fresh);
}

void registrar_state::undo(const entry& one) {
  enrolling_.erase(one.whom);
  settle_token(one, false);
  if (!one.fresh_address) return;
  auto& addresses = pool(one.whom.first);
  if (one.known) addresses.release(one.facts.mesh_address, ports_.utc_now());
  else addresses.give_back(one.facts.mesh_address);
}

caf::result<token_made> registrar_state::make(const make_token& request) {
  const auto now = ports_.utc_now();
  record_token write;
  for (const auto& gone : tokens_->forget_over(now - options_.token_retention))
    write.over.push_back(gone.digest);
  auto fresh = ports_.credentials->issue_bootstrap_token();
  bootstrap_token token;
  token.id = token_id(fresh.digest);
  token.digest = fresh.digest;
  token.tenant = request.tenant;
  token.labels = request.labels;
  token.hostname = request.hostname;
  token.uses = request.uses;
  token.made_at = now;
  token.expires_at = now + request.lifetime;
  token.author = request.author;
  if (!tokens_->add(token)) return caf::make_error(fleet_error::tokens_full);
  write.token = token;
  write.audit.push_back(audit(request.author, "token.made", token));
  auto promise = self->make_response_promise<token_made>();
  self->request(ports_.ledger, caf::infinite, std::move(write))
    .then(
      [promise, secret = std::move(fresh.secret), token](const committed&) mutable {
        promise.deliver(token_made{std::move(secret), token});
      },
      [this, promise, digest = token.digest](caf::error& failed) mutable {
        tokens_->remove(digest);
        promise.deliver(std::move(failed));
      });
  return promise;
}

// Ends it at once, also when that does not become durable: asked again, it is written again.
caf::result<committed> registrar_state::revoke(const revoke_token& request) {
  const auto token = tokens_->revoke(request.id, ports_.utc_now());
  if (!token) return caf::make_error(fleet_error::token_unknown);
  return self->delegate(ports_.ledger,
                        record_token{*token, {}, {audit(request.author, "token.revoked", *token)}});
}

void registrar_state::note(const node_changed& change) {
  const auto found = nodes_.find(change.id);
  if (found == nodes_.end()) return;
  auto& one = found->second;
  one.status = change.status;
  one.labels = change.labels;
  one.held = change.held;
  settle_address(one);
  tell_listeners(one);
}

// Who leaves gives its address back; who comes back has it again, if that is no other's.
void registrar_state::settle_address(node& one) {
  const bool member = one.status != agent_status::departed;
  if (std::exchange(one.member, member) == member) return;
  if (!member) return pool(one.tenant).release(one.facts.mesh_address, ports_.utc_now());
  if (pool(one.tenant).resume(one.facts.mesh_address)) return;
  // Another node has its address, and a node keeps the one it was told: it has to enrol again.
  one.member = false;
  one.status = agent_status::departed;
  ports_.tell("node_address_taken", to_string(one.facts.id));
  self->request(ports_.fleet, caf::infinite, remove_agent{one.facts.id, "manager"})
    .then([](const committed&) {}, [](caf::error&) {});
}

void registrar_state::forget(agent_id id) {
  const auto found = nodes_.find(id);
  if (found == nodes_.end()) return;
  const auto& one = found->second;
  if (one.member) pool(one.tenant).release(one.facts.mesh_address, ports_.utc_now());
  for (const auto& each : ports_.listeners) self->send(each, agent_forgotten{id});
  hosts_.erase({one.tenant, one.hostname});
  nodes_.erase(found);
}

audit_entry registrar_state::audit(std::string author, std::string action,
                                   const bootstrap_token& token) const {
  return {ports_.utc_now(), std::move(author), std::move(action), token.id,
          "tenant=" + token.tenant + " uses=" + std::to_string(token.uses)};
}

registrar_actor::behavior_type registrar(registrar_actor::stateful_pointer<registrar_state> self,
                                         registrar_options options, registrar_ports ports,
                                         restored_nodes restored) {
  return self->state.make_behavior(std::move(options), std::move(ports), std::move(restored));
}

}  // namespace muster
