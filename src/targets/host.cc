#include "targets/board.h"

namespace thimble {

std::span<const Board> host_boards() {
  static const Board kRows[] = {{.name = "host",
                                 .summary = "this machine, x86-64",
                                 .core = "host",
                                 .isa = Isa::X86 | Isa::Fpu32 | Isa::Mul64,
                                 .support_dir = "host",
                                 .pointer_bytes = 8}};
  return kRows;
}

}  // namespace thimble
