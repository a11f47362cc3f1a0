/// An op's name as a template argument, for functions of a table that serve several ops and name theirs in errors.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace thimble {

template <size_t kSize>
struct OpName {
  char text[kSize];
  consteval OpName(const char (&name)[kSize]) { std::copy_n(name, kSize, text); }
  constexpr std::string_view view() const { return {text, kSize - 1}; }
  std::string operator+(std::string_view more) const { return std::string(view()).append(more); }
};

}  // namespace thimble
