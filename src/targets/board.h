/// A place where firmware runs: its core, its true limits, and how it is emulated. One .cc per board is the list.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace thimble {

/// What a core can execute, as a set of features; a kernel runs where all it needs is there.
enum class Isa : uint32_t {
  Any = 0,  ///< plain C99
  Arm = 1u << 0,
  ArmDsp = 1u << 1,  ///< ARMv7E-M / ARMv8-M DSP extension
  Helium = 1u << 2,
  Fpu32 = 1u << 3,  ///< single-precision hardware floating point
  RiscV = 1u << 4,
  Xtensa = 1u << 5,
  Avr = 1u << 6,
  AArch64 = 1u << 7,  ///< with NEON
  X86 = 1u << 8,
  Avx2 = 1u << 9,     ///< with FMA
  Wasm = 1u << 10,    ///< with SIMD-128
  Mul64 = 1u << 11,   ///< 32x32 -> 64 bit multiply in one instruction
  Avx512 = 1u << 12,  ///< F, BW, DQ, VL and VNNI, in place of Avx2: a model is of one vector instruction set
};
constexpr Isa operator|(Isa a, Isa b) { return static_cast<Isa>(static_cast<uint32_t>(a) | static_cast<uint32_t>(b)); }
constexpr bool has(Isa board, Isa needs) {
  return (static_cast<uint32_t>(board) & static_cast<uint32_t>(needs)) == static_cast<uint32_t>(needs);
}
/// "arm dsp fpu"
std::string to_string(Isa isa);

/// Memory as the firmware sees it. `bytes` 0: no limit that matters (a host).
struct Region {
  uint64_t base = 0;
  int64_t bytes = 0;
};

struct Board {
  std::string_view name, summary;
  std::string_view core;  ///< "cortex-m4": the row of the timing table
  Isa isa = Isa::Any;
  std::string_view triple;  ///< prefix of the tools: "arm-none-eabi-"
  std::string_view cflags;  ///< what selects the core
  Region flash, ram;        ///< true limits of the board
  double clock_hz = 0;
  double active_mw = 0;          ///< power while computing; its source stands beside the row
  std::string_view support_dir;  ///< below runtime/boards: startup and linker script
  std::string_view emulator;     ///< command line up to the firmware's file name; empty: runs natively
  int pointer_bytes = 4;
  bool dual_issue = false;  ///< two neighbouring instructions at once, where they allow it
  int flash_waits = 0;      ///< cycles that a read of eight bytes from flash waits at `clock_hz`, where code runs from there
  int64_t code_cache = 0;   ///< bytes of code that are kept from waiting
};

/// All boards, in the order of their file names.
std::span<const Board* const> all_boards();
/// The board of that name; a User error that suggests one when there is none.
const Board& board_named(std::string_view name);

}  // namespace thimble
