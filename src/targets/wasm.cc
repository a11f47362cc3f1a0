#include "targets/board.h"

namespace thimble {

std::span<const Board> wasm_boards() {
  static const Board kRows[] = {{
      .name = "wasm",
      .summary = "WebAssembly with SIMD-128, in node or a browser",
      .core = "wasm",
      .isa = Isa::Wasm | Isa::Fpu32 | Isa::Mul64,
      .triple = "clang-16",  // clang 14 moves loads that fill all lanes behind later stores
      .cflags = "--target=wasm32 -msimd128",
      .support_dir = "wasm",
      .emulator = "node",
  }};
  return kRows;
}

}  // namespace thimble
