// The manager as a process. The main thread waits for signals; each event loop
// has a thread of its own; actors that no loop woke run on CAF's workers.
#include "tools/musterd/daemon.hpp"

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/crypto/master_key.hpp"
#include "runtime/crypto/node_keys.hpp"
#include "runtime/crypto/sensor_keys.hpp"
#include "runtime/crypto/tokens.hpp"
#include "runtime/http/listener.hpp"
#include "runtime/ledger/sealed_records.hpp"
#include "runtime/log/line_budget.hpp"
#include "runtime/log/log.hpp"
#include "runtime/manager/manager.hpp"
#include "runtime/notify/curl_carrier.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <caf/all.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <mutex>
#include <random>
#include <thread>

namespace muster {

namespace net = boost::asio;

namespace {

constexpr std::chrono::milliseconds drain_step{20};
constexpr std::chrono::seconds arrival_patience{1};  // for requests that were half sent at the end
constexpr std::chrono::seconds close_patience{60};

utc_time now_utc() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

// A file that appears whole or not at all.
void write_file(const std::filesystem::path& path, const std::string& text, mode_t mode) {
  auto fresh = path;
  fresh += ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  const bool written = file >= 0
                       && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size())
                       && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!written || ::rename(fresh.c_str(), path.c_str()) != 0)
    throw std::system_error{errno, std::generic_category(), "cannot write " + path.string()};
}

// The operator's token, made at the first start.
std::string operator_token(const std::filesystem::path& path) {
  std::string token;
  if (std::ifstream file{path}; file) std::getline(file, token);
  if (token.size() >= 16) return token;
  if (std::filesystem::exists(path))
    throw std::runtime_error{path.string()
                             + " holds no token of at least 16 characters; delete it to get a new one"};
  token = "mo_" + random_secret();
  write_file(path, token + "\n", 0600);
  return token;
}

void raise_file_limit(uint64_t connections) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < connections + 64)
    log::warn("file_limit_low",
              {{"open_files", uint64_t{limit.rlim_cur}}, {"limits.connections", connections}});
}

// Keeps the signals that end a manager waiting, or lets them in again.
void mask_ends(int how) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  ::pthread_sigmask(how, &ends, nullptr);
}

class daemon {
 public:
  daemon(const command_line& line, configuration settings);
  int run();

 private:
  void serve();
  void make_sensor_key();
  void listen();
  void announce();
  void await_signal();
  void reload();
  void stop(int signal);
  void finish_loops();
  void end();
  [[noreturn]] void start_anew();

  const command_line& line_;
  configuration settings_;
  std::shared_ptr<store> store_;
  system_configuration system_settings_;
  caf::actor_system system_;
  std::vector<std::unique_ptr<net::io_context>> contexts_;
  std::unique_ptr<manager> manager_;
  std::vector<std::unique_ptr<http::listener>> fleet_listeners_;
  std::unique_ptr<http::listener> operator_listener_;
  std::unique_ptr<http::owner_listener> owner_listener_;
  std::vector<std::thread> threads_;
  net::io_context control_{1};
  net::signal_set signals_{control_, SIGTERM, SIGINT, SIGHUP};
  net::steady_timer drain_timer_{control_};
  std::chrono::steady_clock::time_point drain_until_{};
  bool stopping_ = false;
  bool starting_anew_ = false;
  bool ended_ = false;  // everything is written
};

std::shared_ptr<store> open_store(const configuration& settings, const caf::actor_system& system) {
  auto opened = store::open({settings.data_dir, settings.limits.store_bytes});
  if (!opened) throw std::runtime_error{system.render(opened.error())};
  return *opened;
}

std::shared_ptr<const vault> open_vault(const configuration& settings, const store& where,
                                        const caf::actor_system& system) {
  const auto absent = has_sealed_records(where) ? absent_key::refuse : absent_key::make;
  const auto key = open_master_key(settings.data_dir / "master.key", absent);
  if (!key) throw std::runtime_error{system.render(key.error())};
  return std::make_shared<master_vault>(*key);
}

// Actors tell from every worker. Of one kind, 20 lines a second reach the log.
void tell_within_budget(std::string_view event, const std::string& detail) {
  static std::mutex guard;
  static log::line_budget budget{20};
  std::unique_lock hold{guard};
  const auto left_out = budget.take(event, std::chrono::steady_clock::now());
  hold.unlock();
  if (!left_out) return;
  if (*left_out == 0) return log::warn(event, {{"detail", detail}});
  log::warn(event, {{"detail", detail}, {"left_out_before", *left_out}});
}

