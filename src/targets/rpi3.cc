#include "targets/board.h"

namespace thimble {

std::span<const Board> rpi3_boards() {
  static const Board kRows[] = {{
      .name = "rpi3",
      .summary = "Raspberry Pi 3B (one Cortex-A53, 64 bit)",
      .core = "cortex-a53",
      .isa = Isa::AArch64 | Isa::Fpu32 | Isa::Mul64,
      .triple = "aarch64-linux-gnu-",
      .cflags = "-mcpu=cortex-a53 -fno-pie -fno-stack-protector",
      .flash = {0x00400000, 0},
      .ram = {0, int64_t{1} << 30},
      .clock_hz = 1.2e9,
      .active_mw = 2000,  // Raspberry Pi documentation, power supply: typical bare-board active current of a 3B 400 mA at 5 V
      .support_dir = "rpi3",
      .emulator = "qemu-aarch64",
      .pointer_bytes = 8,
  }};
  return kRows;
}

}  // namespace thimble
