#include "deploy/sizes.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "base/subprocess.h"
#include "deploy/elf.h"
#include "deploy/listing.h"
#include "deploy/stack.h"
#include "deploy/toolchain.h"
#include "deploy/wasm_file.h"

namespace thimble {
namespace {

/// Sizes of .text* and the read-only sections of an object file; unused functions count, since nothing was removed from it.
void add_object(const fs::path& object, FirmwareSizes& sizes) {
  for (const ElfSection& section : read_elf(object).sections) {
    if (section.name.starts_with(".text")) sizes.code += section.size;
    if (section.name.starts_with(".rodata")) sizes.constants += section.size;
  }
}

void add_sections(const Elf& elf, FirmwareSizes& sizes) {
  const ElfSymbol* const instance = elf.find("harness_instance");
  require(instance != nullptr, "the firmware has no harness_instance");
  sizes.code = elf.size_of(".model_code");
  sizes.constants = elf.size_of(".model_constants") + elf.size_of(".ARM.exidx");
  sizes.state = instance->size - sizes.arena;
  sizes.data = elf.size_of(".data") + elf.size_of(".bss");
  sizes.constants += elf.size_of(".data");  // its image
  sizes.support_flash = elf.size_of(".support") + elf.size_of(".vectors");
  sizes.support_ram = elf.size_of(".support_bss");
}

int64_t stack_of(const Board& board, const fs::path& dir, const std::string& run_symbol) {
  std::string usage;
  for (const char* file : {"model.su", "library_memory.su", "thimble_support_rom.su"})
    if (fs::exists(dir / file)) usage += read_text(dir / file);
  const int call_pushes = has(board.isa, Isa::Avr) ? 2 : has(board.isa, Isa::X86) ? 8 : 0;
  return worst_stack(*listing_of(board, dir / "firmware.elf"), parse_stack_usage(usage), run_symbol, call_pushes);
}

}  // namespace

FirmwareSizes measure_sizes(const Compiled& model, const Board& board, const fs::path& dir, const std::string& run_symbol) {
  FirmwareSizes sizes;
  sizes.arena = model.arena_bytes;
  sizes.state = model.state_bytes;
  if (has(board.isa, Isa::Wasm)) {
    const WasmSizes wasm = read_wasm_sizes(dir / "model.o");
    sizes.code = wasm.code;
    sizes.constants = wasm.data;
    // Clang tells frames but WebAssembly's calls keep nothing in memory: the frames of all functions together are a safe bound.
    for (const auto& [name, bytes] : parse_stack_usage(read_text(dir / "model.su"))) sizes.stack += bytes;
    return sizes;
  }
  if (library_of(board) == Library::Host)
    add_object(dir / "model.o", sizes);
  else
    add_sections(read_elf(dir / "firmware.elf"), sizes);
  sizes.stack = stack_of(board, dir, run_symbol);
  if (model.stream) sizes.stack = std::max(sizes.stack, stack_of(board, dir, "thimble_" + model.name + "_push"));
  return sizes;
}

}  // namespace thimble
