#include "base/fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

namespace thimble {
namespace {

constexpr std::string_view kTypeNames[] = {"true or false",           "a whole number",    "a number",       "text",
                                           "a list of whole numbers", "a list of numbers", "a list of words"};

template <class T>
std::optional<T> parse_number(std::string_view text) {
  T number{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> split_commas(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    parts.push_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

template <class T>
std::optional<FieldValue> parse_list(std::string_view text) {
  std::vector<T> list;
  for (std::string_view part : split_commas(text)) {
    if constexpr (std::is_same_v<T, std::string>) {
      list.emplace_back(part);
    } else {
      const auto number = parse_number<T>(part);
      if (!number) return std::nullopt;
      list.push_back(*number);
    }
  }
  return list;
}

struct Parse {
  std::string_view text;
  std::optional<FieldValue> operator()(bool) const {
    if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
    if (text == "false" || text == "no" || text == "off" || text == "0") return false;
    return std::nullopt;
  }
  std::optional<FieldValue> operator()(int64_t) const { return parse_number<int64_t>(text); }
  std::optional<FieldValue> operator()(double) const { return parse_number<double>(text); }
  std::optional<FieldValue> operator()(const std::string&) const { return std::string(text); }
  template <class T>
  std::optional<FieldValue> operator()(const std::vector<T>&) const {
    return parse_list<T>(text);
  }
};

/// Levenshtein distance with neighbouring letters swapped counted as one slip.
size_t slips_between(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i)
    for (size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

}  // namespace

std::string to_string(const FieldValue& value) {
  return std::visit(
      [](const auto& v) -> std::string {
        using T = std::remove_cvref_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::string>) {
          return v;
        } else if constexpr (std::is_same_v<T, bool> || std::is_arithmetic_v<T>) {
          return fmt::format("{}", v);
        } else {
          return fmt::format("{}", fmt::join(v, ","));
        }
      },
      value);
}

FieldValue parse_field(std::string_view name, std::string_view text, const FieldValue& like) {
  if (auto value = std::visit(Parse{text}, like)) return *value;
  throw Error(Blame::User, fmt::format("{} is {}, not '{}'", name, kTypeNames[like.index()], text));
}

std::optional<std::string> did_you_mean(std::string_view word, std::span<const std::string> words) {
  const auto begins = [&](const std::string& candidate) { return word.size() >= 3 && candidate.starts_with(word); };
  if (std::count_if(words.begin(), words.end(), begins) == 1) return *std::find_if(words.begin(), words.end(), begins);
  const std::string* best = nullptr;
  size_t best_slips = word.size() / 3 + 2;
  for (const std::string& candidate : words) {
    const size_t slips = slips_between(word, candidate);
    if (slips < best_slips && slips < candidate.size()) best = &candidate, best_slips = slips;
  }
  return best ? std::optional(*best) : std::nullopt;
}

std::string suggest(std::string_view word, std::span<const std::string> words) {
  if (const auto meant = did_you_mean(word, words)) return "; did you mean '" + *meant + "'?";
  return fmt::format("; known: {}", fmt::join(words, ", "));
}

void check_field(std::string_view name, const FieldValue& value, const FieldRule& rule) {
  if (const auto* word = std::get_if<std::string>(&value); word && !rule.choices.empty()) {
    if (std::find(rule.choices.begin(), rule.choices.end(), *word) == rule.choices.end())
      throw Error(Blame::User, fmt::format("{} cannot be '{}'{}", name, *word, suggest(*word, rule.choices)));
  }
  const auto* whole = std::get_if<int64_t>(&value);
  const auto* real = std::get_if<double>(&value);
  if (!whole && !real) return;
  const double number = whole ? static_cast<double>(*whole) : *real;
  if (number >= rule.min && number <= rule.max) return;
  const std::string range = rule.max == std::numeric_limits<double>::infinity() ? fmt::format("at least {}", rule.min)
                                                                                : fmt::format("between {} and {}", rule.min, rule.max);
  throw Error(Blame::User, fmt::format("{} = {} is out of range; it must be {}", name, number, range));
}

namespace detail {

void wrong_type(std::string_view name, const FieldValue& value) {
  throw Error(Blame::User, fmt::format("{} cannot be {} ('{}')", name, kTypeNames[value.index()], to_string(value)));
}

void out_of_range(std::string_view name, int64_t value, int64_t min, int64_t max) {
  throw Error(Blame::User, fmt::format("{} = {} is out of range; it must be between {} and {}", name, value, min, max));
}

size_t index_of_name(std::string_view name, const std::string& word, std::span<const std::string_view> names) {
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] == word) return i;
  std::vector<std::string> words(names.begin(), names.end());
  throw Error(Blame::User, fmt::format("{} cannot be '{}'{}", name, word, suggest(word, words)));
}

}  // namespace detail
}  // namespace thimble
