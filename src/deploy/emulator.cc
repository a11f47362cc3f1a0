#include "deploy/emulator.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/subprocess.h"
#include "deploy/toolchain.h"

namespace thimble {
namespace {

/// Emulators read commas in a plugin's path as separators unless doubled.
std::string plugin_argument() {
  const fs::path plugin = instrument("thimble_count.so");
  if (plugin.empty())
    throw Error(Blame::Environment, "the counting plugin 'thimble_count.so' is not beside the program",
                "build or install Thimble completely, or set THIMBLE_INSTRUMENTS");
  std::string path;
  for (const char letter : plugin.string()) path += letter == ',' ? ",," : std::string(1, letter);
  return path + ",in=count.txt,out=counts.txt";
}

std::vector<std::string> emulator_command(const Firmware& firmware, bool count) {
  const Board& board = *firmware.board;
  if (board.emulator.empty()) return {firmware.elf.string()};
  std::vector<std::string> command = words(board.emulator);
  if (command[0] == "thimble-avr") {
    command = {instrument("thimble-avr").string(), firmware.elf.string()};
    if (count) command.insert(command.end(), {"count.txt", "counts.txt"});
    return command;
  }
  if (count && command[0].starts_with("qemu")) command.insert(command.begin() + 1, {"-plugin", plugin_argument()});
  if (command[0] == "node") command.push_back((runtime_dir() / "boards/wasm/run.mjs").string());
  command.push_back(firmware.elf.string());
  return command;
}

[[noreturn]] void explain_failure(const Firmware& firmware, const CommandResult& result) {
  constexpr int kFault = 3, kModel = 4;
  const std::string said = result.out.empty() ? "" : "\n" + result.out;
  if (result.timed_out) throw Error(Blame::Bug, fmt::format("the firmware did not end on {}{}", firmware.board->name, said));
  if (result.status == kFault) throw Error(Blame::Bug, fmt::format("the firmware faulted on {}{}", firmware.board->name, said));
  if (result.status == kModel)
    throw Error(Blame::Bug, fmt::format("the model's run reported a failure on {}{}", firmware.board->name, said));
  throw Error(Blame::Bug, fmt::format("the firmware ended with status {} on {}{}", result.status, firmware.board->name, said));
}

}  // namespace

void emulate(const Firmware& firmware, const fs::path& dir, bool count) {
  require_tools(*firmware.board, run_tools(*firmware.board));
  require_processor(*firmware.board);
  const CommandResult done = run_command(emulator_command(firmware, count), dir);
  if (done.status != 0 || done.timed_out) explain_failure(firmware, done);
}

}  // namespace thimble
