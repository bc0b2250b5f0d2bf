// By Boost.JSON: registrations are rare beside heartbeats.
#include "tools/muster-sim/registration_answer.hpp"

#include <boost/json.hpp>

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

}  // namespace

std::optional<registration_answer> read_registration_answer(const answer& from) {
  json::error_code failed;
  const auto document = json::parse({from.body.data(), from.body.size()}, failed);
  const auto* top = failed ? nullptr : document.if_object();
  if (top == nullptr) return std::nullopt;
  const auto* data = object_in(top->if_contains("data"));
  const auto* where = top->contains("token") || data == nullptr ? top : data;
  const auto as = credential::read(text_of(*where, "agentId"), text_of(*where, "token"));
  if (!as) return std::nullopt;
  const auto* reconnected = top->if_contains("reconnected");
  const auto* told = reconnected != nullptr ? reconnected->if_bool() : nullptr;
  return registration_answer{*as, told != nullptr ? *told : from.status == 200};
}

}  // namespace muster::sim
