#include "targets/board.h"

namespace thimble {

std::span<const Board> thingy91_boards() {
  static const Board kRows[] = {{
      .name = "thingy91",
      .summary = "Nordic Thingy:91 (nRF9160)",
      .core = "cortex-m33",
      .isa = Isa::Arm | Isa::ArmDsp | Isa::Fpu32 | Isa::Mul64,
      .triple = "arm-none-eabi-",
      .cflags = "-mcpu=cortex-m33 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16",
      .flash = {0x10000000, 1024 * 1024},  // the emulated machine starts in the secure alias
      .ram = {0x38000000, 256 * 1024},
      .clock_hz = 64e6,
      .active_mw = 8.1,  // nRF9160 product specification 2.1, CPU: CoreMark from flash, 3.7 V: 2.2 mA
      .support_dir = "thingy91",
      .emulator = "qemu-system-arm -M mps2-an505 -nographic -monitor none -serial none "
                  "-semihosting-config enable=on,target=native -kernel",
  }};
  return kRows;
}

}  // namespace thimble
