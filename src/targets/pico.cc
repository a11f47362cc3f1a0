#include "targets/board.h"

namespace thimble {

std::span<const Board> pico_boards() {
  static const Board kRows[] = {{
      .name = "pico",
      .summary = "Raspberry Pi Pico (RP2040)",
      .core = "cortex-m0plus",
      .isa = Isa::Arm,
      .triple = "arm-none-eabi-",
      .cflags = "-mcpu=cortex-m0plus -mthumb -mfloat-abi=soft",
      .flash = {0x00000000, 2048 * 1024},
      .ram = {0x20000000, 264 * 1024},
      .clock_hz = 133e6,
      .active_mw = 82,  // RP2040 data sheet, 5.7 power consumption: about 25 mA at 3.3 V with one core busy; board to board it varies
      .support_dir = "pico",
      // ARMv6-M code runs unchanged on this Cortex-M3 machine; start-up makes unaligned accesses trap as on an M0+.
      .emulator = "qemu-system-arm -M mps2-an385 -nographic -monitor none -serial none "
                  "-semihosting-config enable=on,target=native -kernel",
  }};
  return kRows;
}

}  // namespace thimble
