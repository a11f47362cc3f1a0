/* What the kernels for RV32IM share: requantisation in assembly, two values in a word. */
#ifndef THIMBLE_CORE_RV32_H
#define THIMBLE_CORE_RV32_H

#include "core/base.h"

/* x, already shifted up -> to: multiplied, what a negative sum adds where that matters (`exact`), h added, shifted, clamped. All are
 * registers; x is spoilt. */
__asm__(
    ".macro thimble_requantize_rv32 to, x, m, h, shift, negative, exact, low, high\n"
    "  mulh \\to, \\x, \\m\n"
    "  .if \\exact\n  srai \\x, \\x, 31\n  and \\x, \\x, \\negative\n  add \\to, \\to, \\x\n  .endif\n"
    "  add \\to, \\to, \\h\n"
    "  sra \\to, \\to, \\shift\n"
    "  bge \\to, \\low, 8f\n  mv \\to, \\low\n8:\n"
    "  bge \\high, \\to, 9f\n  mv \\to, \\high\n9:\n"
    ".endm\n");

/* low + 65536 * high. */
THIMBLE_INLINE uint32_t thimble_pair_rv32(int32_t low, int32_t high) { return (uint32_t)low + ((uint32_t)high << 16); }

#endif
