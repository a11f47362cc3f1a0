#include "base/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace thimble {
namespace {

/// Of all columns that are shown, with the gaps between them.
int across(const std::vector<int>& widths) {
  int sum = -2;
  for (int width : widths) sum += width < 0 ? 0 : width + 2;
  return sum;
}

}  // namespace

std::string grouped(int64_t number) {
  std::string digits = fmt::format("{}", number);
  const size_t first = number < 0 ? 1 : 0;
  for (size_t i = digits.size(); i > first + 3;) digits.insert(i -= 3, ",");
  return digits;
}

std::string rounded(double number) {
  constexpr std::string_view kUnits[] = {"", " k", " M", " G", " T"};
  size_t unit = 0;
  while (std::abs(number) >= 999.5 && unit + 1 < std::size(kUnits)) number /= 1000, ++unit;
  const double size = std::abs(number);
  const int decimals = unit == 0 && number == std::floor(number) ? 0 : size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f}{}", number, decimals, kUnits[unit]);
}

std::string percent(double part, double whole) { return whole > 0 ? fmt::format("{:.1f} %", 100 * part / whole) : "-"; }

Table& Table::row(std::vector<Cell> cells) {
  rows_.push_back(std::move(cells));
  return *this;
}

Table& Table::total(std::vector<Cell> cells) {
  for (Cell& cell : cells)
    if (cell.style == Style::Plain) cell.style = Style::Bold;
  total_ = std::move(cells);
  return *this;
}

std::string Table::line(const std::vector<Cell>& cells, const std::vector<int>& widths) const {
  std::string text;
  int used = 0;  // blanks are only written before something that shows
  int column = 0;
  for (size_t c = 0; c < cells.size() && c < columns_.size(); column += widths[c] < 0 ? 0 : widths[c] + 2, ++c) {
    if (cells[c].text.empty() || widths[c] < 0) continue;
    const int width = columns_of(cells[c].text);
    const int start = 2 + column + (columns_[c].align == Align::Right ? widths[c] - width : 0);
    text.append(static_cast<size_t>(start - used), ' ');
    used = start + width;
    if (columns_[c].align != Align::Wrap) {
      text += styled(cells[c].style, cells[c].text);
      continue;
    }
    const std::string indent(static_cast<size_t>(start), ' ');
    text += wrapped(cells[c].text, std::max(24, terminal().width - start), indent);
  }
  return text + "\n";
}

std::vector<int> Table::fitted_widths() const {
  std::vector<int> widths;
  for (const Column& column : columns_) widths.push_back(columns_of(column.title));
  const auto widen = [&](const std::vector<Cell>& cells) {
    for (size_t c = 0; c < cells.size() && c < widths.size(); ++c) widths[c] = std::max(widths[c], columns_of(cells[c].text));
  };
  for (const auto& cells : rows_) widen(cells);
  if (total_) widen(*total_);
  for (size_t c = widths.size(); c-- > 0 && terminal().watched && across(widths) + 2 > terminal().width;)
    if (columns_[c].optional) widths[c] = -1;
  return widths;
}

std::string Table::text() const {
  std::vector<Cell> titles;
  for (const Column& column : columns_) titles.emplace_back(column.title, Style::Dim);
  const std::vector<int> widths = fitted_widths();
  std::string text = line(titles, widths);
  for (const auto& cells : rows_) text += line(cells, widths);
  if (!total_) return text;
  std::string rule;
  for (int i = 0; i < std::min(across(widths), terminal().width - 2); ++i) rule += "─";
  return text + "  " + styled(Style::Dim, rule) + "\n" + line(*total_, widths);
}

}  // namespace thimble
