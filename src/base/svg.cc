#include "base/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace thimble {
namespace {

constexpr int kWidth = 560, kHeight = 300, kLeft = 62, kRight = 14, kTop = 34, kBottom = 46;
/// Told apart in light, in dark and by those who cannot tell red from green (after Okabe and Ito).
constexpr std::array<std::string_view, 8> kColours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                      "#56b4e9", "#e69f00", "#8c6d31", "#7f7f7f"};

std::string_view colour_of(size_t i) { return kColours[i % kColours.size()]; }

std::string text_at(double x, double y, std::string_view anchor, std::string_view text, std::string_view more = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y, anchor, more, escaped(text));
}

std::string opened(int width, int height, std::string_view title) {
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\" font-family=\"system-ui, "
             "sans-serif\" "
             "font-size=\"12\" fill=\"currentColor\" role=\"img\" aria-label=\"{}\">\n",
             width, height, width, height, escaped(title)) +
         text_at(kLeft, 18, "start", title, " font-weight=\"600\" font-size=\"13\"");
}

/// Where numbers lie on an axis, and the round ones that are written there.
struct Axis {
  double low = 0, high = 1, step = 1;

  static Axis over(double low, double high) {
    if (high - low < 1e-12) low -= 0.5, high += 0.5;
    const double rough = (high - low) / 5, power = std::pow(10, std::floor(std::log10(rough)));
    const double step = rough / power <= 1.5 ? power : rough / power <= 3.5 ? 2 * power : rough / power <= 7.5 ? 5 * power : 10 * power;
    return {std::floor(low / step + 1e-9) * step, std::ceil(high / step - 1e-9) * step, step};
  }
  double part(double value) const { return (value - low) / (high - low); }
};

struct Frame {
  Axis x, y;
  double left(double value) const { return kLeft + x.part(value) * (kWidth - kLeft - kRight); }
  double top(double value) const { return kHeight - kBottom - y.part(value) * (kHeight - kTop - kBottom); }
};

std::string grid(const Frame& frame, const Chart& chart) {
  std::string text;
  for (double y = frame.y.low; y < frame.y.high + frame.y.step / 2; y += frame.y.step) {
    text +=
        fmt::format("<path d=\"M{} {:.1f}H{}\" stroke=\"currentColor\" stroke-opacity=\"0.15\"/>\n", kLeft, frame.top(y), kWidth - kRight);
    text += text_at(kLeft - 6, frame.top(y) + 4, "end", fmt::format("{:.6g}", std::abs(y) < frame.y.step / 1e6 ? 0 : y));
  }
  for (double x = frame.x.low; x < frame.x.high + frame.x.step / 2; x += frame.x.step)
    text += text_at(frame.left(x), kHeight - kBottom + 16, "middle", fmt::format("{:.6g}", std::abs(x) < frame.x.step / 1e6 ? 0 : x));
  text += text_at((kLeft + kWidth - kRight) / 2.0, kHeight - 10, "middle", chart.x_title);
  const int middle = (kTop + kHeight - kBottom) / 2;
  return text + text_at(14, middle, "middle", chart.y_title, fmt::format(" transform=\"rotate(-90 14 {})\"", middle));
}

std::string drawn(const Series& series, size_t i, const Frame& frame, bool points) {
  std::string text;
  if (points) {
    for (size_t k = 0; k < series.x.size(); ++k)
      text += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\"/>", frame.left(series.x[k]), frame.top(series.y[k]));
    return fmt::format("<g fill=\"{}\" fill-opacity=\"0.6\">{}</g>\n", colour_of(i), text);
  }
  for (size_t k = 0; k < series.x.size(); ++k)
    text += fmt::format("{}{:.1f} {:.1f}", k == 0 ? "M" : "L", frame.left(series.x[k]), frame.top(series.y[k]));
  return fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.8\"{}/>\n", text, colour_of(i),
                     series.dashed ? " stroke-dasharray=\"5 4\"" : "");
}

std::string legend(const Chart& chart) {
  std::string text;
  double right = kWidth - kRight;
  for (size_t i = chart.series.size(); i-- > 0;) {
    const std::string& name = chart.series[i].name;
    text += text_at(right, 18, "end", name, fmt::format(" style=\"fill:{}\"", colour_of(i)));
    right -= 7.0 * static_cast<double>(name.size()) + 14;
  }
  return text;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string svg_chart(const Chart& chart) {
  double x0 = INFINITY, x1 = -INFINITY, y0 = chart.from_zero ? 0 : INFINITY, y1 = chart.to_one ? 1 : -INFINITY;
  for (const Series& series : chart.series) {
    for (const double x : series.x) x0 = std::min(x0, x), x1 = std::max(x1, x);
    for (const double y : series.y)
      if (std::isfinite(y)) y0 = std::min(y0, y), y1 = std::max(y1, y);
  }
  if (!(x0 <= x1) || !(y0 <= y1)) return "";
  const Frame frame{Axis::over(x0, x1), Axis::over(y0, y1)};
  std::string text = opened(kWidth, kHeight, chart.title) + grid(frame, chart);
  for (size_t i = 0; i < chart.series.size(); ++i) text += drawn(chart.series[i], i, frame, chart.points);
  return text + legend(chart) + "</svg>\n";
}

std::string svg_heat_map(const HeatMap& map) {
  size_t longest = 4;
  for (const std::string& row : map.rows) longest = std::max(longest, row.size());
  const int left = 34 + static_cast<int>(7 * std::min<size_t>(longest, 24)), side = map.columns.size() > 12 ? 34 : 54, top = 66;
  const int width = left + side * static_cast<int>(map.columns.size()) + 10, height = top + 34 * static_cast<int>(map.rows.size()) + 12;
  std::string text = opened(std::max(width, 260), height, map.title);
  text += text_at(left, 40, "start", map.column_title, " fill-opacity=\"0.7\"");
  text +=
      text_at(14, top + 17.0 * static_cast<double>(map.rows.size()), "middle", map.row_title,
              fmt::format(" fill-opacity=\"0.7\" transform=\"rotate(-90 14 {:.0f})\"", top + 17.0 * static_cast<double>(map.rows.size())));
  for (size_t c = 0; c < map.columns.size(); ++c)
    text += text_at(left + (static_cast<double>(c) + 0.5) * side, 58, "middle", map.columns[c].substr(0, static_cast<size_t>(side) / 6));
  for (size_t r = 0; r < map.rows.size(); ++r) {
    const double y = top + 34.0 * static_cast<double>(r);
    text += text_at(left - 6, y + 21, "end", map.rows[r].substr(0, 24));
    for (size_t c = 0; c < map.columns.size(); ++c) {
      const size_t i = r * map.columns.size() + c;
      const double x = left + side * static_cast<double>(c);
      text += fmt::format("<rect x=\"{:.0f}\" y=\"{:.0f}\" width=\"{}\" height=\"32\" rx=\"3\" fill=\"{}\" fill-opacity=\"{:.3f}\"/>", x, y,
                          side - 2, r == c ? kColours[0] : kColours[1], 0.06 + 0.74 * std::clamp(map.shades[i], 0.0, 1.0));
      text += text_at(x + side / 2.0 - 1, y + 21, "middle", map.values[i]);
    }
  }
  return text + "</svg>\n";
}

}  // namespace thimble
