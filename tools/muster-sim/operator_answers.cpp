// Whatever is not as expected makes the whole answer nothing.
#include "tools/muster-sim/operator_answers.hpp"

#include <boost/json.hpp>

#include <charconv>
#include <cmath>

namespace muster::sim {

namespace json = boost::json;
using std::chrono::milliseconds;

namespace {

std::optional<json::object> object_of(std::string_view text) {
  json::error_code bad;
  auto value = json::parse(json::string_view{text.data(), text.size()}, bad);
  if (bad || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

std::string_view text_of(const json::object& of, std::string_view name) {
  const auto* value = of.if_contains(json::string_view{name.data(), name.size()});
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

uint64_t count_of(const json::object& of, std::string_view name) {
  const auto* value = of.if_contains(json::string_view{name.data(), name.size()});
  json::error_code bad;
  const auto count = value == nullptr ? 0 : value->to_number<uint64_t>(bad);
  return bad ? 0 : count;
}

double number_of(const json::object& of, std::string_view name) {
  const auto* value = of.if_contains(json::string_view{name.data(), name.size()});
  json::error_code bad;
  const auto number = value == nullptr ? 0 : value->to_number<double>(bad);
  return bad ? 0 : number;
}

const json::object* part_of(const json::object& of, std::string_view name) {
  const auto* value = of.if_contains(json::string_view{name.data(), name.size()});
  return value == nullptr ? nullptr : value->if_object();
}

std::optional<int> digits(std::string_view text, size_t at, size_t count) {
  int value = 0;
  const auto* first = text.data() + at;
  const auto [stop, bad] = std::from_chars(first, first + count, value);
  return bad == std::errc{} && stop == first + count && value >= 0 ? std::optional{value} : std::nullopt;
}

std::optional<agent_word> word_of(std::string_view type) {
  if (type == "agent_online") return agent_word::online;
  if (type == "agent_stale") return agent_word::stale;
  if (type == "agent_offline") return agent_word::offline;
  return std::nullopt;
}

}  // namespace

std::optional<calendar_time> read_time(std::string_view text) {
  constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd.dddZ";
  if (text.size() != form.size()) return std::nullopt;
  for (size_t i = 0; i < form.size(); ++i)
    if (form[i] != 'd' && form[i] != text[i]) return std::nullopt;
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2),
             hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2),
             fraction = digits(text, 20, 3);
  if (!year || !month || !day || !hour || !minute || !second || !fraction) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute}
         + std::chrono::seconds{*second} + milliseconds{*fraction};
}

std::optional<status_answer> read_status(std::string_view body) {
  const auto whole = object_of(body);
  if (!whole) return std::nullopt;
  const auto* fleet = part_of(*whole, "fleet");
  const auto* since = part_of(*whole, "since_start");
  const auto started = read_time(text_of(*whole, "started_at"));
  if (fleet == nullptr || since == nullptr || !started) return std::nullopt;
  status_answer out{*started,
                    {count_of(*fleet, "online"), count_of(*fleet, "stale"), count_of(*fleet, "offline"),
                     count_of(*fleet, "departed"), 0},
                    number_of(*since, "deaf_seconds")};
  const auto* disruptions = whole->if_contains("disruptions");
  if (disruptions == nullptr || !disruptions->is_array()) return out;
  out.fleet.disruptions = disruptions->get_array().size();
  for (const auto& each : disruptions->get_array())
    out.is_disrupted |= each.is_object() && text_of(each.get_object(), "group") == "fleet";
  return out;
}

std::optional<agent_news> read_agent_news(std::string_view data) {
  const auto whole = object_of(data);
  if (!whole) return std::nullopt;
  const auto word = word_of(text_of(*whole, "type"));
  const auto at = read_time(text_of(*whole, "timestamp"));
  const auto* what = part_of(*whole, "data");
  if (!word || !at || what == nullptr) return std::nullopt;
  return agent_news{std::string{text_of(*what, "hostname")}, *word, *at};
}

std::optional<page_end> read_agent_page(
  std::string_view body, const std::function<void(std::string_view host, calendar_time changed_at)>& take) {
  const auto whole = object_of(body);
  const auto* agents = whole ? whole->if_contains("agents") : nullptr;
  if (agents == nullptr || !agents->is_array()) return std::nullopt;
  for (const auto& each : agents->get_array()) {
    if (!each.is_object()) return std::nullopt;
    const auto changed_at = read_time(text_of(each.get_object(), "changed_at"));
    if (changed_at) take(text_of(each.get_object(), "hostname"), *changed_at);
  }
  return page_end{std::string{text_of(*whole, "next_cursor")}};
}

std::optional<policy_view> read_policy_status(std::string_view body) {
  const auto whole = object_of(body);
  const auto* all = whole ? part_of(*whole, "all") : nullptr;
  const auto* took = whole ? part_of(*whole, "took") : nullptr;
  if (all == nullptr || took == nullptr) return std::nullopt;
  return policy_view{count_of(*whole, "revision"), count_of(*all, "agents"),
                     count_of(*all, "acknowledged") + count_of(*all, "delivered"),
                     number_of(*took, "last_seconds") * 1000};
}

double read_metric(std::string_view text, std::string_view name) {
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const auto value = at + name.size();
    if ((at > 0 && text[at - 1] != '\n') || value >= text.size() || text[value] != ' ') continue;
    double out = 0;
    const auto end = std::min(text.find('\n', value), text.size());
    std::from_chars(text.data() + value + 1, text.data() + end, out);
    return out;
  }
  return 0;
}

}  // namespace muster::sim
