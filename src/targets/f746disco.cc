#include "targets/board.h"

namespace thimble {

std::span<const Board> f746disco_boards() {
  static const Board kRows[] = {{
      .name = "f746disco",
      .summary = "STM32F746G-DISCO (STM32F746)",
      .core = "cortex-m7",
      .isa = Isa::Arm | Isa::ArmDsp | Isa::Fpu32 | Isa::Mul64,
      .triple = "arm-none-eabi-",
      .cflags = "-mcpu=cortex-m7 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16",
      .flash = {0x00000000, 1024 * 1024},
      .ram = {0x20000000, 320 * 1024},
      .clock_hz = 216e6,
      .active_mw = 337,  // STM32F746 data sheet DS10916, run mode from flash with ART, peripherals off, 216 MHz: 102 mA at 3.3 V
      .support_dir = "f746disco",
      .emulator = "qemu-system-arm -M mps2-an500 -nographic -monitor none -serial none "
                  "-semihosting-config enable=on,target=native -kernel",
      .dual_issue = true,
  }};
  return kRows;
}

}  // namespace thimble
