/// Small charts as SVG text, to be read in a browser: lines, points, and a table of shades. They take the colours of the page around them.
#pragma once

#include <string>
#include <vector>

namespace thimble {

struct Series {
  std::string name;
  std::vector<double> x, y;
  bool dashed = false;
};

struct Chart {
  std::string title, x_title, y_title;
  std::vector<Series> series;
  bool points = false;                     ///< dots instead of lines
  bool from_zero = false, to_one = false;  ///< what the vertical axis has to show in any case
};
/// "" where there is no point to draw.
std::string svg_chart(const Chart& chart);

struct HeatMap {
  std::string title, row_title, column_title;
  std::vector<std::string> rows, columns;
  std::vector<double> shades;       ///< row by row, from 0 to 1
  std::vector<std::string> values;  ///< what is written into each field
};
std::string svg_heat_map(const HeatMap& map);

/// `text` with the characters escaped that HTML gives a meaning.
std::string escaped(std::string_view text);

}  // namespace thimble
