// One event for each part that differs.
#include "actors/manager/state_news.hpp"

#include <algorithm>

namespace muster {

namespace {

const std::string nothing = "{}";

const std::vector<relay_session>& sessions_of(const desired_state& what) {
  static const std::vector<relay_session> none;
  return what.relay ? what.relay->sessions : none;
}

bool contains(const std::vector<relay_session>& all, const relay_session& wanted) {
  return std::find(all.begin(), all.end(), wanted) != all.end();
}

bool has_session(const std::vector<relay_session>& all, const std::string& id) {
  return std::any_of(all.begin(), all.end(), [&](const relay_session& one) { return one.session_id == id; });
}

class news {
 public:
  void add(const char* type, std::string payload = nothing) {
    events.push_back({type, std::move(payload), {}});
  }
  void add_unless(bool same, const char* type) {
    if (!same) add(type);
  }

  std::vector<node_event> events;
};

}  // namespace

std::vector<node_event> state_news(const desired_state& before, const desired_state& after,
                                   const state_writer& write, size_t inline_bytes) {
  news out;
  bool pull = before.policies != after.policies || before.peers != after.peers;
  if (before.metadata != after.metadata || before.data != after.data) {
    auto payload = write.entries(after);
    if (payload.size() > inline_bytes) pull = true;
    else out.add("node_state_updated", std::move(payload));
  }
  if (before.secret_refs != after.secret_refs) {
    auto payload = write.secret_refs(after);
    if (payload.size() > inline_bytes) pull = true;
    else out.add("node_secrets_updated", std::move(payload));
  }
  out.add_unless(!pull, "policy_updated");
  out.add_unless(before.bridge == after.bridge, "bridge_config_updated");
  out.add_unless(before.user_access == after.user_access, "user_access_config_updated");
  out.add_unless(before.ingress == after.ingress, "ingress_config_updated");
  out.add_unless(before.site_to_site == after.site_to_site, "site_to_site_config_updated");
  out.add_unless(before.collectors == after.collectors, "collector_config_updated");
  const auto& had = sessions_of(before);
  const auto& has = sessions_of(after);
  for (const auto& session : had)
    if (!has_session(has, session.session_id))
      out.add("relay_session_revoked", R"({"session_id":")" + session.session_id + R"("})");
  for (const auto& session : has)
    if (!contains(had, session)) out.add("relay_session_assigned", write.session(session));
  return std::move(out.events);
}

std::string peer_payload(agent_id peer) { return R"({"peer_id":")" + to_string(peer) + R"("})"; }

}  // namespace muster
