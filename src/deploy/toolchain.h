/// Which programs a board needs and how they are called: the one place that knows compilers' and linkers' flags.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "targets/board.h"

namespace thimble {

/// The libraries that stand behind the generated C on a board.
enum class Library { Host, Newlib, AvrLibc, Ours };
Library library_of(const Board& board);

/// A program that a board needs, or a library ("libc.a") that its compiler must find.
struct Tool {
  std::string program, package;
  std::string library_for = {};  ///< the compiler command that finds it; empty: a program
};
/// Where the tool is; nothing when it is missing.
std::optional<std::filesystem::path> find_tool(const Tool& tool);
/// Compiler, linker, disassembler and C library; then what runs the firmware.
std::vector<Tool> build_tools(const Board& board);
std::vector<Tool> run_tools(const Board& board);

/// Throws an Environment error that names the packages when one of `tools` is missing.
void require_tools(const Board& board, const std::vector<Tool>& tools);
/// Throws an Environment error where the board is not emulated and this machine's processor, `own`, lacks what its code needs.
void require_processor(const Board& board, Isa own = board_named("host").isa);

/// Where an instrument of ours is ("thimble_count.so", "thimble-avr"): $THIMBLE_INSTRUMENTS, else lib/thimble of the installed program
/// or of the build tree; an empty path when it was not built.
std::filesystem::path instrument(std::string_view file);

/// What makes an object file: the command without sources, run in the build folder.
std::vector<std::string> compile_command(const Board& board, const std::string& level, bool warnings, bool sanitize);

/// Runs a compiler in `dir`. Throws a Bug with what it said where it refuses `what` ("the C generated for 'kws'"), Environment where it
/// takes longer than `limit`.
void must_compile(const std::vector<std::string>& command, const std::filesystem::path& dir, std::string_view what,
                  std::chrono::milliseconds limit = std::chrono::minutes(10));

/// What links `objects` into `output`; `lengths` replaces the board's limits where the point is to learn what is needed.
struct Limits {
  int64_t flash = 0, ram = 0;
};
std::vector<std::string> link_command(const Board& board, const Limits& limits, const std::vector<std::string>& objects,
                                      const std::string& output, bool sanitize, bool map);

/// Words of a command line that has no quoting.
std::vector<std::string> words(std::string_view text);

}  // namespace thimble
