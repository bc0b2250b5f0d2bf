// Writing of server-sent events.
#include "runtime/http/event_stream.hpp"

namespace muster::http {

namespace {

constexpr std::string_view line_breaks = "\r\n";

void append_field(std::string& to, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  to.append(name).append(": ");
  for (char c : value)
    if (c != '\r' && c != '\n' && c != '\0') to.push_back(c);  // clients ignore an id with a null
  to.push_back('\n');
}

// Every line of `text` behind `prefix`; an empty text is one empty line.
void append_lines(std::string& to, std::string_view prefix, std::string_view text) {
  for (;;) {
    const auto end = text.find_first_of(line_breaks);
    to.append(prefix).append(text.substr(0, end)).push_back('\n');
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

}  // namespace

std::string sse_event(std::string_view event, std::string_view id, std::string_view data) {
  std::string out;
  out.reserve(event.size() + id.size() + data.size() + 32);
  append_field(out, "event", event);
  append_field(out, "id", id);
  append_lines(out, "data: ", data);
  out.push_back('\n');
  return out;
}

std::string sse_comment(std::string_view text) {
  std::string out;
  append_lines(out, ": ", text);
  out.push_back('\n');
  return out;
}

response open_event_stream(std::function<void(std::shared_ptr<stream>)> opens) {
  response out;
  out.content_type = "text/event-stream";
  out.with("Cache-Control", "no-cache").with("X-Accel-Buffering", "no");
  out.opens = std::move(opens);
  return out;
}

}  // namespace muster::http
