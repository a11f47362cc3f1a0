// build_firmware: the generated C, the board's start-up code and the harness become one ELF within the board's true limits.
#include <fmt/format.h>

#include <cctype>
#include <future>

#include "base/error.h"
#include "base/files.h"
#include "base/subprocess.h"
#include "deploy/deploy.h"
#include "deploy/fit.h"
#include "deploy/sizes.h"
#include "deploy/toolchain.h"

namespace thimble {
namespace {

std::string upper(std::string text) {
  for (char& letter : text) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return text;
}

/// Where the harness keeps the window of a stream: in the model where that holds one, else in memory of its own.
std::string harness_stream(const CompiledStream& stream, const std::string& prefix) {
  std::string text = stream.by_frames() ? fmt::format(
                                              "#ifndef HARNESS_PLAY\nstatic float harness_window[{}];\n#endif\n"
                                              "#define HARNESS_WINDOW(m) harness_window\n",
                                              stream.window * stream.axes)
                                        : fmt::format("#define HARNESS_WINDOW(m) {}_window(m)\n", prefix);
  text += fmt::format("#define harness_run(m) {0}_run(m, HARNESS_WINDOW(m))\n#define harness_push {0}_push\n#define HARNESS_AXES {1}\n",
                      prefix, stream.axes);
  return text +
         (stream.about.classes.empty() ? "#define harness_answer(m) 0\n" : fmt::format("#define harness_answer {}_answer\n", prefix));
}

/// The header through which the harness knows this model.
std::string harness_model(const Compiled& model) {
  const std::string prefix = "thimble_" + model.name, macro = "THIMBLE_" + upper(model.name);
  std::string text = fmt::format("#include \"{0}.h\"\ntypedef {1} harness_model;\n#define harness_init {1}_init\n", model.name, prefix);
  text += model.stream ? harness_stream(*model.stream, prefix) : fmt::format("#define harness_run {}_run\n", prefix);
  text += "#define HARNESS_READ_INPUTS(m) (1";
  for (size_t i = 0; i < model.inputs.size(); ++i)
    text += model.stream ? fmt::format(" && harness_read(HARNESS_WINDOW(m), {})", model.inputs[i].type.bytes())
                         : fmt::format(" && harness_read({}_input{}(m), {}_INPUT{}_BYTES)", prefix, i, macro, i);
  text += ")\n#define HARNESS_WRITE_OUTPUTS(m) do {";
  for (size_t i = 0; i < model.outputs.size(); ++i)
    text += fmt::format(" harness_write(HARNESS_OUTPUTS, {}_output{}(m), {}_OUTPUT{}_BYTES);", prefix, i, macro, i);
  return text + " } while (0)\n";
}

std::vector<std::string> with(std::vector<std::string> command, std::initializer_list<std::string> more) {
  command.insert(command.end(), more);
  return command;
}

/// Compiles main.c, startup.c and, where no C library is, memory.c and what the chip has in ROM; tells the objects.
std::vector<std::string> compile_support(const Board& board, const fs::path& dir, const BuildOptions& options) {
  const fs::path boards = runtime_dir() / "boards";
  const bool host = library_of(board) == Library::Host;
  auto command = compile_command(board, "-Os", false, options.sanitize);
  command = with(std::move(command), {"-std=gnu11", "-Wall", "-Wextra", "-Werror"});
  if (!host) command = with(std::move(command), {"-ffreestanding", "-fno-builtin"});
  if (!host && !has(board.isa, Isa::Wasm)) command.emplace_back("-fno-tree-loop-distribute-patterns");
  if (has(board.isa, Isa::Wasm)) command.emplace_back("-Dmain=thimble_main");
  if (host) command.emplace_back("-DHARNESS_CLOCK");
  if (options.trace) command.emplace_back("-DTHIMBLE_TRACE");
  if (options.play) command.emplace_back("-DHARNESS_PLAY");
  const auto compile = [&](const fs::path& source, const std::string& object) {
    must_compile(with(command, {source.string(), "-o", object}), dir, fmt::format("the harness for {}", board.name));
    return object;
  };
  std::vector<std::string> objects{compile(boards / (options.play ? "common/play.c" : "common/main.c"), "thimble_support_main.o"),
                                   compile(boards / board.support_dir / "startup.c", "thimble_support_startup.o")};
  if (library_of(board) == Library::Ours) {
    command = with(compile_command(board, "-O2", false, false), {"-std=gnu11", "-ffreestanding", "-fno-builtin"});
    if (!has(board.isa, Isa::Wasm)) command.emplace_back("-fno-tree-loop-distribute-patterns");
    objects.push_back(compile(boards / "common/freestanding/memory.c", "library_memory.o"));
    if (const fs::path rom = boards / board.support_dir / "rom.c"; fs::exists(rom))
      objects.push_back(compile(rom, "thimble_support_rom.o"));
  }
  return objects;
}

void compile_model(const Compiled& model, const Board& board, const fs::path& dir, const BuildOptions& options) {
  auto command = compile_command(board, model.compiler_level.empty() ? "-O2" : model.compiler_level, true, options.sanitize);
  if (options.trace) command.emplace_back("-DTHIMBLE_TRACE");
  must_compile(with(std::move(command), {model.name + ".c", "-o", "model.o"}), dir, fmt::format("the C generated for '{}'", model.name));
}

int64_t total_bytes(const std::vector<Port>& ports) {
  int64_t total = 0;
  for (const Port& port : ports) total += port.type.bytes();
  return total;
}

void link_without_limits(const Board& board, const fs::path& dir, const std::vector<std::string>& objects, const BuildOptions& options) {
  constexpr Limits kRoomy{16 << 20, 256 << 20};
  const CommandResult result = run_command(link_command(board, kRoomy, objects, "firmware.elf", options.sanitize, false), dir);
  if (result.status != 0)
    throw Error(Blame::Bug, fmt::format("the firmware for {} does not link, even without limits:\n{}", board.name, result.out));
}

/// What the model's code would take when compiled for size.
int64_t code_compiled_for_size(Compiled model, const Board& board, const fs::path& dir, const std::vector<std::string>& objects) {
  model.compiler_level = "-Os";
  compile_model(model, board, dir, {});
  link_without_limits(board, dir, objects, {});
  return measure_sizes(model, board, dir, "thimble_" + model.name + "_run").code;
}

/// Links within the true limits; when that fails, once more without them to learn what is needed. Tells whether it fitted.
bool link(const Board& board, const fs::path& dir, const std::vector<std::string>& objects, const BuildOptions& options) {
  const Limits limits{board.flash.bytes, board.ram.bytes};
  const CommandResult result = run_command(link_command(board, limits, objects, "firmware.elf", options.sanitize, options.map), dir);
  if (result.status == 0) return true;
  if (result.out.find("overflowed") == std::string::npos && result.out.find("will not fit") == std::string::npos)
    throw Error(Blame::Bug, fmt::format("the firmware for {} does not link:\n{}", board.name, result.out));
  link_without_limits(board, dir, objects, options);
  return false;
}

}  // namespace

Firmware build_firmware(const Compiled& model, const Board& board, const fs::path& dir, const BuildOptions& options, Progress& progress) {
  const Doing doing([&] { return fmt::format("building '{}' for {}", model.name, board.name); });
  require_tools(board, build_tools(board));
  refuse_if_data_alone_is_too_large(model, board);
  progress.begin(fmt::format("compiling for {}", board.name));
  write_text(dir / (model.name + ".h"), model.header);
  write_text(dir / (model.name + ".c"), model.source);
  write_text(dir / "harness_model.h", harness_model(model));
  auto support = std::async(std::launch::async, [&] { return compile_support(board, dir, options); });
  compile_model(model, board, dir, options);
  std::vector<std::string> objects = support.get();
  objects.insert(objects.begin(), "model.o");
  const bool fitted = link(board, dir, objects, options);

  Firmware firmware;
  firmware.board = &board;
  firmware.elf = fs::absolute(dir / "firmware.elf");
  firmware.wait_states = board.flash_waits;
  firmware.run_symbol = "thimble_" + model.name + "_run";
  for (const Layer& layer : model.layers) firmware.layer_symbols.push_back(layer.symbol);
  firmware.input_bytes = total_bytes(model.inputs);
  firmware.output_bytes = total_bytes(model.outputs);
  firmware.trace = options.trace;
  if (options.play) firmware.axes = model.stream.value().axes;
  firmware.sizes = measure_sizes(model, board, dir, firmware.run_symbol);
  if (!fitted || !fits(board, firmware.sizes.flash() + firmware.sizes.support_flash, firmware.sizes.ram() + firmware.sizes.support_ram))
    refuse_if_too_large(model, board, firmware.sizes, code_compiled_for_size(model, board, dir, objects));
  return firmware;
}

}  // namespace thimble
