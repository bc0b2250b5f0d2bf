// Two spaces between columns and none at a line's end, so that tables can be copied and compared.
#include "tools/muster/text_table.hpp"

#include <algorithm>
#include <string_view>

#include "tools/muster/terminal_text.hpp"

namespace muster::cli {
namespace {

constexpr std::size_t gap = 2;

std::string_view colour_of(tone which) {
  switch (which) {
    case tone::plain: return "";
    case tone::good: return "\x1b[32m";
    case tone::warning: return "\x1b[33m";
    case tone::bad: return "\x1b[31m";
    case tone::faint: return "\x1b[2m";
  }
  return "";
}

void append_coloured(std::string& out, std::string_view text, tone which, bool colour) {
  const auto code = colour ? colour_of(which) : std::string_view();
  out += code;
  out += text;
  if (!code.empty()) out += "\x1b[0m";
}

std::string shown(const table_cell& cell) { return cell.text.empty() ? "-" : printable(cell.text); }

}  // namespace

std::string render_cell(const table_cell& cell, bool colour) {
  std::string out;
  append_coloured(out, shown(cell), cell.colour, colour);
  return out;
}

text_table::text_table(std::vector<std::string> headings, bool colour)
  : headings_(std::move(headings)), colour_(colour) {
  for (const auto& heading : headings_) widths_.push_back(display_width(heading));
}

std::string text_table::render(const std::vector<table_row>& rows) {
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size() && i < widths_.size(); ++i) {
      widths_[i] = std::max(widths_[i], display_width(shown(row[i])));
    }
  }
  std::string out;
  if (!begun_) {
    begun_ = true;
    table_row headings;
    for (const auto& heading : headings_) headings.push_back({heading, tone::faint});
    append_line(out, headings);
  }
  for (const auto& row : rows) append_line(out, row);
  return out;
}

void text_table::append_line(std::string& out, const table_row& row) const {
  std::size_t owed = 0;  // spaces up to the next column, written only if there is one
  for (std::size_t i = 0; i < row.size() && i < widths_.size(); ++i) {
    const auto text = shown(row[i]);
    out.append(owed, ' ');
    append_coloured(out, text, row[i].colour, colour_);
    owed = widths_[i] - display_width(text) + gap;
  }
  out += '\n';
}

std::string render_facts(const std::vector<fact>& facts, bool colour) {
  std::size_t width = 0;
  for (const auto& [name, value] : facts) {
    if (!value.text.empty()) width = std::max(width, display_width(printable(name)));
  }
  std::string out;
  for (const auto& [name, value] : facts) {
    if (value.text.empty()) continue;
    const auto shown_name = printable(name);
    append_coloured(out, shown_name, tone::faint, colour);
    out.append(width - display_width(shown_name) + gap, ' ');
    append_coloured(out, printable(value.text), value.colour, colour);
    out += '\n';
  }
  return out;
}

}  // namespace muster::cli
