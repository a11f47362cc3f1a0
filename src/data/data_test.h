/// What the tests of this folder share.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "data/recording.h"

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

/// Of two channels at 10 Hz; every seed other samples.
inline Recording recording(std::string label, int seed, int64_t length = 10, std::string group = "") {
  Recording r{.name = "r" + std::to_string(seed) + ".csv", .label = std::move(label), .group = std::move(group), .split = "", .file = ""};
  r.rate = 10;
  r.channels = {{"x", "g"}, {"y", "g"}};
  for (int64_t i = 0; i < 2 * length; ++i) r.samples.push_back(static_cast<float>(seed * 1000 + i));
  return r;
}

/// `each` recordings of "a" and of "b", in turn by the persons given.
inline std::vector<Recording> set_of(int each, const std::vector<std::string>& groups = {""}) {
  std::vector<Recording> all;
  for (int i = 0; i < each; ++i)
    for (const char* label : {"a", "b"})
      all.push_back(recording(label, static_cast<int>(all.size()) + 1, 10, groups[static_cast<size_t>(i) % groups.size()]));
  return all;
}

inline std::vector<std::byte> bytes_in(std::string_view text) {
  const auto raw = std::as_bytes(std::span(text));
  return {raw.begin(), raw.end()};
}

}  // namespace thimble
