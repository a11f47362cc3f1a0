/// One list of members serves printing, JSON, equality, command-line flags, forms and "did you mean".
///
/// A struct lists its members once:
///
///     struct Pool2dAttrs {
///       int64_t stride_h = 1;
///       Padding padding = Padding::Valid;
///       template <class V> void fields(V&& v) {
///         v("stride_h", stride_h, "rows between windows", at_least(1));
///         v("padding", padding, "same | valid", one_of({"same", "valid"}));
///       }
///     };
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace thimble {

/// The value of one field, whatever struct it came from.
using FieldValue = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>, std::vector<double>, std::vector<std::string>>;

/// Named values in a fixed (alphabetical) order: the neutral form of every attribute and request struct.
using AttrBag = std::map<std::string, FieldValue, std::less<>>;

/// What a field may hold beyond its type: a range, or a list of words.
struct FieldRule {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  std::vector<std::string> choices;
};
inline FieldRule at_least(double min) { return {.min = min}; }
inline FieldRule between(double min, double max) { return {.min = min, .max = max}; }
inline FieldRule one_of(std::vector<std::string> choices) { return {.choices = std::move(choices)}; }

/// A field as a form or a command line sees it.
struct FieldInfo {
  std::string name, help;
  FieldValue value;  ///< of the struct it was read from, so the default when that was default-made
  FieldRule rule;
};

/// Text of a value as it is printed and typed: "3", "0.5", "same", "1,2,3".
std::string to_string(const FieldValue& value);

/// Parses `text` into the same alternative as `like`; a User error names the field when it does not fit.
FieldValue parse_field(std::string_view name, std::string_view text, const FieldValue& like);

/// The word of `words` that a mistyped `word` most likely meant, if any is close.
std::optional<std::string> did_you_mean(std::string_view word, std::span<const std::string> words);

/// ", did you mean 'x'?" or the list of all words when none is close.
std::string suggest(std::string_view word, std::span<const std::string> words);

/// Throws a User error that names the field and the valid range or words when `value` breaks `rule`.
void check_field(std::string_view name, const FieldValue& value, const FieldRule& rule);

/// Enums take part by an `enum_names(E)` function found by argument-dependent lookup: span of words in value order.
template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E e) {
  { enum_names(e) } -> std::convertible_to<std::span<const std::string_view>>;
};

namespace detail {

template <class T>
FieldValue get_field(const T& member) {
  if constexpr (NamedEnum<T>) {
    return std::string(enum_names(member)[static_cast<size_t>(member)]);
  } else if constexpr (std::is_same_v<T, bool>) {
    return member;
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<int64_t>(member);
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<double>(member);
  } else {
    return member;
  }
}

[[noreturn]] void wrong_type(std::string_view name, const FieldValue& value);
[[noreturn]] void out_of_range(std::string_view name, int64_t value, int64_t min, int64_t max);
size_t index_of_name(std::string_view name, const std::string& word, std::span<const std::string_view> names);

template <class T>
void set_field(std::string_view name, T& member, const FieldValue& value) {
  if constexpr (NamedEnum<T>) {
    const auto* word = std::get_if<std::string>(&value);
    if (!word) wrong_type(name, value);
    member = static_cast<T>(index_of_name(name, *word, enum_names(member)));
  } else if constexpr (std::is_same_v<T, bool>) {
    const auto* flag = std::get_if<bool>(&value);
    if (!flag) wrong_type(name, value);
    member = *flag;
  } else if constexpr (std::is_integral_v<T>) {
    const auto* number = std::get_if<int64_t>(&value);
    if (!number) wrong_type(name, value);
    if (!std::in_range<T>(*number)) out_of_range(name, *number, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
    member = static_cast<T>(*number);
  } else if constexpr (std::is_floating_point_v<T>) {
    if (const auto* number = std::get_if<int64_t>(&value))
      member = static_cast<T>(*number);
    else if (const auto* real = std::get_if<double>(&value))
      member = static_cast<T>(*real);
    else
      wrong_type(name, value);
  } else {
    const auto* same = std::get_if<T>(&value);
    if (!same) wrong_type(name, value);
    member = *same;
  }
}

}  // namespace detail

/// All fields of a struct, with their present values.
template <class T>
std::vector<FieldInfo> fields_of(const T& object) {
  std::vector<FieldInfo> all;
  T copy = object;
  copy.fields([&](std::string_view name, auto& member, std::string_view help, FieldRule rule = {}) {
    using M = std::remove_cvref_t<decltype(member)>;
    if constexpr (NamedEnum<M>) {
      if (rule.choices.empty())
        for (std::string_view word : enum_names(member)) rule.choices.emplace_back(word);
    }
    all.push_back({std::string(name), std::string(help), detail::get_field(member), std::move(rule)});
  });
  return all;
}

template <class T>
AttrBag to_bag(const T& object) {
  AttrBag bag;
  for (FieldInfo& field : fields_of(object)) bag.emplace(std::move(field.name), std::move(field.value));
  return bag;
}

/// Fills a struct; absent keys keep their default, unknown keys and values out of range are User errors.
template <class T>
T from_bag(const AttrBag& bag) {
  T object;
  std::vector<std::string> known;
  object.fields([&](std::string_view name, auto& member, std::string_view, FieldRule rule = {}) {
    known.emplace_back(name);
    const auto it = bag.find(name);
    if (it == bag.end()) return;
    detail::set_field(name, member, it->second);
    check_field(name, it->second, rule);
  });
  for (const auto& [key, value] : bag)
    if (std::find(known.begin(), known.end(), key) == known.end())
      throw Error(Blame::User, "unknown key '" + key + "'" + suggest(key, known));
  return object;
}

}  // namespace thimble
