/* What the kernels for ARMv6-M (Cortex-M0, M0+) share. These cores have eight registers that most instructions reach, no SIMD, and a
 * multiplication that keeps only the low 32 bits. */
#ifndef THIMBLE_CORE_M0_H
#define THIMBLE_CORE_M0_H

#include "core/base.h"

#if !defined(__ARM_ARCH) || !defined(__thumb__)
#error "this model was compiled for a Cortex-M0 or M0+; compile it anew with --board"
#endif

/* A sum becomes an int8 output. r4 holds x = sum - low and receives the byte (the bits above it are not defined); r0, r1 = m0, m1;
 * r2 = addend; r5 = the shift, and in its bytes 1 and 2 the least and the largest output; lr = range; r6 is free. With three pieces m2
 * and inner lie at [sp, m2] and r7 is free. With signs r12 tells where sums become negative and what those lose lies at [sp, negative]; r7
 * is free. A sum out of range is taken to label 3<i> and returns to 4<i>: thimble_clamp_m0. */
__asm__(
    ".syntax unified\n"
    ".macro thimble_narrow_m0 i, pieces, signs, m2, negative\n"
    "  cmp r4, lr\n"
    "  bhi 3\\i\\()f\n"
    "  .if \\pieces == 3\n"
    "  ldr r7, [sp, #\\m2]\n  muls r7, r4, r7\n  ldr r6, [sp, #(\\m2 + 4)]\n  adds r7, r7, r6\n  lsrs r7, r7, r5\n"
    "  .endif\n"
    "  movs r6, r4\n  muls r6, r1, r6\n"
    "  .if \\pieces == 3\n  adds r6, r6, r7\n  .endif\n"
    "  lsrs r6, r6, r5\n"
    "  adds r6, r6, r2\n"
    "  .if \\signs\n  cmp r4, r12\n  bhs 5\\i\\()f\n  ldr r7, [sp, #\\negative]\n  subs r6, r6, r7\n  5\\i\\():\n  .endif\n"
    "  muls r4, r0, r4\n"
    "  adds r4, r4, r6\n"
    "  lsrs r4, r4, #24\n"
    "  4\\i\\():\n"
    ".endm\n"
    ".macro thimble_clamp_m0 i\n"
    "  3\\i\\():\n"
    "  cmp r4, #0\n  bge 6\\i\\()f\n"
    "  lsrs r4, r5, #8\n  b 4\\i\\()b\n"
    "  6\\i\\():\n"
    "  lsrs r4, r5, #16\n  b 4\\i\\()b\n"
    ".endm\n"
    ".macro thimble_enter_m0 name, locals\n"
    "  .section .text.\\name, \"ax\", %progbits\n"
    "  .p2align 2\n  .thumb\n  .thumb_func\n  .type \\name, %function\n"
    "\\name:\n"
    "  push {r4-r7, lr}\n"
    "  mov r4, r8\n  mov r5, r9\n  mov r6, r10\n  mov r7, r11\n"
    "  push {r4-r7}\n"
    "  sub sp, #\\locals\n"
    ".endm\n"
    ".macro thimble_leave_m0 name, locals\n"
    "  add sp, #\\locals\n"
    "  pop {r4-r7}\n"
    "  mov r8, r4\n  mov r9, r5\n  mov r10, r6\n  mov r11, r7\n"
    "  pop {r4-r7, pc}\n"
    "  .size \\name, . - \\name\n"
    "  .previous\n"
    ".endm\n");

#endif
