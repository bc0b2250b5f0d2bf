// Matching of paths to routes.
#include "runtime/http/router.hpp"

#include <algorithm>

namespace muster::http {

namespace {

constexpr size_t max_segments = 8;
constexpr std::string_view any = "{}";

struct split_path {
  std::array<std::string_view, max_segments> segments;
  size_t count = 0;  // max_segments + 1 when there are more
};

split_path split(std::string_view path) {
  split_path out;
  while (path.starts_with('/')) path.remove_prefix(1);
  while (!path.empty()) {
    auto segment = path.substr(0, path.find('/'));
    if (out.count == max_segments) return {{}, max_segments + 1};
    out.segments[out.count++] = segment;
    path.remove_prefix(std::min(path.size(), segment.size() + 1));
  }
  return out;
}

std::string_view decode_within(std::string& path, std::string_view segment) {
  return decode_segment({path.data() + (segment.data() - path.data()), segment.size()});
}

template <class Segments>
bool same(const Segments& pattern, const split_path& path) {
  if (pattern.size() != path.count) return false;
  for (size_t i = pattern.size(); i-- > 0;)  // the end tells routes apart sooner
    if (pattern[i] == any ? path.segments[i].empty() : pattern[i] != path.segments[i]) return false;
  return true;
}

}  // namespace

std::string_view decode_segment(std::span<char> segment) {
  const std::string_view text{segment.data(), segment.size()};
  size_t size = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool encoded = text[i] == '%';
    segment[size++] = !encoded ? text[i] : text.substr(i).starts_with("%25") ? '%' : '/';
    if (encoded) i += 2;
  }
  return text.substr(0, size);
}

router::router(std::vector<route> routes) {
  for (auto& where : routes) {
    auto path = split(where.pattern);
    entries_.push_back(
      {where, {path.segments.begin(), path.segments.begin() + static_cast<long>(path.count)}});
  }
}

match_result router::match(request& r) const {
  const auto path = split(r.path);
  const auto method = r.method == verb::head ? verb::get : r.method;
  bool known_path = false;
  for (const auto& known : entries_) {
    if (!same(known.segments, path)) continue;
    known_path = true;
    if (known.where.method != method) continue;
    r.matched = &known.where;
    size_t next = 0;
    for (size_t i = 0; i < known.segments.size() && next < r.parameters.size(); ++i)
      if (known.segments[i] == any) r.parameters[next++] = decode_within(r.path, path.segments[i]);
    return match_result::found;
  }
  return known_path ? match_result::no_method : match_result::no_path;
}

bool router::owns(const route* found) const {
  return std::any_of(entries_.begin(), entries_.end(), [found](const entry& e) { return &e.where == found; });
}

std::string router::allowed(const request& r) const {
  const auto path = split(r.path);
  std::string methods = "OPTIONS";
  for (const auto& known : entries_) {
    if (!same(known.segments, path)) continue;
    methods += ", " + std::string{boost::beast::http::to_string(known.where.method)};
    if (known.where.method == verb::get) methods += ", HEAD";
  }
  return methods;
}

}  // namespace muster::http
