// What can go wrong with a command, as the operator reads it and as scripts see it. The one exception type of
// this program: it ends a command from any depth, and main turns it into words and an exit code.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace muster::cli {

// Documented in --help; scripts rely on these numbers.
enum class exit_code : int {
  ok = 0,
  failed = 1,        // the manager refused, or answered what makes no sense
  usage = 2,         // the command line is wrong
  unreachable = 3,   // no manager answers
  unauthorised = 4,  // it answers, but not to this caller
  not_found = 5,     // what was named does not exist, or several things have that name
};

class failure : public std::exception {
 public:
  // `document` is the RFC 9457 document for --json; without one it is made from code and message.
  failure(exit_code code, std::string message, std::string document = {});

  exit_code code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::string& document() const { return document_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  exit_code code_;
  std::string message_;
  std::string document_;
};

// A problem document with the title that belongs to `code`. `more` is further members, raw: `,"name":value`.
std::string problem_document(exit_code code, std::string_view detail, std::string_view more = {});

// One place where a manager was looked for, and why none was there.
struct silent_place {
  std::string address;
  std::string reason;
};
failure no_manager(const std::vector<silent_place>& tried);

// What the manager, or whoever has its address, answered instead of success.
struct refusal {
  std::string address;
  unsigned status = 0;
  std::string body;
  std::string token_source;  // where the token came from; empty when none was sent
  std::string token_note;    // why none was found, where that is known
};
failure refused(const refusal& answer);

// It answers, but not in the manager's language.
failure not_a_manager(std::string_view address, std::string_view what);

}  // namespace muster::cli