daemon::daemon(const command_line& line, configuration settings)
  : line_(line),
    settings_(std::move(settings)),
    system_settings_(threads_or_default(settings_.workers)),
    system_(system_settings_) {
  store_ = open_store(settings_, system_);
  auto token = operator_token(settings_.data_dir / "operator.token");
  manager_setting setting;
  setting.utc_now = now_utc;
  setting.credentials = std::make_shared<random_credentials>();
  setting.node_keys = std::make_shared<random_node_credentials>();
  setting.sensor_keys = std::make_shared<random_sensor_credentials>();
  setting.secrets = open_vault(settings_, *store_, system_);
  carrier_options carries;
  carries.allow_private_destinations = settings_.notifications.allow_private_destinations;
  setting.carrier = std::make_shared<curl_carrier>(carries);
  setting.artifacts = settings_.data_dir / "artifacts";
  setting.fresh_epoch = std::random_device{}();
  setting.tell = tell_within_budget;
  signals_.add(SIGUSR2);
  manager_ = std::make_unique<manager>(system_, store_, settings_, std::move(setting), std::move(token));
}

void daemon::listen() {
  const auto count = threads_or_default(settings_.loops);
  for (unsigned i = 0; i < count; ++i) {
    contexts_.push_back(std::make_unique<net::io_context>(1));
    manager_->add_loop(*contexts_.back());
  }
  auto at = http::parse_address(settings_.fleet_listen);
  auto share = count > 1 ? http::port_share::opens : http::port_share::none;
  for (const auto& host : manager_->loops()) {
    fleet_listeners_.push_back(std::make_unique<http::listener>(host->loop(), at, host->fleet_environment(),
                                                                settings_.limits.connections, share));
    at = fleet_listeners_.front()->address();  // port 0 becomes the same port for all
    share = http::port_share::joins;
  }
  auto& last = *manager_->loops().back();
  operator_listener_ =
    std::make_unique<http::listener>(last.loop(), http::parse_address(settings_.operator_listen),
                                     last.operator_environment(), settings_.limits.connections);
  owner_listener_ = std::make_unique<http::owner_listener>(last.loop(), operator_socket_path(settings_),
                                                           last.operator_environment());
  manager_->board()->fleet_address = http::to_string(at);
  manager_->board()->operator_address = http::to_string(operator_listener_->address());
  manager_->attach();
}

void daemon::announce() {
  const auto& board = *manager_->board();
  log::info("serving", {{"version", MUSTER_VERSION},
                        {"fleet", board.fleet_address},
                        {"operator", board.operator_address},
                        {"data_dir", settings_.data_dir.string()},
                        {"agents", manager_->restored_agents()},
                        {"loops", contexts_.size()}});
  if (line_.ready_file.empty()) return;
  write_file(line_.ready_file,
             fmt::format(R"({{"fleet":"{}","operator":"{}","pid":{}}})", board.fleet_address,
                         board.operator_address, ::getpid())
               + "\n",
             0644);
}

// What goes wrong from here on ends the process at once: an actor system waits
// for its actors, and they have no reason to end.
int daemon::run() {
  try {
    serve();
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "musterd: %s\n", failed.what());
    std::fflush(nullptr);
    std::_Exit(1);
  }
  await_signal();
  control_.run();
  end();
  return 0;
}

// Before loops have to hear of it. One that is there stays as it is, also when it was revoked.
void daemon::make_sensor_key() {
  if (settings_.sensor_key.empty()) return;
  muster::make_sensor_key wanted;
  wanted.name = "environment";
  wanted.tenant = "default";
  wanted.author = "environment";
  wanted.secret = settings_.sensor_key;
  caf::scoped_actor self{system_};
  self->request(manager_->coordinator(), caf::infinite, std::move(wanted))
    .receive([](const sensor_key_made&) {},
             [this](caf::error& failed) {
               if (failed != fleet_error::scan_conflict) throw std::runtime_error{system_.render(failed)};
             });
}

void daemon::serve() {
  make_sensor_key();
  listen();
  {  // what was restored is known to every loop before any listens
    caf::scoped_actor self{system_};
    self->request(manager_->fleet(), caf::infinite, count_agents{})
      .receive([](const fleet_counts&) {},
               [this](caf::error& failed) { throw std::runtime_error{system_.render(failed)}; });
    self->request(manager_->events(), caf::infinite, read_signing_keys{})
      .receive([](const signing_keys&) {},
               [this](caf::error& failed) { throw std::runtime_error{system_.render(failed)}; });
  }
  for (auto& listener : fleet_listeners_) listener->start();
  operator_listener_->start();
  owner_listener_->start();
  for (auto& context : contexts_)
    threads_.emplace_back([&context] {
      auto guard = net::make_work_guard(*context);
      context->run();
    });
  announce();
}

