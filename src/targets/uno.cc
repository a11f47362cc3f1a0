#include "targets/board.h"

namespace thimble {

std::span<const Board> uno_boards() {
  static const Board kRows[] = {{
      .name = "uno",
      .summary = "Arduino Uno (ATmega328P)",
      .core = "avr",
      .isa = Isa::Avr,
      .triple = "avr-",
      .cflags = "-mmcu=atmega328p",
      .flash = {0x00000000, 32 * 1024},
      .ram = {0x00800100, 2 * 1024},  // the tools' address of RAM: 0x800000 + 0x100
      .clock_hz = 16e6,
      .active_mw = 47,  // ATmega328P data sheet, typical characteristics, active supply current at 16 MHz and 5 V: 9.4 mA
      .support_dir = "uno",
      .emulator = "thimble-avr",
      .pointer_bytes = 2,
  }};
  return kRows;
}

}  // namespace thimble
