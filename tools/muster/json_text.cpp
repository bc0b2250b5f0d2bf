// Small containers of plain values stay on one line, so that a list of addresses does not fill the screen.
#include "tools/muster/json_text.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

#include "tools/muster/operator_api.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::value;

namespace {

constexpr std::size_t longest_line = 80;  // of a list on one line, without its indentation

bool is_plain(const value& what) { return !what.is_object() && !what.is_array(); }

std::string one_line(const value& what) { return printable_json(boost::json::serialize(what)); }

void append_json(std::string& out, const value& what, std::size_t depth);

template <class Container, class Append>
void append_members(std::string& out, const Container& members, char open, char close, std::size_t depth,
                    Append append) {
  out += open;
  bool is_first = true;
  for (const auto& each : members) {
    if (!is_first) out += ',';
    is_first = false;
    out += '\n';
    out.append(2 * depth + 2, ' ');
    append(each);
  }
  out += '\n';
  out.append(2 * depth, ' ');
  out += close;
}

void append_json(std::string& out, const value& what, std::size_t depth) {
  if (what.is_object() && !what.get_object().empty()) {
    return append_members(out, what.get_object(), '{', '}', depth, [&](const auto& member) {
      out += one_line(value(member.key())) + ": ";
      append_json(out, member.value(), depth + 1);
    });
  }
  if (what.is_array() && !what.get_array().empty()) {
    const auto& array = what.get_array();
    auto short_form = std::ranges::all_of(array, is_plain) ? one_line(what) : std::string();
    if (short_form.empty() || short_form.size() > longest_line) {
      return append_members(out, array, '[', ']', depth,
                            [&](const value& each) { append_json(out, each, depth + 1); });
    }
  }
  out += one_line(what);
}

table_cell operation_cell(const boost::json::object& operation) {
  const auto name = text_of(operation, "op");
  auto text = fmt::format("{} {}", name, text_of(operation, "path"));
  if (operation.contains("from")) {
    text = fmt::format("{} {} to {}", name, text_of(operation, "from"), text_of(operation, "path"));
  }
  const auto colour = name == "add" ? tone::good : name == "remove" ? tone::bad : tone::warning;
  return {std::move(text), colour};
}

}  // namespace

std::string indented_json(const value& what) {
  std::string out;
  append_json(out, what, 0);
  return out + '\n';
}

std::string patch_text(const value& patch, bool colour) {
  std::string out;
  if (!patch.is_array()) return out;
  for (const auto& each : patch.get_array()) {
    if (!each.is_object()) continue;
    const auto& operation = each.get_object();
    out += render_cell(operation_cell(operation), colour);
    if (const auto* given = operation.if_contains("value")) out += ' ' + one_line(*given);
    out += '\n';
  }
  return out;
}

}  // namespace muster::cli
