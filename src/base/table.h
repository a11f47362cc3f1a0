/// Tables for the terminal: aligned columns, numbers to the right with thousands separators, a total row under a rule.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/terminal.h"

namespace thimble {

/// "1,234,567"
std::string grouped(int64_t number);
/// Three significant digits and a unit that people say: "8.31 M", "512", "1.20 G".
std::string rounded(double number);
/// "98.5 %"
std::string percent(double part, double whole);

struct Cell {
  std::string text;
  Style style = Style::Plain;

  Cell(std::string t, Style s = Style::Plain) : text(std::move(t)), style(s) {}  // NOLINT(google-explicit-constructor)
  Cell(std::string_view t, Style s = Style::Plain) : text(t), style(s) {}        // NOLINT(google-explicit-constructor)
  Cell(const char* t, Style s = Style::Plain) : text(t), style(s) {}             // NOLINT(google-explicit-constructor)
  template <std::integral T>
  Cell(T number) : text(grouped(static_cast<int64_t>(number))) {}  // NOLINT(google-explicit-constructor)
  /// Nothing known: a dash.
  template <class T>
  Cell(const std::optional<T>& maybe) : Cell(maybe ? Cell(*maybe) : Cell("-", Style::Dim)) {}  // NOLINT(google-explicit-constructor)
};

enum class Align { Left, Right, Wrap };  ///< Wrap: left, and broken into lines where the terminal is too narrow (last column only)

struct Column {
  std::string title;
  Align align = Align::Left;
  bool optional = false;  ///< left out, the last one first, where the screen is too narrow
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Cells that are missing at the end stay empty.
  Table& row(std::vector<Cell> cells);
  /// A last row, bold, set off by a rule.
  Table& total(std::vector<Cell> cells);
  bool empty() const { return rows_.empty(); }

  /// Lines indented by two blanks, none with trailing blanks.
  std::string text() const;

 private:
  std::string line(const std::vector<Cell>& cells, const std::vector<int>& widths) const;
  /// Columns of the screen per column of the table; -1 where it is left out.
  std::vector<int> fitted_widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
  std::optional<std::vector<Cell>> total_;
};

}  // namespace thimble
