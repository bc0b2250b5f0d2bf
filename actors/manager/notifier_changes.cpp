// The notifier: what operators look at, try and change.
#include "actors/manager/notifier.hpp"

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

namespace {

constexpr size_t longest_words = 1'024;

caf::error refused(std::string why) { return caf::make_error(fleet_error::notice_refused, std::move(why)); }
caf::error conflict(std::string why) { return caf::make_error(fleet_error::notice_conflict, std::move(why)); }

}  // namespace

// Answers once it is durable; what was changed before that is taken back if it can't be.
template <class Answer>
caf::result<Answer> notifier_state::change(record_notifications what, std::function<Answer()> done,
                                           std::function<void()> undo) {
  auto promise = self->make_response_promise<Answer>();
  self->request(ports_.ledger, caf::infinite, std::move(what))
    .then([promise, done](const committed&) mutable { promise.deliver(done()); },
          [promise, undo](caf::error& failed) mutable {
            undo();
            promise.deliver(std::move(failed));
          });
  return promise;
}

// --- channels ----------------------------------------------------------------------

channel_row notifier_state::row_of(const std::string& called, const known_channel& from) const {
  channel_row out;
  out.what = *from.settings;
  out.what.url = masked_url(from.settings->url);
  if (!out.what.secret.empty()) out.what.secret = "***";
  out.configured = from.number == 0;
  out.delivered = from.delivered;
  out.failed = from.failed;
  out.given_up = from.given_up;
  for (const auto& [id, each] : pending_) out.pending += each.channel == called ? 1 : 0;
  return out;
}

channel_list notifier_state::list() const {
  channel_list out;
  for (const auto& [called, each] : channels_) out.channels.push_back(row_of(called, each));
  return out;
}

caf::result<channel_row> notifier_state::create(create_channel& request) {
  auto& what = request.what;
  if (auto problem = problem_of(what); !problem.empty()) return refused(std::move(problem));
  if (channels_.contains(what.name)) return conflict("there is a channel " + what.name + " already");
  if (channels_.size() >= options_.most_channels) return conflict("there are too many channels: delete some");
  const auto number = ++last_channel_;
  sealed_channel sealed{number, what, {}, {}};
  sealed.what.url.clear();
  sealed.what.secret.clear();
  if (!what.url.empty()) sealed.url = ports_.secrets->seal(channel_place(number, "url"), what.url);
  if (!what.secret.empty())
    sealed.secret = ports_.secrets->seal(channel_place(number, "secret"), what.secret);
  record_notifications record;
  record.channels.push_back(std::move(sealed));
  record.audit.push_back(
    {ports_.utc_now(), request.author, "channel.created", what.name, to_string(what.type)});
  const auto called = what.name;
  add_channel(number, std::move(what));
  gather_routes();
  const auto undo = [this, called, number] { end_made(called, number); };
  return change<channel_row>(
    std::move(record), [this, called] { return row_of(called, channels_.at(called)); }, undo);
}

// With what it had yet to deliver.
void notifier_state::end_channel(const std::string& called) {
  const auto at = channels_.find(called);
  if (at == channels_.end()) return;
  end_actor(at->second);
  channels_.erase(at);
  std::erase_if(pending_, [&](const auto& each) { return each.second.channel == called; });
  gather_routes();
}

caf::result<committed> notifier_state::remove(const delete_channel& request) {
  const auto found = channels_.find(request.name);
  if (found == channels_.end()) return caf::make_error(fleet_error::notice_unknown);
  if (found->second.number == 0) return conflict(request.name + " is in the configuration file");
  for (const auto& route : written_)
    if (std::ranges::find(route.channels, request.name) != route.channels.end())
      return conflict("a route leads to " + request.name);
  record_notifications record;
  record.removed_channels.push_back(found->second.number);
  for (const auto& [id, each] : pending_)
    if (each.channel == request.name) record.removed_deliveries.push_back(id);
  record.audit.push_back({ports_.utc_now(), request.author, "channel.deleted", request.name, {}});
  const auto forget = [this, called = request.name, number = found->second.number] {
    end_made(called, number);
    return committed{};
  };
  return change<committed>(std::move(record), forget, [] {});
}

caf::result<delivery_outcome> notifier_state::try_out(const test_channel& request) {
  const auto found = channels_.find(request.name);
  if (found == channels_.end()) return caf::make_error(fleet_error::notice_unknown);
  notice what;
  what.severity = notice_severity::high;  // or a pager would not take it
  what.title = "Test notification";
  what.text = request.author + " tries channel " + request.name + ".";
  what.subject = what.key = "test/" + request.name;
  what.at = ports_.utc_now();
  delivery made;
  made.id = fresh_id();
  made.channel = request.name;
  made.group = what.key;
  made.severity = what.severity;
  made.count = 1;
  made.at = what.at;
  what.id = delivery_name(made.id);
  made.notices.push_back(std::move(what));
  auto promise = self->make_response_promise<delivery_outcome>();
  auto done = [this, promise, made](const delivery_outcome& how) mutable {
    if (const auto at = channels_.find(made.channel); at != channels_.end())
      log(at->second, made, how.ok ? "delivered" : "gave_up", how);
    promise.deliver(how);
  };
  self->request(ports_.courier, options_.patience, carry_delivery{found->second.settings, made})
    .then(done, [this, done](caf::error& failed) mutable {
      done(delivery_outcome{false, 0, options_.patience, "not sent: " + self->system().render(failed)});
    });
  return promise;
}

