#include "targets/board.h"

namespace thimble {

std::span<const Board> esp8266_boards() {
  static const Board kRows[] = {{
      .name = "esp8266",
      .summary = "ESP8266 (Tensilica LX106)",
      .core = "lx106",
      .isa = Isa::Xtensa,
      .triple = "xtensa-lx106-elf-",
      .cflags = "-mtext-section-literals",
      .flash = {0x50000000, 1024 * 1024},
      .ram = {0x60000000, 80 * 1024},
      .clock_hz = 80e6,
      .active_mw = 49.5,  // ESP8266EX data sheet, power consumption by mode: modem-sleep (CPU at work, radio off) 15 mA at 3.3 V
      .support_dir = "esp8266",
      .emulator = "qemu-system-xtensa -M sim -cpu lx106 -nographic -monitor none -serial none -semihosting -kernel",
  }};
  return kRows;
}

}  // namespace thimble
