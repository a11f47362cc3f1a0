/// What clang 14 lacks of GCC 12's C++20 library: std::source_location. Put before every file of a THIMBLE_FUZZ build.
#pragma once

#if defined(__cplusplus) && defined(__clang__)
#include <cstdint>
#include <source_location>

#ifndef __cpp_lib_source_location
namespace std {

class source_location {
 public:
  static constexpr source_location current(const char* file = __builtin_FILE(), uint_least32_t line = __builtin_LINE()) noexcept {
    source_location here;
    here.file_ = file;
    here.line_ = line;
    return here;
  }
  constexpr const char* file_name() const noexcept { return file_; }
  constexpr uint_least32_t line() const noexcept { return line_; }

 private:
  const char* file_ = "";
  uint_least32_t line_ = 0;
};

}  // namespace std
#endif
#endif
