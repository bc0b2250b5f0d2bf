// The words for each failure. Server text passes through unescaped here; whoever prints it escapes it.
#include "tools/muster/failure.hpp"

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <utility>

#include "runtime/log/escape.hpp"

namespace muster::cli {
namespace {

std::string_view title_of(exit_code code) {
  switch (code) {
    case exit_code::ok: return "Done";
    case exit_code::failed: return "Failed";
    case exit_code::usage: return "Wrong usage";
    case exit_code::unreachable: return "Manager not reachable";
    case exit_code::unauthorised: return "Not authorised";
    case exit_code::not_found: return "Not found or ambiguous";
  }
  return "Failed";
}

// The text of an RFC 9457 document; nothing if `body` is not one.
std::optional<std::string> problem_text(const std::string& body) {
  boost::json::error_code error;
  const auto parsed = boost::json::parse(body, error);
  if (error || !parsed.is_object()) return std::nullopt;
  for (const auto* name : {"detail", "title"}) {
    const auto* member = parsed.get_object().if_contains(name);
    if (member != nullptr && member->is_string() && !member->get_string().empty()) {
      return std::string(member->get_string());
    }
  }
  return std::nullopt;
}

std::string token_advice(const refusal& answer) {
  if (!answer.token_source.empty()) return fmt::format("The token came from {}.", answer.token_source);
  auto advice = std::string(
    "No token was sent: give one with MUSTER_TOKEN or --token. "
    "The manager keeps it in operator.token in its data directory.");
  return answer.token_note.empty() ? advice : fmt::format("{} Here, {}.", advice, answer.token_note);
}

// "too many" and "too many." both become a sentence that another can follow.
std::string sentence(std::string text) {
  if (!text.ends_with('.') && !text.ends_with('!') && !text.ends_with('?')) text += '.';
  return text;
}

}  // namespace

failure::failure(exit_code code, std::string message, std::string document)
  : code_(code), message_(std::move(message)), document_(std::move(document)) {
  if (document_.empty()) document_ = problem_document(code_, message_);
}

std::string problem_document(exit_code code, std::string_view detail, std::string_view more) {
  std::string document = R"({"type":"about:blank","title":)";
  log::append_json_string(document, title_of(code));
  document += R"(,"detail":)";
  log::append_json_string(document, detail);
  document += more;
  return document + '}';
}

failure no_manager(const std::vector<silent_place>& tried) {
  std::string places;
  for (const auto& place : tried) {
    if (!places.empty()) places += " or ";
    places += fmt::format("{} ({})", place.address, place.reason);
  }
  return {exit_code::unreachable,
          fmt::format("no manager answers at {}. Start one with ./dev run or musterd, or name it with "
                      "--operator.",
                      places)};
}

failure refused(const refusal& answer) {
  const auto text = problem_text(answer.body);
  const bool forbidden = answer.status == 401 || answer.status == 403;
  if (!text && !forbidden) {
    return not_a_manager(answer.address, fmt::format("status {} without a reason", answer.status));
  }
  if (forbidden) {
    auto message =
      fmt::format("{} lets you in only with its token: {} {}", answer.address,
                  sentence(text.value_or(fmt::format("status {}", answer.status))), token_advice(answer));
    auto document = text ? answer.body : std::string();
    return {exit_code::unauthorised, std::move(message), std::move(document)};
  }
  return {answer.status == 404 ? exit_code::not_found : exit_code::failed, *text, answer.body};
}

failure not_a_manager(std::string_view address, std::string_view what) {
  return {exit_code::failed, fmt::format("{} answered with {}. Is that the manager's operator listener? "
                                         "Another can be named with --operator.",
                                         address, what)};
}

}  // namespace muster::cli
