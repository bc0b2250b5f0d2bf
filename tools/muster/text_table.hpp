// Aligned columns for people. Every cell is made printable here, so that no caller can forget it.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace muster::cli {

enum class tone { plain, good, warning, bad, faint };

struct table_cell {
  std::string text;  // as it came; empty is shown as "-"
  tone colour = tone::plain;
};
std::string render_cell(const table_cell& cell, bool colour);
using table_row = std::vector<table_cell>;

// Rows may arrive page by page: the first page decides the widths, which later ones can only widen.
class text_table {
 public:
  text_table(std::vector<std::string> headings, bool colour);

  // The rows as lines, after the headings the first time. A row has as many cells as there are headings.
  std::string render(const std::vector<table_row>& rows);

 private:
  void append_line(std::string& out, const table_row& row) const;

  std::vector<std::string> headings_;
  std::vector<std::size_t> widths_;
  bool colour_;
  bool begun_ = false;
};

// A name and a value a line, the values aligned. Facts with an empty value are left out.
using fact = std::pair<std::string, table_cell>;
std::string render_facts(const std::vector<fact>& facts, bool colour);

}  // namespace muster::cli
