// Skeleton of src/targets/example.cc; runtime/boards/example/ holds startup.c and link.ld.
#include "targets/board.h"

namespace thimble {

std::span<const Board> example_boards() {
  static const Board kRows[] = {{
      .name = "example",
      .summary = "Maker's name of the board (its chip)",
      .core = "cortex-m4",  // a row of the timing tables
      .isa = Isa::Arm | Isa::ArmDsp | Isa::Mul64,
      .triple = "arm-none-eabi-",
      .cflags = "-mcpu=cortex-m4 -mthumb",
      .flash = {0x00000000, 512 * 1024},
      .ram = {0x20000000, 64 * 1024},
      .clock_hz = 48e6,
      .active_mw = 12,  // name the page of the data sheet
      .support_dir = "example",
      .emulator = "qemu-system-arm -M mps2-an386 -nographic -kernel",
  }};
  return kRows;
}

}  // namespace thimble
