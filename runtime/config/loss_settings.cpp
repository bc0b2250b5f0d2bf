// Settings of disruptions and flapping.
#include "runtime/config/loss_settings.hpp"

#include <array>
#include <charconv>

#include "runtime/config/setting_kinds.hpp"

namespace muster {

namespace {

using namespace setting_kinds;
using namespace std::chrono_literals;

std::optional<double> parse_decimal(const std::string& text, double least, double most) {
  if (text.empty() || text.size() > 8 || text.find_first_not_of("0123456789.") != std::string::npos)
    return std::nullopt;
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto [at, bad] = std::from_chars(text.data(), end, value);
  if (bad != std::errc{} || at != end || value < least || value > most) return std::nullopt;
  return value;
}

std::string format_decimal(double value) {
  std::array<char, 32> out{};
  const auto end = std::to_chars(out.data(), out.data() + out.size(), value).ptr;
  return {out.data(), end};
}

template <class Access>
setting decimal(std::string key, Access at, double least, double most, std::string description) {
  return make(
    std::move(key), at, on_reload::kept,
    "a number from " + format_decimal(least) + " to " + format_decimal(most), std::move(description),
    [=](const std::string& text) { return parse_decimal(text, least, most); }, format_decimal);
}

template <class Access>
setting mode(std::string key, Access at, std::string description) {
  const std::array<word<bool>, 2> modes = {{{"on", true}, {"off", false}}};
  return one_of(std::move(key), at, modes, on_reload::kept, std::move(description));
}

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= 64
         && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.")
              == std::string::npos;
}

bool is_share(const std::string& text) { return parse_share(text).has_value(); }

}  // namespace

std::optional<double> parse_share(const std::string& text) { return parse_decimal(text, 0.05, 1); }

std::vector<setting> loss_settings() {
  constexpr auto kept = on_reload::kept;
  return {
    mode(
      "disruption.mode", [](auto& c) -> auto& { return c.disruption.on; },
      "Whether losses of many agents at once are held as one disruption."),
    decimal(
      "disruption.share", [](auto& c) -> auto& { return c.disruption.share; }, 0.05, 1,
      "Share of the agents online that must fall silent within one threshold."),
    mapping(
      "disruption.share_by_tenant", [](auto& c) -> auto& { return c.disruption.share_by_tenant; }, is_name,
      is_share, kept, "tenant=SHARE pairs, a share being 0.05 to 1", "`disruption.share` of single tenants."),
    mapping(
      "disruption.share_by_label", [](auto& c) -> auto& { return c.disruption.share_by_label; }, is_name,
      is_share, kept, "label=SHARE pairs, a share being 0.05 to 1",
      "Labels by whose values agents are watched as groups too, such as `site=0.55`."),
    number(
      "disruption.min_agents", [](auto& c) -> auto& { return c.disruption.min_agents; }, 2, 1'000'000, kept,
      "Agents that a group must have had online; what the loss of one in a smaller group entails never "
      "waits."),
    duration(
      "disruption.grace", [](auto& c) -> auto& { return c.disruption.grace; }, 0ms, 1h, kept,
      "How long what a loss entails waits, to see whether it is one of many; about one interval."),
    duration(
      "disruption.hold", [](auto& c) -> auto& { return c.disruption.hold; }, 0ms, 24h, kept,
      "How long nothing follows from the losses of a disruption."),
    number(
      "disruption.releases_per_minute", [](auto& c) -> auto& { return c.disruption.releases_per_minute; }, 1,
      60'000, kept, "Losses a minute whose consequences go ahead after that, while the disruption lasts."),
    duration(
      "disruption.longest", [](auto& c) -> auto& { return c.disruption.longest; }, 1min, 24h, kept,
      "After how long who is not back counts as lost by itself."),
    mode(
      "flapping.mode", [](auto& c) -> auto& { return c.flapping.on; },
      "Whether agents that come and go again and again are told of once only."),
    duration(
      "flapping.half_life", [](auto& c) -> auto& { return c.flapping.half_life; }, 1s, 24h, kept,
      "Time in which the score of an agent halves; each loss and each return adds 1."),
    decimal(
      "flapping.start", [](auto& c) -> auto& { return c.flapping.start; }, 1.5, 12,
      "Score from which on an agent flaps."),
    decimal(
      "flapping.stop", [](auto& c) -> auto& { return c.flapping.stop; }, 0.1, 11,
      "Score below which it is calm again."),
  };
}

}  // namespace muster
