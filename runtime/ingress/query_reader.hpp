// Reads the query parameters of an operator's request. The first problem is kept
// and names the parameter; afterwards everything reads as absent.
#pragma once

#include "messages/agents.hpp"
#include "messages/scans.hpp"
#include "runtime/http/message.hpp"

#include <initializer_list>

namespace muster {

class query_reader {
 public:
  // Any parameter that is not in `known`, or given twice, is a problem.
  query_reader(const http::request& from, std::initializer_list<std::string_view> known);

  const std::string& problem() const { return problem_; }

  std::string text(std::string_view name) const;
  uint32_t limit();                  // 1 to max_page, 100 when absent
  uint64_t cursor();                 // 0 when absent
  bool flag(std::string_view name);  // "true" or "false", false when absent
  caf::optional<agent_status> status();
  caf::optional<dialect> speaks();
  caf::optional<agent_id> agent();
  utc_time since();
  caf::optional<registry_id> registry();
  caf::optional<scan_status> scan();  // "status"

 private:
  void fail(std::string_view name, std::string_view wanted);

  std::vector<std::pair<std::string, std::string>> values_;
  std::string problem_;
};

}  // namespace muster
