/// What the tests of this folder share.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace thimble {

/// The whole error that the work ends with, as the user sees it.
template <class F>
std::string fault_of(F work) {
  try {
    work();
  } catch (const Error& error) {
    return explain(error);
  }
  return "no error";
}

/// What it says, and its hint in a line of its own; nothing of what was being done.
template <class F>
std::string message_of(F work) {
  try {
    work();
  } catch (const Error& error) {
    return error.hint.empty() ? error.what() : std::string(error.what()) + "\n" + error.hint;
  }
  return "no error";
}

inline std::vector<std::byte> bytes_in(std::string_view text) {
  const auto raw = std::as_bytes(std::span(text));
  return {raw.begin(), raw.end()};
}

}  // namespace thimble
