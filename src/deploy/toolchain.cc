#include "deploy/toolchain.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/subprocess.h"

namespace thimble {
namespace {

bool is_wasm(const Board& board) { return has(board.isa, Isa::Wasm); }

std::string compiler(const Board& board) { return is_wasm(board) ? std::string(board.triple) : std::string(board.triple) + "gcc"; }

std::string compiler_package(const Board& board) {
  if (has(board.isa, Isa::Arm)) return "gcc-arm-none-eabi";
  if (has(board.isa, Isa::RiscV)) return "gcc-riscv64-unknown-elf";
  if (has(board.isa, Isa::Xtensa)) return "gcc-xtensa-lx106";
  if (has(board.isa, Isa::Avr)) return "gcc-avr";
  if (has(board.isa, Isa::AArch64)) return "gcc-aarch64-linux-gnu";
  return is_wasm(board) ? std::string(board.triple) : "gcc";
}

std::string emulator_package(std::string_view program) {
  if (program == "qemu-system-arm") return "qemu-system-arm";
  if (program.starts_with("qemu-system")) return "qemu-system-misc";
  if (program.starts_with("qemu")) return "qemu-user";
  return program == "node" ? "nodejs" : "libsimavr-dev";
}

void append(std::vector<std::string>& list, std::vector<std::string> more) { list.insert(list.end(), more.begin(), more.end()); }

}  // namespace

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> list;
  while (!text.empty()) {
    const size_t blank = std::min(text.find(' '), text.size());
    if (blank > 0) list.emplace_back(text.substr(0, blank));
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return list;
}

Library library_of(const Board& board) {
  if (board.core == "host") return Library::Host;
  if (has(board.isa, Isa::Arm)) return Library::Newlib;
  return has(board.isa, Isa::Avr) ? Library::AvrLibc : Library::Ours;
}

std::vector<Tool> build_tools(const Board& board) {
  std::vector<Tool> tools{{compiler(board), compiler_package(board)}};
  if (const std::string clang(board.triple); is_wasm(board))
    tools.push_back({"wasm-ld" + clang.substr(clang.find('-')), "lld" + clang.substr(clang.find('-'))});
  else
    tools.push_back({std::string(board.triple) + "objdump", library_of(board) == Library::Host ? "binutils" : compiler_package(board)});
  const std::string finder = fmt::format("{} {}", compiler(board), board.cflags);
  if (library_of(board) == Library::Newlib) tools.push_back({"libc.a for Arm", "libnewlib-arm-none-eabi", finder});
  if (library_of(board) == Library::AvrLibc) tools.push_back({"libc.a for AVR", "avr-libc", finder});
  return tools;
}

std::optional<fs::path> find_tool(const Tool& tool) {
  if (tool.program == "thimble-avr") {
    const fs::path ours = instrument(tool.program);
    return ours.empty() ? std::nullopt : std::optional(ours);
  }
  if (tool.library_for.empty()) return find_program(tool.program);
  std::vector<std::string> command = words(tool.library_for);
  if (!find_program(command[0])) return std::nullopt;
  command.emplace_back("-print-file-name=libc.a");
  const std::string said = run_command(command).out, path = said.substr(0, said.find('\n'));
  return path.find('/') == std::string::npos ? std::nullopt : std::optional<fs::path>(path);  // its bare name back: not found
}

std::vector<Tool> run_tools(const Board& board) {
  if (board.emulator.empty()) return {};
  const std::string program = words(board.emulator)[0];
  return {{program, emulator_package(program)}};
}

fs::path instrument(std::string_view file) {
  if (const char* chosen = std::getenv("THIMBLE_INSTRUMENTS")) return fs::path(chosen) / file;
  std::error_code fault;
  const fs::path program = fs::read_symlink("/proc/self/exe", fault);
  for (fs::path folder = program.parent_path(); !fault && folder.has_relative_path(); folder = folder.parent_path())
    if (fs::exists(folder / "lib/thimble" / file)) return folder / "lib/thimble" / file;
  return {};
}

void require_tools(const Board& board, const std::vector<Tool>& tools) {
  std::set<std::string> packages;
  std::string missing;
  for (const Tool& tool : tools) {
    if (find_tool(tool)) continue;
    missing += fmt::format("{}'{}'", missing.empty() ? "" : ", ", tool.program);
    for (const std::string& package : words(tool.package)) packages.insert(package);
  }
  if (missing.empty()) return;
  const std::string_view rebuild = packages.contains("libsimavr-dev") ? ", then build Thimble again" : "";
  throw Error(Blame::Environment, fmt::format("the board '{}' needs {}, which is not installed", board.name, missing),
              fmt::format("sudo apt-get install {}{}", fmt::join(packages, " "), rebuild));
}

void require_processor(const Board& board, Isa own) {
  const Isa there = has(own, Isa::Avx512) ? own | Isa::Avx2 : own;
  if (!board.emulator.empty() || has(there, board.isa)) return;
  throw Error(Blame::Environment,
              fmt::format("the board '{}' needs a processor with {}, and this machine's has {}", board.name, to_string(board.isa),
                          to_string(there)),
              "run it on a machine that has one, or choose --board host");
}

std::vector<std::string> compile_command(const Board& board, const std::string& level, bool warnings, bool sanitize) {
  std::vector<std::string> command{compiler(board)};
  append(command, words(board.cflags));
  append(command, {level, "-ffp-contract=off", "-ffunction-sections", "-fdata-sections", "-fno-common", "-fstack-usage", "-c"});
  // Each layer keeps a function of its own, or the instrument could not tell two equal ones apart.
  if (!is_wasm(board)) command.emplace_back("-fno-ipa-icf");
  if (warnings) append(command, {"-std=c99", "-Wall", "-Wextra"});
  if (sanitize) append(command, {"-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-g"});
  if (library_of(board) == Library::Ours) append(command, {"-isystem", (runtime_dir() / "boards/common/freestanding").string()});
  append(command, {"-I", ".", "-I", runtime_dir().string(), "-I", (runtime_dir() / "boards").string()});
  return command;
}

void must_compile(const std::vector<std::string>& command, const fs::path& dir, std::string_view what, std::chrono::milliseconds limit) {
  const CommandResult result = run_command(command, dir, limit);
  if (result.timed_out)
    throw Error(Blame::Environment, fmt::format("'{}' was not done with {} in {}", command[0], what, limit),
                "this machine is busy or small: try again when it is idle, or with --optimize flash");
  if (result.status != 0) throw Error(Blame::Bug, fmt::format("{} does not compile:\n{}", what, result.out));
}

std::vector<std::string> link_command(const Board& board, const Limits& limits, const std::vector<std::string>& objects,
                                      const std::string& output, bool sanitize, bool map) {
  std::vector<std::string> command{compiler(board)};
  append(command, words(board.cflags));
  append(command, {"-o", output, "-Wl,--gc-sections"});
  const fs::path boards = runtime_dir() / "boards";
  if (is_wasm(board)) {
    append(command, {"-nostdlib", "-Wl,--no-entry", "-Wl,--export=thimble_main", "-Wl,-z,stack-size=65536"});
  } else if (library_of(board) == Library::Host) {
    if (sanitize) command.emplace_back("-fsanitize=address,undefined");
  } else {
    // The AVR linker is older than the warning about writable code that this silences.
    if (!has(board.isa, Isa::Avr)) command.emplace_back("-Wl,--no-warn-rwx-segments");
    append(command, {"-nostdlib", "-static", "-L", boards.string(), "-T", (boards / board.support_dir / "link.ld").string()});
    for (const auto& [name, value] : {std::pair<const char*, uint64_t>{"__flash_base", board.flash.base},
                                      {"__flash_bytes", static_cast<uint64_t>(limits.flash)},
                                      {"__ram_base", board.ram.base},
                                      {"__ram_bytes", static_cast<uint64_t>(limits.ram)}})
      command.push_back(fmt::format("-Wl,--defsym={}={:#x}", name, value));
  }
  if (map) command.emplace_back("-Wl,-Map=firmware.map");
  append(command, objects);
  switch (library_of(board)) {
    case Library::Host: append(command, {"-lm"}); break;
    case Library::Newlib:
    case Library::AvrLibc: append(command, {"-lm", "-lc", "-lgcc"}); break;
    case Library::Ours:
      if (!is_wasm(board)) append(command, {"-lgcc"});
  }
  return command;
}

}  // namespace thimble
