// One multi handle; what others hand over waits behind a lock until the thread takes it.
#include "runtime/notify/curl_carrier.hpp"

#include "runtime/notify/destination.hpp"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

namespace muster {

namespace {

constexpr int idle_wait = 60'000;  // milliseconds; a wake-up ends it
constexpr size_t answer_limit = 1 << 20;

struct free_list {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using string_list = std::unique_ptr<curl_slist, free_list>;

string_list list_of(const std::vector<std::string>& all) {
  string_list out;
  for (const auto& each : all) {
    auto* longer = curl_slist_append(out.get(), each.c_str());
    if (longer == nullptr) break;
    (void)out.release();
    out.reset(longer);
  }
  return out;
}

// One parcel under way.
struct transfer {
  parcel what;
  std::function<void(delivery_outcome)> done;
  bool allow_private = false;
  std::string refused;  // the private address that it would have gone to
  size_t sent = 0;
  size_t received = 0;
  string_list headers;
  string_list recipients;
};

curl_socket_t open_socket(void* which, curlsocktype, curl_sockaddr* address) {
  auto& self = *static_cast<transfer*>(which);
  if (!self.allow_private && is_private(address->addr)) {
    self.refused = text_of(address->addr);
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

size_t read_body(char* into, size_t size, size_t count, void* which) {
  auto& self = *static_cast<transfer*>(which);
  const auto bytes = std::min(size * count, self.what.body.size() - self.sent);
  std::memcpy(into, self.what.body.data() + self.sent, bytes);
  self.sent += bytes;
  return bytes;
}

// What it says beside its status is of no use, so it may not be much.
size_t drop_answer(char*, size_t size, size_t count, void* which) {
  auto& self = *static_cast<transfer*>(which);
  self.received += size * count;
  return self.received > answer_limit ? 0 : size * count;
}

void prepare_http(CURL* easy, transfer& one) {
  one.what.headers.push_back("Expect:");
  one.headers = list_of(one.what.headers);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, one.headers.get());
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, one.what.body.c_str());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(one.what.body.size()));
}

// A password never travels in the clear unless somebody wrote so.
void prepare_mail(CURL* easy, transfer& one) {
  const auto& what = one.what;
  one.recipients = list_of(what.recipients);
  // libcurl would send what needs TLS over an open connection that has none.
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(easy, CURLOPT_MAIL_FROM, what.from.c_str());
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, one.recipients.get());
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, read_body);
  curl_easy_setopt(easy, CURLOPT_READDATA, &one);
  if (!what.user.empty()) {
    curl_easy_setopt(easy, CURLOPT_USERNAME, what.user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, what.password.c_str());
  }
  const bool needs = what.tls == "required" || (what.tls.empty() && !what.password.empty());
  curl_easy_setopt(easy, CURLOPT_USE_SSL,
                   static_cast<long>(needs                ? CURLUSESSL_ALL
                                     : what.tls == "none" ? CURLUSESSL_NONE
                                                          : CURLUSESSL_TRY));
}

void prepare(CURL* easy, transfer& one, std::chrono::milliseconds timeout) {
  curl_easy_setopt(easy, CURLOPT_URL, one.what.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &one);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https,smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // nor one that the environment names
  curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &one);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop_answer);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &one);
  if (!one.what.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, one.what.ca_file.c_str());
  if (one.what.is_mail()) prepare_mail(easy, one);
  else prepare_http(easy, one);
}

// Words of libcurl's own, which hold nothing of the URL.
delivery_outcome outcome_of(CURL* easy, CURLcode code, const transfer& one) {
  delivery_outcome out;
  long status = 0;
  curl_off_t took = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &took);
  out.status = static_cast<int32_t>(status);
  out.took = std::chrono::milliseconds{took / 1'000};
  if (!one.refused.empty() && code != CURLE_OK) {
    out.error = "the address " + one.refused
                + " is private: notifications.allow_private_destinations does not allow it";
  } else if (code != CURLE_OK) {
    out.error = curl_easy_strerror(code);
  } else if (one.what.is_mail() || (status >= 200 && status < 300)) {
    out.ok = true;
  } else {
    out.error = "answered " + std::to_string(status);
    if (status >= 300 && status < 400) out.error += ", and redirects are not followed";
  }
  return out;
}

}  // namespace

class curl_carrier::engine {
 public:
  explicit engine(carrier_options options) : options_(options) {
    static const auto begun = curl_global_init(CURL_GLOBAL_ALL);
    (void)begun;
    multi_ = curl_multi_init();
    thread_ = std::thread{[this] { run(); }};
  }
  engine(const engine&) = delete;

  ~engine() {
    ending_ = true;
    curl_multi_wakeup(multi_);
    thread_.join();
    for (auto& [easy, one] : under_way_) {
      curl_multi_remove_handle(multi_, easy);
      curl_easy_cleanup(easy);
    }
    curl_multi_cleanup(multi_);
  }

  void add(std::unique_ptr<transfer> one) {
    one->allow_private = options_.allow_private_destinations;
    {
      const std::lock_guard held{lock_};
      waiting_.push_back(std::move(one));
    }
    curl_multi_wakeup(multi_);
  }

 private:
  void run() {
    while (!ending_) {
      begin_what_waits();
      int running = 0;
      curl_multi_perform(multi_, &running);
      const bool ended = end_what_is_done();
      if (!ended) curl_multi_poll(multi_, nullptr, 0, idle_wait, nullptr);
    }
  }

  void begin_what_waits() {
    while (under_way_.size() < options_.at_once) {
      std::unique_ptr<transfer> next;
      {
        const std::lock_guard held{lock_};
        if (waiting_.empty()) return;
        next = std::move(waiting_.front());
        waiting_.pop_front();
      }
      auto* easy = curl_easy_init();
      prepare(easy, *next, options_.timeout);
      under_way_.emplace(easy, std::move(next));
      curl_multi_add_handle(multi_, easy);
    }
  }

  bool end_what_is_done() {
    bool ended = false;
    int left = 0;
    while (const auto* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      auto* easy = message->easy_handle;
      const auto code = message->data.result;  // the message ends with its handle's removal
      const auto found = under_way_.find(easy);
      const auto how = outcome_of(easy, code, *found->second);
      const auto one = std::move(found->second);
      under_way_.erase(found);
      curl_multi_remove_handle(multi_, easy);
      curl_easy_cleanup(easy);
      one->done(how);
      ended = true;
    }
    return ended;
  }

  carrier_options options_;
  CURLM* multi_ = nullptr;
  std::atomic<bool> ending_{false};
  std::mutex lock_;
  std::deque<std::unique_ptr<transfer>> waiting_;         // guarded by lock_
  std::map<CURL*, std::unique_ptr<transfer>> under_way_;  // the thread's
  std::thread thread_;
};

curl_carrier::curl_carrier(carrier_options options) : engine_(std::make_unique<engine>(options)) {}
curl_carrier::~curl_carrier() = default;

void curl_carrier::carry(parcel what, std::function<void(delivery_outcome)> done) {
  auto one = std::make_unique<transfer>();
  one->what = std::move(what);
  one->done = std::move(done);
  engine_->add(std::move(one));
}

}  // namespace muster
