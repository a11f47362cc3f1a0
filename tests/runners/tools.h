/// What a test does that lacks a tool: it skips and says why; where THIMBLE_REQUIRE_TOOLS is set, every tool was installed, so it fails.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "base/error.h"
#include "deploy/toolchain.h"

namespace thimble::testing {

inline bool tools_are_required() { return std::getenv("THIMBLE_REQUIRE_TOOLS") != nullptr; }

/// Why this machine's processor cannot run the board's code, which no tool mends; or nothing.
inline std::string lacking_processor(const Board& board) {
  try {
    require_processor(board);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace thimble::testing

/// Ends a test (a function that returns nothing) for want of a tool. why: names it.
#define THIMBLE_SKIP_FOR_WANT_OF(why)                                                                                           \
  do {                                                                                                                          \
    if (::thimble::testing::tools_are_required()) FAIL() << (why) << " (THIMBLE_REQUIRE_TOOLS is set: nothing may be skipped)"; \
    GTEST_SKIP() << (why);                                                                                                      \
  } while (false)
