#include "targets/board.h"

namespace thimble {

std::span<const Board> esp32c3_boards() {
  static const Board kRows[] = {{
      .name = "esp32c3",
      .summary = "ESP32-C3-DevKit (RV32IMC)",
      .core = "rv32imc",
      .isa = Isa::RiscV | Isa::Mul64,
      .triple = "riscv64-unknown-elf-",
      .cflags = "-march=rv32imc -mabi=ilp32 -mcmodel=medany",
      .flash = {0x80000000, 4096 * 1024},
      .ram = {0x80800000, 400 * 1024},
      .clock_hz = 160e6,
      .active_mw = 76,  // ESP32-C3 data sheet 1.4, table of modem-sleep currents: 160 MHz, CPU running, peripherals off: 23 mA at 3.3 V
      .support_dir = "esp32c3",
      .emulator = "qemu-system-riscv32 -M virt -bios none -nographic -monitor none -serial none "
                  "-semihosting-config enable=on,target=native -kernel",
  }};
  return kRows;
}

}  // namespace thimble