void daemon::await_signal() {
  signals_.async_wait([this](boost::system::error_code failed, int signal) {
    if (failed) return;
    if (signal == SIGHUP) reload();
    else stop(signal);
    await_signal();
  });
}

void daemon::reload() {
  auto fresh = load_configuration(line_.sources);
  if (fresh.errors.empty())
    for (const auto& problem : validate(with_reloadable(manager_->settings(), fresh.value)))
      fresh.errors.push_back(problem.key + ": " + problem.message);
  for (const auto& error : fresh.errors) log::error("reload_refused", {{"problem", error}});
  if (!fresh.errors.empty()) return;
  for (const auto& key : settings_needing_restart(manager_->settings(), fresh.value))
    log::warn("setting_needs_restart", {{"key", key}});
  manager_->reload(fresh.value);
  log::set_level(log::level_named(manager_->settings().log_level).value_or(log::level::info));
  log::info("reloaded", {});
}

// First signal: accept nothing more, answer what is under way. Second: end now.
void daemon::stop(int signal) {
  if (ended_) std::_Exit(0);
  if (stopping_ && signal == SIGUSR2) return;
  if (stopping_) {
    log::warn("stopping_at_once", {});
    std::_Exit(1);
  }
  stopping_ = true;
  starting_anew_ = signal == SIGUSR2;
  log::info("stopping", {{"signal", starting_anew_ ? "SIGUSR2" : signal == SIGINT ? "SIGINT" : "SIGTERM"}});
  drain_until_ = std::chrono::steady_clock::now() + settings_.limits.answer_time;
  for (size_t i = 0; i < contexts_.size(); ++i)
    net::post(*contexts_[i], [this, i] {
      fleet_listeners_[i]->stop();
      if (i + 1 < contexts_.size()) return;
      operator_listener_->stop();
      owner_listener_->stop();
    });
  finish_loops();
}

// Asks the loops again and again whether they are done, for as long as an answer may take.
void daemon::finish_loops() {
  const bool await =
    std::chrono::steady_clock::now() < drain_until_ - settings_.limits.answer_time + arrival_patience;
  auto open = std::make_shared<std::atomic<size_t>>(contexts_.size());
  for (const auto& host : manager_->loops())
    net::post(host->loop(), [open, await, inner = &host->inner()] {
      if (inner->finish(await)) --*open;
    });
  drain_timer_.expires_after(drain_step);
  drain_timer_.async_wait([this, open](boost::system::error_code) {
    if (*open > 0 && std::chrono::steady_clock::now() < drain_until_) return finish_loops();
    control_.stop();
  });
}

// Writes what memory holds. There may be a million actors with timers; the system
// takes back their memory faster than their destructors would.
void daemon::end() {
  caf::scoped_actor self{system_};
  int code = 0;
  self->request(manager_->fleet(), close_patience, close_fleet{})
    .receive([](const committed&) {},
             [&](caf::error& failed) {
               log::error("close_failed", {{"problem", system_.render(failed)}});
               code = 1;
             });
  for (auto& context : contexts_) context->stop();
  for (auto& thread : threads_) thread.join();
  if (!line_.ready_file.empty()) {
    std::error_code ignored;
    std::filesystem::remove(line_.ready_file, ignored);
  }
  log::info("stopped", {});
  std::fflush(nullptr);
  if (starting_anew_) start_anew();
  std::_Exit(code);
}

// The same process becomes a new manager: who watches over it sees none end. A program file that was replaced
// meanwhile takes effect.
void daemon::start_anew() {
  // Who asked for the end meanwhile gets it: here, or from the new program, which lets these signals in
  // again.
  mask_ends(SIG_BLOCK);
  ended_ = true;
  control_.restart();
  control_.poll();
  ::close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
  std::vector<char*> words;
  for (const auto& word : line_.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execv(words.front(), words.data());
  log::error("cannot_start_anew", {{"program", line_.words.front()}, {"problem", std::strerror(errno)}});
  std::_Exit(1);
}

}  // namespace

int run_daemon(const command_line& line, configuration settings) {
  log::start(log::level_named(settings.log_level).value_or(log::level::info), settings.log_format);
  for (int ignored : {SIGPIPE, SIGUSR2}) std::signal(ignored, SIG_IGN);  // the latter until a daemon takes it
  mask_ends(SIG_UNBLOCK);
  raise_file_limit(settings.limits.connections);
  daemon process{line, std::move(settings)};
  return process.run();
}

}  // namespace muster
