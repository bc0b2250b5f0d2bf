// Takes a mapping of a YAML file apart member by member and notes what is wrong with its place: what is
// missing, given twice, unknown (with what it may have meant), or out of range.
#pragma once

#include <yaml-cpp/yaml.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::sim {

struct yaml_problems {
  std::string file;
  std::vector<std::string> all;

  void add(const YAML::Mark& at, std::string_view what);
};

class yaml_reader {
 public:
  // `place` is what the mapping is, for what it says: "a step".
  yaml_reader(const YAML::Node& from, std::string place, yaml_problems& problems);
  // Notes the members that nobody asked for.
  ~yaml_reader();
  yaml_reader(const yaml_reader&) = delete;
  yaml_reader& operator=(const yaml_reader&) = delete;

  bool has(std::string_view member);
  void require(std::string_view member);
  // Nothing happens to `into` if the member is not there or is wrong; durations and numbers with their
  // limits.
  void text(std::string_view member, std::string& into, size_t longest);
  void flag(std::string_view member, bool& into);
  void number(std::string_view member, uint32_t& into, uint32_t low, uint32_t high);
  void number(std::string_view member, uint64_t& into);
  void duration(std::string_view member, std::chrono::milliseconds& into, std::chrono::milliseconds low,
                std::chrono::milliseconds high);
  void share(std::string_view member, double& into);
  void rate(std::string_view member, double& into, double low, double high);
  void factor(std::string_view member, double& into, double low, double high);
  // One of `words`; `into` is its place among them.
  void word(std::string_view member, size_t& into, const std::vector<std::string>& words);
  void each(std::string_view member, size_t most, const std::function<void(const YAML::Node&)>& take);
  // A mapping whose members are read elsewhere.
  void mapping(std::string_view member, const std::function<void(const YAML::Node&)>& take);

  void fail(std::string_view member, std::string_view what);
  const YAML::Mark mark() const { return from_.Mark(); }

 private:
  const YAML::Node* find(std::string_view member);
  // Its text, if it is there and is one value.
  const std::string* scalar(std::string_view member);

  const YAML::Node from_;
  std::string place_;
  yaml_problems& problems_;
  struct entry {
    std::string name;
    YAML::Mark at;
    YAML::Node value;
    bool asked = false;
  };
  std::vector<entry> entries_;
  std::vector<std::string> known_;
};

// For texts as they stand in files: "30%" or "0.3"; "5000/s" or "5000"; "2x" or "2". Nothing for others.
std::optional<double> parse_share(std::string_view text);
std::optional<double> parse_rate(std::string_view text);
std::optional<double> parse_factor(std::string_view text);

}  // namespace muster::sim
