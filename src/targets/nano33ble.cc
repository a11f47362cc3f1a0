#include "targets/board.h"

namespace thimble {

std::span<const Board> nano33ble_boards() {
  static const Board kRows[] = {{
      .name = "nano33ble",
      .summary = "Arduino Nano 33 BLE Sense (nRF52840)",
      .core = "cortex-m4",
      .isa = Isa::Arm | Isa::ArmDsp | Isa::Fpu32 | Isa::Mul64,
      .triple = "arm-none-eabi-",
      .cflags = "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16",
      .flash = {0x00000000, 1024 * 1024},
      .ram = {0x20000000, 256 * 1024},
      .clock_hz = 64e6,
      .active_mw = 9.9,  // nRF52840 product specification 1.1, 5.2.1.1: CoreMark from flash, DC/DC, 3 V: 3.3 mA
      .support_dir = "nano33ble",
      .emulator = "qemu-system-arm -M mps2-an386 -nographic -monitor none -serial none "
                  "-semihosting-config enable=on,target=native -kernel",
  }};
  return kRows;
}

}  // namespace thimble
