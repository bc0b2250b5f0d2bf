// The spdlog side: we format lines ourselves (spdlog knows no fields) and leave writing them to its sinks.
#include "runtime/log/log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <ctime>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

#include "runtime/log/escape.hpp"

namespace muster::log {
namespace {

constexpr std::array<std::string_view, 4> level_words = {"debug", "info", "warn", "error"};
constexpr std::array<spdlog::level::level_enum, 4> spdlog_levels = {spdlog::level::debug, spdlog::level::info,
                                                                    spdlog::level::warn, spdlog::level::err};

std::atomic<log_format> current_format = log_format::text;

// Needs no lock of its own: the distributing sink calls it under its lock.
class callback_sink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit callback_sink(line_sink lines) : lines_(std::move(lines)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    for (std::size_t i = 0; i < spdlog_levels.size(); ++i) {
      if (spdlog_levels[i] == message.level) {
        lines_(static_cast<log::level>(i), {message.payload.data(), message.payload.size()});
      }
    }
  }
  void flush_() override {}

  line_sink lines_;
};

// The distributing sink is there because its list can be replaced while others log.
struct output {
  std::shared_ptr<spdlog::sinks::dist_sink_mt> distributor = std::make_shared<spdlog::sinks::dist_sink_mt>();
  spdlog::logger logger{"muster", distributor};

  output() {
    logger.set_level(spdlog::level::trace);
    replace(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  }
  void replace(spdlog::sink_ptr sink) {
    sink->set_pattern("%v");
    distributor->set_sinks({std::move(sink)});
  }
};

// Never destroyed: threads may log while statics are torn down.
output& the_output() {
  static output& instance = *new output;
  return instance;
}

template <class AppendString>
void append_value(std::string& out, const field_value& value, bool json, AppendString append_string) {
  std::visit(
    [&](const auto& x) {
      using type = std::decay_t<decltype(x)>;
      if constexpr (std::is_same_v<type, std::string_view>) {
        if (x.size() <= longest_value_bytes) return append_string(out, x);
        append_string(out, std::string(x.substr(0, longest_value_bytes)) + "...");
      } else if constexpr (std::is_same_v<type, double>) {
        if (json && !std::isfinite(x)) {
          out += "null";
        } else {
          fmt::format_to(std::back_inserter(out), "{}", x);
        }
      } else {
        fmt::format_to(std::back_inserter(out), "{}", x);
      }
    },
    value.get());
}

std::string format_time(std::chrono::system_clock::time_point time) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(seconds.count())),
                     (since - seconds).count());
}

std::string format_text(const std::string& time, level at, std::string_view event, fields extra) {
  auto line = fmt::format("{} {:<5} ", time, to_string(at));
  append_plain(line, event);
  for (const auto& [key, value] : extra) {
    line += ' ';
    line += key;
    line += '=';
    append_value(line, value, false, append_text_value);
  }
  return line;
}

std::string format_json(const std::string& time, level at, std::string_view event, fields extra) {
  auto line = fmt::format(R"({{"time":"{}","level":"{}","event":)", time, to_string(at));
  append_json_string(line, event);
  for (const auto& [key, value] : extra) {
    line += ',';
    // A member may appear only once in an object, and these three are ours.
    const bool taken = key == "time" || key == "level" || key == "event";
    append_json_string(line, taken ? std::string(key) + "_" : std::string(key));
    line += ':';
    append_value(line, value, true, append_json_string);
  }
  line += '}';
  return line;
}

}  // namespace

std::string_view to_string(level at) { return level_words[static_cast<std::size_t>(at)]; }

std::optional<level> level_named(std::string_view word) {
  for (std::size_t i = 0; i < level_words.size(); ++i) {
    if (level_words[i] == word) return static_cast<level>(i);
  }
  return std::nullopt;
}

std::string format_line(log_format format, std::chrono::system_clock::time_point time, level at,
                        std::string_view event, fields extra) {
  const auto stamp = format_time(time);
  return format == log_format::json ? format_json(stamp, at, event, extra)
                                    : format_text(stamp, at, event, extra);
}

void start(level lowest, log_format format) {
  current_format = format;
  set_level(lowest);
}

void set_level(level lowest) { detail::lowest_level = lowest; }

void set_sink(line_sink sink) {
  if (sink) {
    the_output().replace(std::make_shared<callback_sink>(std::move(sink)));
  } else {
    the_output().replace(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  }
}

void detail::write(level at, std::string_view event, fields extra) {
  const auto line = format_line(current_format, std::chrono::system_clock::now(), at, event, extra);
  the_output().logger.log(spdlog_levels[static_cast<std::size_t>(at)], spdlog::string_view_t(line));
}

}  // namespace muster::log
