#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/files.h"
#include "data/csv_lines.h"
#include "data/readers.h"

namespace thimble {
namespace {

/// A table as it stands in the file.
struct Columns {
  std::vector<std::string> names;
  std::optional<size_t> time, id, label, group;
  std::vector<size_t> samples;
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// The column called `wanted`, or one with a usual name. `usual` may end a name in front of a unit: "time_ms", "time (s)".
std::optional<size_t> column_of(const Columns& columns, const std::string& wanted, std::initializer_list<std::string_view> usual,
                                const std::string& file) {
  for (size_t i = 0; i < columns.names.size(); ++i) {
    if (!wanted.empty() && columns.names[i] == wanted) return i;
    const std::string name = lower(columns.names[i]);
    const std::string head = name.substr(0, name.find_first_of(" _(["));
    if (wanted.empty() && std::find(usual.begin(), usual.end(), head) != usual.end()) return i;
  }
  if (!wanted.empty()) throw Error(Blame::User, fmt::format("'{}' has no column '{}'{}", file, wanted, suggest(wanted, columns.names)));
  return std::nullopt;
}

Columns columns_of(const CsvLine& header, const ReadOptions& options, const std::string& file) {
  Columns columns;
  columns.names.assign(header.words.begin(), header.words.end());
  columns.time = column_of(columns, options.time, {"time", "timestamp", "timer", "t", "ms"}, file);
  columns.id = column_of(columns, options.id, {"id", "recording"}, file);
  columns.label = column_of(columns, options.label, {"label", "class"}, file);
  columns.group = column_of(columns, options.group, {"group", "person", "subject", "session"}, file);
  for (size_t i = 0; i < columns.names.size(); ++i)
    if (i != columns.time && i != columns.id && i != columns.label && i != columns.group) columns.samples.push_back(i);
  if (columns.samples.empty())
    throw Error(Blame::User, fmt::format("'{}' has no column of samples: {}", file, fmt::join(columns.names, ", ")));
  return columns;
}

/// "acc_x (m/s2)" is the channel acc_x in m/s2.
Channel channel_of(const std::string& name) {
  const size_t open = name.find_first_of("([");
  if (open == std::string::npos || open == 0) return {name, ""};
  const size_t close = name.find_first_of(")]", open);
  return {name.substr(0, name.find_last_not_of(' ', open - 1) + 1), name.substr(open + 1, std::min(close, name.size()) - open - 1)};
}

/// A table without a first line of names: all columns are samples.
CsvLine numbered(const CsvLine& line, std::vector<std::string>& names) {
  CsvLine header{line.number, {}};
  for (size_t i = 0; i < line.words.size(); ++i) names.push_back(fmt::format("ch{}", i + 1));
  header.words.assign(names.begin(), names.end());
  return header;
}

class Reader {
 public:
  Reader(std::string name, const ReadOptions& options) : name_(std::move(name)), options_(options) {}

  std::vector<Recording> read(std::string_view text) {
    CsvLines lines(text);
    std::optional<CsvLine> line = lines.next();
    if (!line) throw Error(Blame::User, fmt::format("'{}' holds no samples", name_));
    const bool headed = std::any_of(line->words.begin(), line->words.end(), [](auto word) { return !number_in(word) && !date_in(word); });
    std::vector<std::string> made;
    columns_ = columns_of(headed ? *line : numbered(*line, made), options_, name_);
    if (headed) line = lines.next();
    for (; line; line = lines.next()) take(*line);
    finish();
    if (recordings_.empty()) throw Error(Blame::User, fmt::format("'{}' holds no samples", name_), "there is nothing after its first line");
    if (recordings_.size() > 1)
      for (size_t i = 0; i < recordings_.size(); ++i) recordings_[i].name += fmt::format("#{}", i + 1);
    return std::move(recordings_);
  }

 private:
  [[noreturn]] void refuse(const CsvLine& line, const std::string& what, const std::string& hint = "") const {
    throw Error(Blame::User, fmt::format("{}:{}: {}", name_, line.number, what), hint);
  }

  double sample(const CsvLine& line, size_t column) const {
    const auto number = number_in(line.words[column]);
    if (!number) refuse(line, fmt::format("'{}' in column '{}' is not a number", line.words[column], columns_.names[column]));
    if (!std::isfinite(*number))
      refuse(line, fmt::format("column '{}' is {}", columns_.names[column], line.words[column]),
             "leave lines out where the sensor gave nothing");
    if (std::abs(*number) > std::numeric_limits<float>::max())
      refuse(line, fmt::format("column '{}' is {}, more than a float can be", columns_.names[column], line.words[column]));
    return *number;
  }

