#include "targets/board.h"

namespace thimble {

std::span<const Board> corstone300_boards() {
  static const Board kRows[] = {{
      .name = "corstone300",
      .summary = "Arm Corstone-300 on MPS3 (Cortex-M55 with Helium)",
      .core = "cortex-m55",
      .isa = Isa::Arm | Isa::ArmDsp | Isa::Helium | Isa::Fpu32 | Isa::Mul64,
      .triple = "arm-none-eabi-",
      .cflags = "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard -mfpu=auto",
      .flash = {0x11000000, 2048 * 1024},
      .ram = {0x21000000, 4096 * 1024},
      .clock_hz = 32e6,
      .active_mw = 0,  // an FPGA image: no figure says anything about a chip
      .support_dir = "corstone300",
      .emulator = "qemu-system-arm -M mps3-an547 -nographic -monitor none -serial none "
                  "-semihosting-config enable=on,target=native -kernel",
  }};
  return kRows;
}

}  // namespace thimble
