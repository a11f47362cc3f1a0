#include "data/csv_lines.h"

#include <charconv>
#include <chrono>

namespace thimble {
namespace {

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\"");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\"") - first + 1);
}

std::vector<std::string_view> words_of(std::string_view line) {
  const std::string_view separators = line.find(',') != line.npos ? "," : line.find(';') != line.npos ? ";" : " \t";
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const size_t end = std::min(line.find_first_of(separators), line.size());
    const std::string_view word = trimmed(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
    if (!word.empty() || separators.size() == 1) words.push_back(word);
  }
  return words;
}

/// Takes an integer off the front of `text`, and the separator after it where one is wanted.
bool take(std::string_view& text, int& number, std::string_view separators) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || number < 0) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (separators.empty()) return true;
  if (text.empty() || separators.find(text[0]) == separators.npos) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

CsvLines::CsvLines(std::string_view text) : rest_(text) {
  if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);  // what spreadsheets put before UTF-8
}

std::optional<CsvLine> CsvLines::next() {
  while (!rest_.empty()) {
    const size_t end = std::min(rest_.find('\n'), rest_.size());
    const std::string_view line = trimmed(rest_.substr(0, end));
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    if (!line.empty() && !line.starts_with('#')) return CsvLine{number_, words_of(line)};
  }
  return std::nullopt;
}

std::optional<double> number_in(std::string_view word) {
  double value = 0;
  if (word.starts_with('+')) word.remove_prefix(1);
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (fault != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

std::optional<double> date_in(std::string_view word) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0;
  double second = 0;
  if (!take(word, year, "-/") || !take(word, month, "-/") || !take(word, day, "")) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  if (!word.empty()) {
    if (word[0] != ' ' && word[0] != 'T') return std::nullopt;
    word.remove_prefix(1);
    if (word.ends_with('Z')) word.remove_suffix(1);
    if (!take(word, hour, ":") || !take(word, minute, word.find(':') == word.npos ? "" : ":")) return std::nullopt;
    if (!word.empty()) {
      const auto seconds = number_in(word);
      if (!seconds) return std::nullopt;
      second = *seconds;
    }
  }
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return static_cast<double>(days) * 86400 + hour * 3600 + minute * 60 + second;
}

}  // namespace thimble
