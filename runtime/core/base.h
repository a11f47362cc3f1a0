/* What every kernel and signal block stands on: fixed-width integers, how functions are declared, how constants are read.
 *
 * Rules of runtime/: C99 and C++17 alike, no heap, no global state, nothing of libc but memcpy and friends. Every file is pasted into the
 * exported model, so names start with thimble_, and functions are declared THIMBLE_KERNEL. */
#ifndef THIMBLE_CORE_BASE_H
#define THIMBLE_CORE_BASE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A function that is folded with the literals of its caller (speed), or kept once and called (size): the generator says which. */
#ifdef THIMBLE_SMALL
#define THIMBLE_KERNEL static __attribute__((noinline, unused))
#else
#define THIMBLE_KERNEL static inline __attribute__((always_inline, unused))
#endif

/* A small function that is always worth folding. */
#define THIMBLE_INLINE static inline __attribute__((always_inline, unused))

/* Tables in flash. Only the thimble_const_ functions read them: an AVR needs another instruction to reach its flash. */
#ifdef __AVR__
#include <avr/pgmspace.h>
#define THIMBLE_CONST static const PROGMEM
THIMBLE_INLINE int8_t thimble_const_s8(const int8_t* p, int32_t i) { return (int8_t)pgm_read_byte(p + i); }
THIMBLE_INLINE uint8_t thimble_const_u8(const uint8_t* p, int32_t i) { return pgm_read_byte(p + i); }
THIMBLE_INLINE int16_t thimble_const_s16(const int16_t* p, int32_t i) { return (int16_t)pgm_read_word(p + i); }
THIMBLE_INLINE int32_t thimble_const_s32(const int32_t* p, int32_t i) { return (int32_t)pgm_read_dword(p + i); }
THIMBLE_INLINE float thimble_const_f32(const float* p, int32_t i) { return pgm_read_float(p + i); }
#elif defined(__XTENSA__)
/* An ESP8266 reads its flash in whole aligned words only. */
#define THIMBLE_CONST static const __attribute__((aligned(4)))
typedef uint32_t __attribute__((may_alias)) thimble_word;
THIMBLE_INLINE uint32_t thimble_const_at(const void* p) {
  uintptr_t at = (uintptr_t)p;
  __asm("" : "+r"(at)); /* the word may reach past a short table, which is padded to whole words by its alignment */
  return *(const thimble_word*)(at & ~(uintptr_t)3) >> (8 * (at & 3));
}
THIMBLE_INLINE int8_t thimble_const_s8(const int8_t* p, int32_t i) { return (int8_t)thimble_const_at(p + i); }
THIMBLE_INLINE uint8_t thimble_const_u8(const uint8_t* p, int32_t i) { return (uint8_t)thimble_const_at(p + i); }
THIMBLE_INLINE int16_t thimble_const_s16(const int16_t* p, int32_t i) { return (int16_t)thimble_const_at(p + i); }
THIMBLE_INLINE int32_t thimble_const_s32(const int32_t* p, int32_t i) { return p[i]; }
THIMBLE_INLINE float thimble_const_f32(const float* p, int32_t i) { return p[i]; }
#else
#define THIMBLE_CONST static const
THIMBLE_INLINE int8_t thimble_const_s8(const int8_t* p, int32_t i) { return p[i]; }
THIMBLE_INLINE uint8_t thimble_const_u8(const uint8_t* p, int32_t i) { return p[i]; }
THIMBLE_INLINE int16_t thimble_const_s16(const int16_t* p, int32_t i) { return p[i]; }
THIMBLE_INLINE int32_t thimble_const_s32(const int32_t* p, int32_t i) { return p[i]; }
THIMBLE_INLINE float thimble_const_f32(const float* p, int32_t i) { return p[i]; }
#endif

THIMBLE_INLINE int32_t thimble_clamp(int32_t x, int32_t min, int32_t max) { return x < min ? min : x > max ? max : x; }
THIMBLE_INLINE float thimble_clampf(float x, float min, float max) { return x < min ? min : x > max ? max : x; }

#endif
