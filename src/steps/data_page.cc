#include "steps/data_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/svg.h"
#include "data/readers.h"

namespace thimble {
namespace {

constexpr size_t kSignals = 3, kPictures = 12;  // of each label
constexpr int64_t kPoints = 400;                // of a line

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{}</title><style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 1200px; margin: 2em auto; padding: 0 1em; color: #1d2a35; background: #fff }}
h2 {{ margin: 1.6em 0 .3em }} h2 small {{ font-weight: normal; color: #6b7885 }}
.row {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(360px, 1fr)); gap: 12px }}
.row svg {{ width: 100%; height: auto }}
.pictures img {{ width: 96px; image-rendering: pixelated; margin: 3px; border-radius: 3px }}
li b {{ text-transform: capitalize }}
@media (prefers-color-scheme: dark) {{ body {{ color: #dde5ec; background: #14191e }} }}
</style></head><body><h1>{}</h1>
)";

/// Lowest and highest of each stretch where a line has more points than a screen.
Series line_of(const Recording& r, size_t channel) {
  Series series{.name = r.channels[channel].name, .x = {}, .y = {}};
  const int64_t stretch = std::max<int64_t>(1, 2 * r.length() / kPoints);
  for (int64_t start = 0; start < r.length(); start += stretch) {
    const auto value = [&](int64_t t) { return static_cast<double>(r.samples[static_cast<size_t>(t) * r.channels.size() + channel]); };
    int64_t low = start, high = start;
    for (int64_t t = start; t < std::min(r.length(), start + stretch); ++t) {
      if (value(t) < value(low)) low = t;
      if (value(t) > value(high)) high = t;
    }
    for (const int64_t t : {std::min(low, high), std::max(low, high)}) {
      series.x.push_back(r.rate > 0 ? static_cast<double>(t) / r.rate : static_cast<double>(t));
      series.y.push_back(value(t));
      if (low == high) break;
    }
  }
  return series;
}

/// One chart for each unit among the channels.
std::string charts_of(const Recording& r) {
  std::vector<std::string> units;
  for (const Channel& c : r.channels)
    if (std::find(units.begin(), units.end(), c.unit) == units.end()) units.push_back(c.unit);
  std::string text;
  for (const std::string& unit : units) {
    Chart chart{.title = r.name, .x_title = r.rate > 0 ? "s" : "sample", .y_title = unit, .series = {}};
    for (size_t c = 0; c < r.channels.size(); ++c)
      if (r.channels[c].unit == unit) chart.series.push_back(line_of(r, c));
    text += fmt::format("<div>{}</div>\n", svg_chart(chart));
  }
  return text;
}

std::string base64(const std::vector<std::byte>& bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t three = 0;
    for (size_t k = 0; k < 3; ++k) three = three << 8 | (i + k < bytes.size() ? std::to_integer<uint32_t>(bytes[i + k]) : 0);
    for (size_t k = 0; k < 4; ++k) text += i + k <= bytes.size() ? kDigits[three >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::string label_part(const std::string& label, const std::vector<const Recording*>& recordings) {
  const bool pictures = recordings[0]->width > 0;
  std::string text = fmt::format("<h2>{} <small>{}</small></h2>\n<div class=\"{}\">\n", escaped(label.empty() ? "(no label)" : label),
                                 recordings.size(), pictures ? "pictures" : "row");
  const size_t shown = std::min(recordings.size(), pictures ? kPictures : kSignals);
  for (size_t i = 0; i < shown; ++i) {
    const Recording& r = *recordings[i * recordings.size() / shown];
    text += pictures ? fmt::format("<img alt=\"{0}\" title=\"{0}\" src=\"data:image/png;base64,{1}\">", escaped(r.name), base64(png_of(r)))
                     : charts_of(r);
  }
  return text + "</div>\n";
}

}  // namespace

std::string data_page(const std::string& title, const std::vector<Recording>& recordings, const std::vector<Finding>& findings) {
  std::map<std::string, std::vector<const Recording*>> labels;
  const bool numbers = labels_are_numbers(recordings);
  for (const Recording& r : recordings) labels[numbers ? "numbers" : r.label].push_back(&r);
  std::string page = fmt::format(kHead, escaped(title), escaped(title));
  constexpr std::string_view kWords[] = {"note", "warning", "fault"};
  page += findings.empty() ? "<p>Nothing looks wrong.</p>\n" : "<ul>\n";
  for (const Finding& f : findings)
    page += fmt::format("<li><b>{}</b>: {}<br><small>{}</small></li>\n", kWords[static_cast<size_t>(f.severity)], escaped(f.text),
                        escaped(f.hint));
  if (!findings.empty()) page += "</ul>\n";
  for (const auto& [label, these] : labels) page += label_part(label, these);
  return page + "</body></html>\n";
}

}  // namespace thimble
