// The virtual manager's machinery.
#include "tools/harness/virtual_engine.hpp"

#include "messages/type_ids.hpp"
#include "runtime/crypto/master_key.hpp"
#include "runtime/crypto/node_keys.hpp"
#include "runtime/crypto/sensor_keys.hpp"

#include <caf/all.hpp>

#include <cstdlib>
#include <utility>

namespace muster::harness {

namespace {

using instant = std::chrono::steady_clock::time_point;

constexpr std::string_view operator_token = "operator-token-of-the-harness";

std::string random_letters(std::mt19937_64& random, size_t count) {
  static constexpr std::string_view letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  while (out.size() < count) out.push_back(letters[random() % letters.size()]);
  return out;
}

// Tokens that depend on the seed alone, so that a run can be repeated.
class seeded_credentials final : public credential_source {
 public:
  explicit seeded_credentials(uint64_t seed) : random_(seed) {}

  credential issue(agent_id id) override {
    auto token = "mt_" + to_string(id).substr(3) + "_";
    token += random_letters(random_, agent_token_size - token.size());
    auto digest = hasher_.digest(token);
    return {std::move(token), digest};
  }

 private:
  std::mt19937_64 random_;
  token_hasher hasher_;
};

class seeded_node_credentials final : public node_credentials {
 public:
  explicit seeded_node_credentials(uint64_t seed) : random_(seed) {}

  secret_with_digest issue_key() override { return with_digest(random_letters(random_, 32)); }
  secret_with_digest issue_bootstrap_token() override {
    return with_digest("mb_" + random_letters(random_, 43));
  }

 private:
  secret_with_digest with_digest(std::string secret) {
    auto digest = hasher_.digest(secret);
    return {std::move(secret), digest};
  }
  std::mt19937_64 random_;
  token_hasher hasher_;
};

// Everything arrives at once.
class recording_carrier final : public parcel_carrier {
 public:
  explicit recording_carrier(std::shared_ptr<std::vector<sent_message>> into) : into_(std::move(into)) {}
  void carry(parcel what, std::function<void(delivery_outcome)> done) override {
    into_->push_back({std::move(what.url), std::move(what.body), std::move(what.headers)});
    done({true, 200, std::chrono::milliseconds{1}, {}});
  }

