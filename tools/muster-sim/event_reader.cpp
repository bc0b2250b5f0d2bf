// As the HTML standard has it, without lines that end in a lone \r.
#include "tools/muster-sim/event_reader.hpp"

namespace muster::sim {

bool event_reader::feed(std::string_view bytes, const std::function<void(const server_event&)>& take) {
  for (;;) {
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos) break;
    if (rest_.empty()) line(bytes.substr(0, end), take);
    else line(rest_.append(bytes.substr(0, end)), take);
    rest_.clear();
    bytes.remove_prefix(end + 1);
  }
  rest_.append(bytes);
  return rest_.size() <= longest_line;
}

void event_reader::line(std::string_view text, const std::function<void(const server_event&)>& take) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.empty()) {
    if (has_data_) take(event_);
    event_ = {};
    has_data_ = false;
    return;
  }
  const auto colon = text.find(':');
  const auto field = text.substr(0, colon);
  auto value = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") event_.name = value;
  if (field == "id") event_.id = value;
  if (field != "data") return;
  if (has_data_) event_.data += '\n';
  event_.data += value;
  has_data_ = true;
}

}  // namespace muster::sim
