/// From a compiled model to numbers measured on a board: cross-compile, emulate, count.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "codegen/compiled.h"
#include "targets/board.h"

namespace thimble {

/// What the linked ELF holds, start-up code and test harness told apart from the model.
struct FirmwareSizes {
  int64_t code = 0;                            ///< model code in flash
  int64_t constants = 0;                       ///< model constants in flash
  int64_t arena = 0, state = 0;                ///< as linked
  int64_t data = 0;                            ///< variables beside the model's struct: 0 for our code, but a library may bring some
  int64_t stack = 0;                           ///< worst case of the model's run, by static analysis of the call graph
  int64_t support_flash = 0, support_ram = 0;  ///< start-up code and harness

  int64_t flash() const { return code + constants; }
  int64_t ram() const { return arena + state + data + stack; }
};

struct Firmware {
  const Board* board = nullptr;
  std::filesystem::path elf;
  FirmwareSizes sizes;
  std::vector<std::string> layer_symbols;
  std::string run_symbol;                     ///< the C function of one inference
  int64_t input_bytes = 0, output_bytes = 0;  ///< of one record
  bool trace = false;
  int64_t axes = 0;     ///< of a sample, where the firmware plays recordings
  int wait_states = 0;  ///< cycles that run_firmware counts for a read from flash: the board's; 0: the timing table alone
};

struct BuildOptions {
  bool trace = false;     ///< every layer's outputs are written out too (such a firmware is not counted)
  bool sanitize = false;  ///< with AddressSanitizer and UndefinedBehaviorSanitizer, on the host
  bool play = false;      ///< the firmware plays recordings through <name>_push (deploy/play.h); run_firmware cannot run it
  bool map = false;       ///< leaves firmware.map beside the ELF
};

/// Writes the C into `dir`, compiles and links it with the board's start-up code and limits. A model that does not fit is a User
/// error with the numbers and the three cheapest ways out; a missing tool is an Environment error that says what to install.
Firmware build_firmware(const Compiled& model, const Board& board, const std::filesystem::path& dir, const BuildOptions& options,
                        Progress& progress);

/// Cost of one layer, one inference.
struct LayerCost {
  uint64_t instructions = 0;
  double cycles = 0;
};
struct FunctionCost {
  std::string name;
  uint64_t instructions = 0;
  double cycles = 0;
};

struct RunResult {
  std::vector<std::vector<std::byte>> outputs;  ///< per record: all graph outputs, one after the other
  std::vector<std::vector<std::byte>> trace;    ///< of record 0, per layer: its outputs, one after the other
  std::vector<LayerCost> layers;                ///< per layer, of record 0; empty where the board's emulator cannot count
  std::vector<FunctionCost> functions;
  std::optional<uint64_t> instructions;  ///< of record 0's whole run
  std::optional<double> cycles;
  int64_t stack_painted = -1;  ///< bytes of stack that the run touched; -1 where it cannot be seen
  double host_ms = 0;          ///< wall time per inference, where the board is the host itself
};

/// Runs the firmware on the emulated board, one inference per record. Each record holds all graph inputs, one after the other.
RunResult run_firmware(const Firmware& firmware, const std::vector<std::vector<std::byte>>& records, bool count, Progress& progress);

/// Microjoules of `cycles` on the board; nothing where its power is not known.
std::optional<double> energy_uj(double cycles, const Board& board);

/// How the cycles of a board come about and how far to trust them: "Cortex-M4 TRM table, -10 % to +5 %".
std::string timing_note(const Board& board);

/// One line of `thimble doctor`: a tool, whether it is there, which boards need it, the Debian package that has it.
struct ToolStatus {
  std::string tool, package, path, version;
  std::vector<std::string> boards;
};
std::vector<ToolStatus> check_tools();

}  // namespace thimble