 private:
  std::shared_ptr<std::vector<sent_message>> into_;
};

std::filesystem::path temporary_directory() {
  auto pattern = (std::filesystem::temp_directory_path() / "muster-harness-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::system_error{errno, std::generic_category(), pattern};
  return pattern;
}

configuration single_loop(configuration settings) {
  settings.loops = 1;
  return settings;
}

}  // namespace

incarnation::incarnation(const options& with, const std::filesystem::path& directory, instant now,
                         utc_time epoch, const outside& with_it)
  : scheduler_(dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())) {
  set_time(now);
  auto opened = store::open({directory, with.settings.limits.store_bytes});
  if (!opened) throw std::runtime_error{system_.render(opened.error())};
  manager_setting setting;
  setting.utc_now = [this, epoch] {
    return epoch + std::chrono::floor<std::chrono::milliseconds>(time().time_since_epoch());
  };
  setting.credentials = with_it.credentials;
  setting.node_keys = with_it.node_keys;
  setting.carrier = with_it.carrier;
  setting.sensor_keys = std::make_shared<random_sensor_credentials>();
  setting.secrets = std::make_shared<master_vault>(std::string(32, 'k'));
  setting.artifacts = directory / "artifacts";
  setting.fresh_epoch = static_cast<uint32_t>(with.seed) + 1;
  setting.woken = woken_run::on_scheduler;
  setting.threads = false;
  setting.flush_delay = std::chrono::milliseconds{0};
  manager_ = std::make_unique<manager>(system_, *opened, single_loop(with.settings), std::move(setting),
                                       std::string{operator_token});
  host_ = &manager_->add_loop(loop_);
  manager_->attach();
}

// An actor system waits for its actors, and a pending timer keeps its actor alive.
incarnation::~incarnation() {
  fleet_listener_.reset();
  operator_listener_.reset();
  for (auto actor :
       {caf::actor_cast<caf::actor>(manager_->fleet()), caf::actor_cast<caf::actor>(manager_->archive()),
        caf::actor_cast<caf::actor>(manager_->policy()), caf::actor_cast<caf::actor>(manager_->shelf()),
        caf::actor_cast<caf::actor>(manager_->registrar()), caf::actor_cast<caf::actor>(manager_->steward()),
        caf::actor_cast<caf::actor>(manager_->events()), caf::actor_cast<caf::actor>(manager_->dispatcher()),
        caf::actor_cast<caf::actor>(manager_->upgrader()), caf::actor_cast<caf::actor>(manager_->notifier()),
        caf::actor_cast<caf::actor>(manager_->correlator()), caf::actor_cast<caf::actor>(manager_->ledger()),
        caf::actor_cast<caf::actor>(host_->handle())})
    caf::anon_send_exit(actor, caf::exit_reason::kill);
  settle(nullptr);
  scheduler_.clock().cancel_all();
  host_->inner().close_sessions();
  settle(nullptr);
  manager_.reset();
}

void incarnation::settle(std::mt19937_64* order) {
  for (;;) {
    size_t handled = 0;
    auto& jobs = scheduler_.jobs;
    for (; !jobs.empty(); ++handled) {
      if (order != nullptr) {
        auto pick = jobs.begin() + static_cast<std::ptrdiff_t>((*order)() % jobs.size());
        std::rotate(jobs.begin(), pick, pick + 1);
      }
      scheduler_.run_once();
    }
    loop_.restart();
    handled += loop_.poll();
    handled += scheduler_.advance_time(std::chrono::nanoseconds{0}) ? 1 : 0;
    if (handled == 0 && jobs.empty()) return;
  }
}

instant incarnation::next_timer(instant limit) const {
  const auto& timers = scheduler_.clock().schedule();
  if (timers.empty() || timers.begin()->first >= limit) return limit;
  return std::max(timers.begin()->first, time());
}

void incarnation::close(std::mt19937_64* order) {
  auto asked = self_->request(manager_->fleet(), caf::infinite, close_fleet{});
  settle(order);
  asked.receive([](const committed&) {},
                [this](caf::error& failed) {
                  throw std::runtime_error{"the manager could not stop cleanly: " + system_.render(failed)};
                });
}

virtual_manager::addresses incarnation::serve() {
  if (!fleet_listener_) {
    const auto any = http::parse_address("127.0.0.1:0");
    const auto connections = manager_->settings().limits.connections;
    fleet_listener_ = std::make_unique<http::listener>(loop_, any, host_->fleet_environment(), connections);
    operator_listener_ =
      std::make_unique<http::listener>(loop_, any, host_->operator_environment(), connections);
    fleet_listener_->start();
    operator_listener_->start();
  }
  return {http::to_string(fleet_listener_->address()), http::to_string(operator_listener_->address()),
          std::string{operator_token}};
}

virtual_manager::engine::engine(options with)
  : with_(std::move(with)),
    order_(with_.seed),
    outside_{std::make_shared<seeded_credentials>(with_.seed),
             std::make_shared<seeded_node_credentials>(with_.seed),
             std::make_shared<recording_carrier>(sent_)},
    started_(instant{} + std::chrono::hours{1}) {  // zero stands for "no time" in CAF
  if (with_.data_dir.empty()) {
    with_.data_dir = temporary_directory();
    temporary_ = true;
  }
  const auto epoch = with_.start - std::chrono::floor<std::chrono::milliseconds>(started_.time_since_epoch());
  running_ = std::make_unique<incarnation>(with_, with_.data_dir, started_, epoch, outside_);
  settle();
}

virtual_manager::engine::~engine() {
  drop_streams();
  running_.reset();
  std::error_code ignored;
  if (temporary_) std::filesystem::remove_all(with_.data_dir, ignored);
}

utc_time virtual_manager::engine::now() const {
  return with_.start + std::chrono::floor<std::chrono::milliseconds>(running_->time() - started_);
}

instant virtual_manager::engine::next_event(instant limit) const {
  auto next = running_->next_timer(limit);
  for (const auto& agent : simulated_)
    if (agent->interval.count() > 0) next = std::min(next, std::max(agent->next_beat, running_->time()));
  return next;
}

void virtual_manager::engine::beat_due_agents() {
  const auto now = running_->time();
  for (size_t i = 0; i < simulated_.size(); ++i) {  // a beat may enrol others
    auto agent = simulated_[i];
    if (agent->interval.count() == 0 || agent->next_beat > now) continue;
    agent->next_beat += agent->interval;
    beat(*agent);
  }
}

void virtual_manager::engine::advance(std::chrono::nanoseconds span) {
  settle();
  const auto end = running_->time() + span;
  for (;;) {
    const auto next = next_event(end);
    running_->set_time(next);
    settle();
    beat_due_agents();
    settle();
    if (next >= end && next_event(end + std::chrono::nanoseconds{1}) > end) return;
  }
}

void virtual_manager::engine::pause(std::chrono::nanoseconds span) {
  settle();
  running_->set_time(running_->time() + span);
  settle();
}

void virtual_manager::engine::restart(bool cleanly, std::chrono::nanoseconds away) {
  if (cleanly) {
    settle();
    running_->close(order());
  }
  const auto now = running_->time() + away;
  const auto epoch = with_.start - std::chrono::floor<std::chrono::milliseconds>(started_.time_since_epoch());
  drop_streams();
  running_.reset();
  running_ = std::make_unique<incarnation>(with_, with_.data_dir, now, epoch, outside_);
  settle();
}

answer virtual_manager::engine::ask(http::service& serves, const std::string& method,
                                    const std::string& target, std::string text,
                                    const request_options& with) {
  const auto placed = call::place(serves, method, target, std::move(text), with);
  await_answer(*placed);
  if (!placed->given) return {};
  auto& given = *placed->given;
  return {given.status, std::move(given.body), std::move(given.headers), std::string{given.content_type}};
}

void virtual_manager::engine::await_answer(const call& pending) {
  settle();
  const auto patience =
    running_->time() + std::max<std::chrono::milliseconds>(with_.settings.limits.answer_time, pending.parked);
  while (!pending.given && running_->time() < patience) advance(next_event(patience) - running_->time());
}

event_stream virtual_manager::engine::follow(http::service& serves, const std::string& target,
                                             const request_options& with) {
  auto followed = std::make_shared<event_stream::state>();
  await_answer(*call::place(serves, "GET", target, {}, with, followed));
  std::erase_if(followed_, [](const auto& one) { return one.expired(); });
  followed_.push_back(followed);
  return event_stream{std::move(followed)};
}

request_options virtual_manager::engine::as_operator(request_options with) {
  if (with.token.empty()) with.token = running_->inner().board()->token();
  return with;
}

// No connection outlives the process.
void virtual_manager::engine::drop_streams() {
  for (const auto& one : std::exchange(followed_, {}))
    if (const auto followed = one.lock()) followed->open = false;
}

virtual_manager::addresses virtual_manager::engine::serve() {
  auto open = running_->serve();
  settle();
  return open;
}

bool virtual_manager::engine::serve_for(std::chrono::milliseconds span, const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + span;
  for (;;) {
    settle();
    if (done()) return true;
    if (std::chrono::steady_clock::now() >= end) return false;
    running_->loop().restart();
    running_->loop().run_one_for(std::chrono::milliseconds{5});
  }
}

}  // namespace muster::harness