// --- routes ------------------------------------------------------------------------

route_list notifier_state::routes() const { return {options_.routes, written_}; }

std::string notifier_state::problem_of_routes(const std::vector<notice_route>& all) const {
  if (all.size() > options_.most_routes) return "routes: there are too many";
  for (size_t i = 0; i < all.size(); ++i) {
    const auto where = "routes[" + std::to_string(i) + "]: ";
    if (auto problem = problem_of(all[i]); !problem.empty()) return where + problem;
    for (const auto& called : all[i].channels)
      if (!channels_.contains(called)) return where + "channels: there is no channel " + called;
  }
  return {};
}

caf::result<route_list> notifier_state::write(write_routes& request) {
  if (auto problem = problem_of_routes(request.routes); !problem.empty()) return refused(std::move(problem));
  record_notifications record;
  record.routes = request.routes;
  record.audit.push_back({ports_.utc_now(), request.author, "routes.written", "notifications",
                          std::to_string(request.routes.size()) + " routes"});
  auto before = std::exchange(written_, std::move(request.routes));
  const auto undo = [this, before = std::move(before)] {
    written_ = before;
    reroute();
  };
  reroute();
  return change<route_list>(
    std::move(record), [this] { return routes(); }, undo);
}

// What waits and what lasts goes where it would go now.
void notifier_state::reroute() {
  gather_routes();
  groups_ = notice_groups{options_.groups};
  record_notifications changes;
  for (auto& [number, each] : std::exchange(held_, {})) {
    resume({number, each.what, each.told_at});
    if (!held_.contains(number)) changes.removed_notices.push_back(number);
  }
  write_down(std::move(changes));
  armed_for_.reset();
  arm();
}

// --- silences ----------------------------------------------------------------------

void notifier_state::drop_expired_silences() {
  record_notifications changes;
  const auto now = ports_.utc_now();
  std::erase_if(silences_, [&](const auto& each) {
    if (each.second.until > now) return false;
    changes.removed_silences.push_back(each.first);
    return true;
  });
  write_down(std::move(changes));
}

silence_list notifier_state::list_all_silences() {
  drop_expired_silences();
  silence_list out;
  for (auto at = silences_.rbegin(); at != silences_.rend(); ++at) out.silences.push_back(at->second);
  return out;
}

caf::result<silence> notifier_state::create(create_silence& request) {
  drop_expired_silences();
  auto& what = request.what;
  if (auto problem = problem_of(what.match); !problem.empty()) return refused(std::move(problem));
  if (what.match == notice_match{}) return refused("match: must not be empty: it would silence everything");
  if (what.until <= ports_.utc_now()) return refused("until: must be in the future");
  if (what.reason.size() > longest_words) return refused("reason: is too long");
  if (silences_.size() >= options_.most_silences) return conflict("there are too many silences: delete some");
  what.number = ++last_silence_;
  what.created_at = ports_.utc_now();
  record_notifications record;
  record.silences.push_back(what);
  record.audit.push_back(
    {what.created_at, what.author, "silence.created", std::to_string(what.number), what.reason});
  silences_.emplace(what.number, what);
  return change<silence>(
    std::move(record), [what]() { return what; }, [this, number = what.number] { silences_.erase(number); });
}

caf::result<committed> notifier_state::remove(const delete_silence& request) {
  const auto found = silences_.find(request.number);
  if (found == silences_.end()) return caf::make_error(fleet_error::notice_unknown);
  record_notifications record;
  record.removed_silences.push_back(request.number);
  record.audit.push_back(
    {ports_.utc_now(), request.author, "silence.deleted", std::to_string(request.number), {}});
  auto before = found->second;
  silences_.erase(found);
  const auto undo = [this, before] { silences_.emplace(before.number, before); };
  const auto done = [this] {
    groups_.look_again(self->clock().now());
    arm();
    return committed{};
  };
  return change<committed>(std::move(record), done, undo);
}

// --- deliveries --------------------------------------------------------------------

delivery_list notifier_state::deliveries(const list_deliveries& wanted) const {
  delivery_list out;
  const auto is_meant = [&](const std::string& called) {
    return !wanted.channel || *wanted.channel == called;
  };
  for (const auto& [id, each] : pending_)
    if (is_meant(each.channel) && out.pending.size() < wanted.limit)
      out.pending.push_back({id,
                             each.channel,
                             each.notices.front().title,
                             "pending",
                             each.count,
                             each.attempts,
                             each.at,
                             each.next_at,
                             {}});
  for (const auto& [called, each] : channels_)
    if (is_meant(called)) out.attempts.insert(out.attempts.end(), each.attempts.begin(), each.attempts.end());
  std::ranges::stable_sort(out.attempts, [](const auto& a, const auto& b) { return a.at > b.at; });
  if (out.attempts.size() > wanted.limit) out.attempts.resize(wanted.limit);
  return out;
}

notification_counts notifier_state::count() {
  drop_expired_silences();
  auto out = counts_;
  out.waiting = groups_.waiting();
  out.open = groups_.lasting();
  out.silences = silences_.size();
  out.channels = list().channels;
  return out;
}

}  // namespace muster