  double time_at(const CsvLine& line) const {
    const std::string_view word = line.words[*columns_.time];
    if (const auto number = number_in(word); number && std::isfinite(*number)) return *number;
    if (const auto date = date_in(word)) return *date;
    refuse(line, fmt::format("'{}' in column '{}' is no time", word, columns_.names[*columns_.time]),
           "a number of seconds or milliseconds, or a date as in 2024-05-31 12:00:00");
  }

  std::string word_at(const CsvLine& line, std::optional<size_t> column) const { return column ? std::string(line.words[*column]) : ""; }

  bool begins(const CsvLine& line, double time) const {
    if (columns_.id && word_at(line, columns_.id) != id_) return true;
    if (columns_.label && word_at(line, columns_.label) != now_.label) return true;
    if (columns_.group && word_at(line, columns_.group) != now_.group) return true;
    if (options_.rows > 0 && now_.length() == options_.rows) return true;
    if (!columns_.time || options_.gap <= 0) return false;
    return time <= times_.back() || (time - times_.back()) * seconds_a_unit() > options_.gap;
  }

  void take(const CsvLine& line) {
    if (line.words.size() != columns_.names.size())
      refuse(line, fmt::format("{} columns where the first line has {}", line.words.size(), columns_.names.size()));
    const double time = columns_.time ? time_at(line) : 0;
    if (!now_.samples.empty() && begins(line, time)) finish();
    if (now_.samples.empty()) begin(line);
    if (columns_.time && !times_.empty() && time <= times_.back())
      refuse(line, fmt::format("time goes back from {} to {}", times_.back(), time),
             "sort the lines, name the column that tells recordings apart with id, or give a gap: then another recording begins here");
    times_.push_back(time);
    for (const size_t column : columns_.samples) now_.samples.push_back(static_cast<float>(sample(line, column)));
  }

  void begin(const CsvLine& line) {
    now_.name = now_.file = name_;
    now_.line = line.number;
    now_.label = word_at(line, columns_.label);
    now_.group = word_at(line, columns_.group);
    id_ = word_at(line, columns_.id);
    for (const size_t column : columns_.samples) now_.channels.push_back(channel_of(columns_.names[column]));
  }

  double seconds_a_unit() const {
    const std::string name = lower(columns_.names[*columns_.time]);
    switch (options_.time_unit) {
      case TimeUnit::Seconds: return 1;
      case TimeUnit::Milliseconds: return 1e-3;
      case TimeUnit::Microseconds: return 1e-6;
      case TimeUnit::Auto: break;
    }
    if (name.find("ms") != std::string::npos || name.find("milli") != std::string::npos) return 1e-3;
    if (name.find("us") != std::string::npos || name.find("micro") != std::string::npos) return 1e-6;
    // Whoever samples by the second or slower writes dates, or says so.
    return times_.size() > 1 && times_.back() < 1e9 && step() >= 1 ? 1e-3 : 1;
  }

  /// The usual time between two samples, in the column's unit.
  double step() const {
    std::vector<double> steps;
    for (size_t i = 1; i < times_.size(); ++i) steps.push_back(times_[i] - times_[i - 1]);
    std::nth_element(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2), steps.end());
    return steps[steps.size() / 2];
  }

  void finish() {
    if (now_.samples.empty()) return;
    now_.rate = options_.rate;
    if (columns_.time && times_.size() > 1) now_.rate = 1 / (step() * seconds_a_unit());
    if (!std::isfinite(now_.rate))
      throw Error(Blame::User, fmt::format("{}:{}: no time passes from sample to sample", name_, now_.line), "look at the column of times");
    recordings_.push_back(std::move(now_));
    now_ = {};
    times_.clear();
  }

  std::string name_, id_;
  const ReadOptions& options_;
  Columns columns_;
  Recording now_;
  std::vector<double> times_;
  std::vector<Recording> recordings_;
};

}  // namespace

std::vector<Recording> parse_csv_recordings(std::string_view text, const std::string& name, const ReadOptions& options) {
  return Reader(name, options).read(text);
}

void write_csv(const std::filesystem::path& path, const Recording& r) {
  std::string text = r.rate > 0 ? "time (s)" : "";
  for (const Channel& c : r.channels)
    text += fmt::format("{}{}", text.empty() ? "" : ",", c.unit.empty() ? c.name : fmt::format("{} ({})", c.name, c.unit));
  const size_t channels = r.channels.size();
  for (size_t i = 0; i < r.samples.size(); ++i) {
    if (i % channels == 0) text += r.rate > 0 ? fmt::format("\n{:.7g},", static_cast<double>(i / channels) / r.rate) : "\n";
    text += fmt::format("{}{}", r.samples[i], i % channels + 1 < channels ? "," : "");
  }
  write_text(path, text + "\n");
}

}  // namespace thimble
