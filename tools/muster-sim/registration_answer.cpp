// By Boost.JSON: registrations are rare beside heartbeats.
#include "tools/muster-sim/registration_answer.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace muster::sim {

namespace json = boost::json;

namespace {

const json::object* object_in(const json::value* value) {
  return value != nullptr ? value->if_object() : nullptr;
}

std::string_view text_of(const json::object& from, std::string_view member) {
  const auto* found = from.if_contains({member.data(), member.size()});
  const auto* text = found != nullptr ? found->if_string() : nullptr;
  return text != nullptr ? std::string_view{text->data(), text->size()} : std::string_view{};
}

std::optional<registration_answer> read_panguard(const json::object& top, unsigned status) {
  const auto* data = object_in(top.if_contains("data"));
  const auto* where = top.contains("token") || data == nullptr ? &top : data;
  const auto as = credential::read(text_of(*where, "agentId"), text_of(*where, "token"));
  if (!as) return std::nullopt;
  const auto* reconnected = top.if_contains("reconnected");
  const auto* told = reconnected != nullptr ? reconnected->if_bool() : nullptr;
  return registration_answer{*as, told != nullptr ? *told : status == 200};
}

std::optional<registration_answer> read_sensor(const json::object& top) {
  const auto id = credential::read_id(text_of(top, "agentId"));
  if (!id) return std::nullopt;
  return registration_answer{{*id, {}}, false};
}

std::optional<registration_answer> read_node(const json::object& top) {
  const auto id = credential::read_id(text_of(top, "node_id"));
  const auto key = text_of(top, "node_secret_key");
  registration_answer out;
  if (!id || key.size() != out.as.secret.size()) return std::nullopt;
  out.as.id = *id;
  std::ranges::copy(key, out.as.secret.begin());
  return out;
}

}  // namespace

std::optional<registration_answer> read_registration_answer(const answer& from, dialect speaks) {
  json::error_code failed;
  const auto document = json::parse({from.body.data(), from.body.size()}, failed);
  const auto* top = failed ? nullptr : document.if_object();
  if (top == nullptr) return std::nullopt;
  switch (speaks) {
    case dialect::panguard: return read_panguard(*top, from.status);
    case dialect::harborguard: return read_sensor(*top);
    case dialect::plexd: return read_node(*top);
  }
  return std::nullopt;
}

}  // namespace muster::sim
