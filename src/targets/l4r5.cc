#include "targets/board.h"

namespace thimble {

std::span<const Board> l4r5_boards() {
  static const Board kRows[] = {{
      .name = "l4r5",
      .summary = "NUCLEO-L4R5ZI (STM32L4R5), the MLPerf Tiny reference board",
      .core = "cortex-m4",
      .isa = Isa::Arm | Isa::ArmDsp | Isa::Fpu32 | Isa::Mul64,
      .triple = "arm-none-eabi-",
      .cflags = "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16",
      .flash = {0x00000000, 2048 * 1024},
      .ram = {0x20000000, 640 * 1024},
      .clock_hz = 120e6,
      .active_mw = 43.6,  // STM32L4R5 data sheet DS12023, front page: 110 uA/MHz in run mode from the LDO; 120 MHz, 3.3 V
      .support_dir = "l4r5",
      .emulator = "qemu-system-arm -M mps2-an386 -nographic -monitor none -serial none "
                  "-semihosting-config enable=on,target=native -kernel",
      .flash_waits = 5,  // STM32L4+ reference manual RM0432, read access latency: 120 MHz in range 1, boosted; 64-bit reads of two banks
      .code_cache = 1024,
  }};
  return kRows;
}

}  // namespace thimble
