/* int8 addition and subtraction of equal shapes for Helium: (a * A + b * B + C) rounded off, with factors that were tried on all 65,536
 * pairs of operands and give what the reference gives by its four roundings. */
#ifndef THIMBLE_ADD_HELIUM_H
#define THIMBLE_ADD_HELIUM_H

#include "core/helium.h"

/* name(a, b, out, factors); drop: bits beyond sixteen that are rounded off. Even elements in q0 and q2, odd ones in q1 and q3. */
__asm__(
    ".macro thimble_add_eight_helium pred, drop\n"
    "  .ifnb \\pred\n  vpstt\n  vldrbt.s16 q1, [r0]\n  vldrbt.s16 q3, [r1]\n"
    "  .else\n  vldrb.s16 q1, [r0], #8\n  vldrb.s16 q3, [r1], #8\n  .endif\n"
    "  vmovlb.s16 q0, q1\n"
    "  vmovlt.s16 q1, q1\n"
    "  vmlas.s32 q0, q4, r6\n"
    "  vmovlb.s16 q2, q3\n"
    "  vmlas.s32 q1, q4, r6\n"
    "  vmovlt.s16 q3, q3\n"
    "  vmla.s32 q0, q2, r5\n"
    "  vmla.s32 q1, q3, r5\n"
    "  vshrnb.i32 q0, q0, #16\n"
    "  vshrnt.i32 q0, q1, #16\n"
    "  vqrshrnb.s16 q0, q0, #\\drop\n"
    "  thimble_clamp_helium q0, q1\n"
    "  .ifnb \\pred\n  vpst\n  vstrbt.16 q0, [r2]\n  .else\n  vstrb.16 q0, [r2], #8\n  .endif\n"
    ".endm\n"
    ".macro thimble_add_all_helium name, count, drop\n"
    "  .section .text.\\name, \"ax\", %progbits\n"
    "  .thumb\n  .thumb_func\n  .type \\name, %function\n"
    "\\name:\n"
    "  push {r4, r5, r6, lr}\n"
    "  vpush {d8-d9}\n"
    "  ldmia r3, {r4, r5, r6}\n"
    "  vdup.32 q4, r4\n"
    "  .if \\count >= 8\n"
    "  movw lr, #((\\count / 8) & 0xffff)\n"
    "  .if \\count / 8 > 0xffff\n  movt lr, #((\\count / 8) >> 16)\n  .endif\n"
    "  dls lr, lr\n"
    "1:\n"
    "  thimble_add_eight_helium , \\drop\n"
    "  le lr, 1b\n"
    "  .endif\n"
    "  .if \\count % 8\n"
    "  mov r4, #(\\count % 8)\n"
    "  vctp.16 r4\n"
    "  thimble_add_eight_helium t, \\drop\n"
    "  .endif\n"
    "  vpop {d8-d9}\n"
    "  pop {r4, r5, r6, pc}\n"
    "  .size \\name, . - \\name\n"
    "  .previous\n"
    ".endm\n");

#define THIMBLE_ADD_HELIUM(name, count, drop, low, high)                                           \
  void name(const int8_t* a, const int8_t* b, int8_t* out, const int32_t* factors) __asm__(#name); \
  __asm__(THIMBLE_SCALING_HELIUM(1, 0, 0, low, high) "thimble_add_all_helium " #name ", " #count ", " #drop "\n");

typedef void (*thimble_add_loop_helium)(const int8_t* a, const int8_t* b, int8_t* out, const int32_t* factors);

THIMBLE_KERNEL void thimble_add_s8_helium(const int8_t* a, const int8_t* b, int8_t* out, const int32_t* factors,
                                          thimble_add_loop_helium loop) {
  loop(a, b, out, factors);
}

#endif
