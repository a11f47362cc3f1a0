/// Runs other programs (compilers, emulators) and tells what they said.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace thimble {

struct CommandResult {
  int status = 0;   ///< exit code; 128 + signal when killed
  std::string out;  ///< stdout and stderr, as they came
  bool timed_out = false;
};

/// Runs `command` (no shell) in `dir`; while an Interrupt lives, beyond the reach of Ctrl-C. Throws Environment when the program cannot be
/// started.
CommandResult run_command(const std::vector<std::string>& command, const std::filesystem::path& dir = {},
                          std::chrono::milliseconds limit = std::chrono::minutes(10));

/// Where `program` is in PATH; nothing when it is not there.
std::optional<std::filesystem::path> find_program(const std::string& program);

}  // namespace thimble
