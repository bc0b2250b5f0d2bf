// The client's side of server-sent events.
#include "tools/harness/event_stream.hpp"

#include "tools/harness/call.hpp"

#include <algorithm>

namespace muster::harness {

unsigned event_stream::status() const { return state_->status; }
std::string event_stream::text() const { return state_->text; }
std::vector<sse> event_stream::events() const { return parse_events(state_->text); }
bool event_stream::open() const { return state_->open; }
void event_stream::close() { state_->open = false; }

std::vector<sse> parse_events(std::string_view text) {
  std::vector<sse> out;
  sse next;
  for (;;) {
    const auto end = text.find_first_of("\r\n");
    if (end == std::string_view::npos) return out;  // a line without its end has not arrived
    const auto line = text.substr(0, end);
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
    const auto colon = std::min(line.find(':'), line.size());
    auto value = line.substr(std::min(colon + 1, line.size()));
    if (value.starts_with(' ')) value.remove_prefix(1);
    const auto field = line.substr(0, colon);
    if (field == "event") next.event = value;
    if (field == "id" && value.find('\0') == std::string_view::npos) next.id = value;
    if (field == "data") next.data.append(value).push_back('\n');
    if (!line.empty()) continue;
    if (!next.data.empty()) {
      out.push_back(next);
      out.back().data.pop_back();
      if (next.event.empty()) out.back().event = "message";
    }
    next.event.clear();
    next.data.clear();
  }
}

}  // namespace muster::harness
