// Checks by hand, byte by byte: a regular expression would take ranges from the locale.
#include "actors/manager/scan_checks.hpp"

#include <algorithm>
#include <array>

namespace muster {

namespace {

constexpr size_t longest = 512;
constexpr int32_t highest_priority = 100;
constexpr std::array<std::string_view, 6> known_scanners{"trivy", "grype", "syft", "dockle", "dive", "osv"};

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// A byte that may stand in a message whatever it is.
std::string shown(char c) {
  if (c > ' ' && c <= '~') return std::string{"'"} + c + "'";
  static constexpr char hex[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return std::string{"the byte 0x"} + hex[byte >> 4] + hex[byte & 15];
}

std::string text_problem(std::string_view text, std::string_view first, std::string_view others) {
  if (text.empty()) return "is empty";
  if (text.size() > longest)
    return "has " + std::to_string(text.size()) + " bytes, more than " + std::to_string(longest);
  if (!is_letter_or_digit(text.front()) && first.find(text.front()) == std::string_view::npos)
    return "starts with " + shown(text.front());
  for (size_t i = 1; i < text.size(); ++i)
    if (!is_letter_or_digit(text[i]) && others.find(text[i]) == std::string_view::npos)
      return "has " + shown(text[i]) + " at position " + std::to_string(i + 1);
  if (text.find("..") != std::string_view::npos) return "has '..' in it";
  return {};
}

constexpr size_t longest_id = 64;
constexpr size_t longest_name = 128;

bool is_plain(char c) { return is_letter_or_digit(c) || c == '_' || c == '-'; }

}  // namespace

std::string image_problem(std::string_view image) { return text_problem(image, "", "._/:@-"); }

std::string tar_path_problem(std::string_view path) { return text_problem(path, "/", "._/-"); }

std::string scanners_problem(const std::vector<std::string>& scanners) {
  for (auto each = scanners.begin(); each != scanners.end(); ++each) {
    if (std::find(known_scanners.begin(), known_scanners.end(), *each) == known_scanners.end())
      return "item " + std::to_string(each - scanners.begin() + 1)
             + " is none of trivy, grype, syft, dockle, dive, osv";
    if (std::find(scanners.begin(), each, *each) != each) return "has " + *each + " twice";
  }
  return {};
}

std::optional<scan_problem> check_scan(const scan_job& job) {
  if (auto what = image_problem(job.image); !what.empty()) return scan_problem{"imageRef", std::move(what)};
  if (job.source == scan_source::tar) {
    if (auto what = tar_path_problem(job.tar_path); !what.empty())
      return scan_problem{"tarPath", std::move(what)};
  } else if (!job.tar_path.empty()) {
    return scan_problem{"tarPath", "is for the source 'tar' alone"};
  }
  if (auto what = scanners_problem(job.scanners); !what.empty())
    return scan_problem{"scanners", std::move(what)};
  if (job.priority < -highest_priority || job.priority > highest_priority)
    return scan_problem{"priority", "is not within -100 to 100"};
  return std::nullopt;
}

bool is_sensor_id(const std::string& text) {
  return !text.empty() && text.size() <= longest_id && std::all_of(text.begin(), text.end(), is_plain);
}

bool is_registry_name(const std::string& text) {
  return !text.empty() && text.size() <= longest_name && text != "." && text != ".."
         && std::all_of(text.begin(), text.end(), [](char c) { return is_plain(c) || c == '.'; });
}

}  // namespace muster
