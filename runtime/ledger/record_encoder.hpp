// Writes records as JSON. Members that say nothing (empty texts, zero times of an
// agent) are left out; what a reader doesn't know it ignores, so that the schema
// grows by adding members. Times are milliseconds since 1970.
#pragma once

#include "messages/ledger.hpp"

#include <memory>
#include <string_view>

namespace simdjson::dom {
class parser;
}

namespace muster {

class record_encoder {
 public:
  record_encoder();
  ~record_encoder();

  // Each text lives until the next call.
  std::string_view agent(const agent_record& record);
  std::string_view changes(const std::vector<state_change>& batch);
  std::string_view audit(const audit_entry& entry);
  std::string_view standings(const standings_block& block);
  std::string_view patterns(const pattern& what);

  // An event's JSON is embedded as it is; should it be none then its text is kept
  // as a string, since one bad event must not make its neighbours unreadable.
  std::string_view threats(const threat_report& report);

 private:
  void add_threat(const threat& what);
  bool is_json(std::string_view text);

  std::string text_;
  std::unique_ptr<simdjson::dom::parser> parser_;
};

}  // namespace muster
