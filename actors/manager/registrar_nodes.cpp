// The registrar actor: what nodes tell of themselves, and who wants to know.
#include "actors/manager/labels.hpp"
#include "actors/manager/registrar.hpp"

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

mesh_node registrar_state::seen(const node& one) {
  const auto& facts = one.facts;
  return {facts.id,         one.tenant,         one.hostname,   one.labels,           one.status,
          facts.public_key, facts.mesh_address, facts.endpoint, facts.key_generation, facts.metadata};
}

void registrar_state::tell_listeners(const node& one) {
  if (ports_.listeners.empty()) return;
  note_node news{seen(one)};
  if (one.held) news.node.status = agent_status::online;
  for (const auto& each : ports_.listeners) self->send(each, news);
}

// Others hear of it once it is durable. `what` says whether anything changed.
template <class Change>
caf::result<committed> registrar_state::change(agent_id id, const char* action, Change what) {
  const auto found = nodes_.find(id);
  if (found == nodes_.end() || !found->second.member) return caf::make_error(fleet_error::agent_unknown);
  auto facts = found->second.facts;
  // What is being written may differ from both.
  if (!what(facts) && !changing_.contains(id)) return committed{};
  ++changing_[id];
  auto promise = self->make_response_promise<committed>();
  record_node write{facts, {{ports_.utc_now(), "agent", action, to_string(id), {}}}};
  self->request(ports_.ledger, caf::infinite, std::move(write))
    .then(
      [this, promise, id, what, written = facts](const committed& done) mutable {
        change_over(id);
        if (const auto again = nodes_.find(id); again != nodes_.end()) {
          what(again->second.facts);
          tell_listeners(again->second);
          if (again->second.facts != written) record_again(again->second.facts);
        }
        promise.deliver(done);
      },
      [this, promise, id](caf::error& failed) mutable {
        change_over(id);
        promise.deliver(std::move(failed));
      });
  return promise;
}

void registrar_state::change_over(agent_id id) {
  const auto found = changing_.find(id);
  if (--found->second == 0) changing_.erase(found);
}

// Two changes were under way at once, and neither record had both.
void registrar_state::record_again(const node_facts& facts) {
  self->request(ports_.ledger, caf::infinite, record_node{facts, {}})
    .then([](const committed&) {},
          [this](caf::error& failed) { ports_.tell("node_not_recorded", self->system().render(failed)); });
}

caf::result<committed> registrar_state::take(const announce_capabilities& news) {
  return change(news.id, "node.capabilities", [news](node_facts& facts) {
    const auto before = std::tie(facts.capabilities, facts.binary_version, facts.binary_checksum);
    if (before == std::tie(news.capabilities, news.binary_version, news.binary_checksum)) return false;
    facts.capabilities = news.capabilities;
    facts.actions = news.actions;
    facts.binary_version = news.binary_version;
    facts.binary_checksum = news.binary_checksum;
    return true;
  });
}

caf::result<committed> registrar_state::take(const report_endpoint& news) {
  return change(news.id, "node.endpoint", [news](node_facts& facts) {
    if (facts.endpoint == news.endpoint && facts.nat_type == news.nat_type) return false;
    facts.endpoint = news.endpoint;
    facts.nat_type = news.nat_type;
    return true;
  });
}

caf::result<committed> registrar_state::take(const replace_node_key& news) {
  self->send(ports_.fleet, direct_agents{{news.id}, {0, directive_rotate_keys}});
  return change(news.id, "node.key_replaced", [news](node_facts& facts) {
    if (facts.public_key == news.public_key) return false;
    facts.public_key = news.public_key;
    ++facts.key_generation;
    return true;
  });
}

caf::result<committed> registrar_state::take(const report_checksum& news) {
  return change(news.id, "node.checksum", [news](node_facts& facts) {
    return std::exchange(facts.binary_checksum, news.binary_checksum) != news.binary_checksum;
  });
}

caf::result<committed> registrar_state::declare(const declare_binary& request) {
  auto all = binaries_;
  if (request.checksums.empty()) all.erase(request.version);
  else all[request.version] = {request.version, request.checksums, ports_.utc_now(), request.author};
  if (all.size() > options_.binaries)
    return caf::make_error(fleet_error::policy_refused,
                           std::string{"there are too many declared versions: forget some"});
  record_binaries write;
  for (const auto& [version, one] : all) write.binaries.push_back(one);
  write.audit.push_back({ports_.utc_now(), request.author, "binary.declared", request.version,
                         "checksums=" + std::to_string(request.checksums.size())});
  binaries_ = std::move(all);
  return self->delegate(ports_.ledger, std::move(write));
}

binary_list registrar_state::list_binaries() const {
  binary_list out;
  for (const auto& [version, one] : binaries_) out.binaries.push_back(one);
  return out;
}

binary_verdict registrar_state::verdict(const node_facts& facts) const {
  if (facts.binary_checksum.empty()) return binary_verdict::unreported;
  const auto declared = binaries_.find(facts.binary_version);
  if (declared == binaries_.end()) return binary_verdict::undeclared;
  const auto& good = declared->second.checksums;
  return std::binary_search(good.begin(), good.end(), facts.binary_checksum) ? binary_verdict::good
                                                                             : binary_verdict::deviant;
}

node_row registrar_state::row(const node& one) const {
  const auto& facts = one.facts;
  return {seen(one),      facts.bridge, facts.nat_type, facts.binary_version, facts.binary_checksum,
          verdict(facts), one.held};
}

node_page registrar_state::list(const list_nodes& query) const {
  node_page out;
  for (auto at = nodes_.upper_bound(query.after); at != nodes_.end(); ++at) {
    const auto& one = at->second;
    if ((query.tenant && *query.tenant != one.tenant) || (query.status && *query.status != one.status)
        || (query.hostname && *query.hostname != one.hostname) || !has_labels(one.labels, query.labels)
        || (query.deviant && verdict(one.facts) != binary_verdict::deviant))
      continue;
    if (out.nodes.size() == query.limit) {
      out.next = out.nodes.back().node.id;
      break;
    }
    out.nodes.push_back(row(one));
  }
  return out;
}

caf::result<node_details> registrar_state::show(agent_id id) const {
  const auto found = nodes_.find(id);
  if (found == nodes_.end()) return caf::make_error(fleet_error::agent_unknown);
  return node_details{row(found->second), found->second.facts.capabilities};
}

node_selection registrar_state::select(const select_nodes& query) const {
  node_selection out;
  const auto consider = [&](const node& one) {
    if (!one.member || (query.tenant && *query.tenant != one.tenant) || !has_labels(one.labels, query.labels))
      return;
    const auto& facts = one.facts;
    const auto offered = facts.actions.find(query.action);
    const bool known = offered != facts.actions.end();
    out.nodes.push_back({facts.id, one.tenant, one.hostname, one.status, known || facts.capabilities.empty(),
                         known ? offered->second : std::string{}});
  };
  if (query.ids.empty())
    for (const auto& [id, one] : nodes_) consider(one);
  else
    for (const auto id : query.ids)
      if (const auto found = nodes_.find(id); found != nodes_.end()) consider(found->second);
  return out;
}

}  // namespace muster
