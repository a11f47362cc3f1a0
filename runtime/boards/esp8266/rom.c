/* Arithmetic that the ESP8266 has in its mask ROM, so that its compiler's libgcc leaves it out: 64-bit products, division, soft float.
 * IEEE 754 single precision with round to nearest even, subnormals included; NaNs come out as the quiet one. */
#include <stdint.h>

typedef union {
  float value;
  uint32_t bits;
} single;

uint64_t __umulsidi3(uint32_t a, uint32_t b);
int64_t __muldi3(int64_t a, int64_t b);
uint32_t __udivsi3(uint32_t a, uint32_t b);
uint32_t __umodsi3(uint32_t a, uint32_t b);
int32_t __divsi3(int32_t a, int32_t b);
uint64_t __udivdi3(uint64_t a, uint64_t b);
uint64_t __umoddi3(uint64_t a, uint64_t b);
int64_t __divdi3(int64_t a, int64_t b);
int64_t __moddi3(int64_t a, int64_t b);
float __addsf3(float a, float b);
float __subsf3(float a, float b);
float __mulsf3(float a, float b);
float __floatsisf(int32_t a);
float __floatunsisf(uint32_t a);
uint32_t __fixunssfsi(float a);

uint64_t __umulsidi3(uint32_t a, uint32_t b) {
  const uint32_t al = a & 0xFFFF, ah = a >> 16, bl = b & 0xFFFF, bh = b >> 16;
  const uint32_t low = al * bl, cross = ah * bl + (low >> 16), other = al * bh + (cross & 0xFFFF);
  return (uint64_t)(ah * bh + (cross >> 16) + (other >> 16)) << 32 | (other << 16 | (low & 0xFFFF));
}

int64_t __muldi3(int64_t a, int64_t b) {
  const uint32_t al = (uint32_t)a, bl = (uint32_t)b;
  const uint32_t high = al * (uint32_t)((uint64_t)b >> 32) + bl * (uint32_t)((uint64_t)a >> 32);
  return (int64_t)(__umulsidi3(al, bl) + ((uint64_t)high << 32));
}

static int leading_zeros(uint32_t x) {
  int zeros = 0;
  if (x == 0) return 32;
  if (!(x >> 16)) zeros += 16, x <<= 16;
  if (!(x >> 24)) zeros += 8, x <<= 8;
  if (!(x >> 28)) zeros += 4, x <<= 4;
  if (!(x >> 30)) zeros += 2, x <<= 2;
  return zeros + !(x >> 31);
}

static uint32_t divide(uint32_t a, uint32_t b, uint32_t* rest) {
  uint32_t quotient = 0;
  int shift;
  if (b == 0 || a < b) {
    *rest = a;
    return 0;
  }
  for (shift = leading_zeros(b) - leading_zeros(a); shift >= 0; --shift) {
    quotient <<= 1;
    if (a >= b << shift) a -= b << shift, quotient |= 1;
  }
  *rest = a;
  return quotient;
}

uint32_t __udivsi3(uint32_t a, uint32_t b) {
  uint32_t rest;
  return divide(a, b, &rest);
}

uint32_t __umodsi3(uint32_t a, uint32_t b) {
  uint32_t rest;
  divide(a, b, &rest);
  return rest;
}

int32_t __divsi3(int32_t a, int32_t b) {
  const uint32_t size = __udivsi3(a < 0 ? 0u - (uint32_t)a : (uint32_t)a, b < 0 ? 0u - (uint32_t)b : (uint32_t)b);
  return (int32_t)((a ^ b) < 0 ? 0u - size : size);
}

#define EXPONENT 0x7F800000u
#define NOT_A_NUMBER 0x7FC00000u

static uint64_t divide_wide(uint64_t a, uint64_t b, uint64_t* rest) {
  uint64_t quotient = 0, left = 0;
  if ((a >> 32) == 0 && (b >> 32) == 0) {
    uint32_t narrow;
    quotient = divide((uint32_t)a, (uint32_t)b, &narrow);
    *rest = narrow;
    return quotient;
  }
  for (int bit = 63; bit >= 0; --bit) {
    const uint32_t carry = (uint32_t)(left >> 63);
    left = left << 1 | (a >> bit & 1);
    quotient <<= 1;
    if (carry || left >= b) left -= b, quotient |= 1;
  }
  *rest = left;
  return quotient;
}

static uint64_t size_of(int64_t x) { return x < 0 ? 0 - (uint64_t)x : (uint64_t)x; }

uint64_t __udivdi3(uint64_t a, uint64_t b) {
  uint64_t rest;
  return divide_wide(a, b, &rest);
}

uint64_t __umoddi3(uint64_t a, uint64_t b) {
  uint64_t rest;
  divide_wide(a, b, &rest);
  return rest;
}

int64_t __divdi3(int64_t a, int64_t b) {
  const uint64_t quotient = __udivdi3(size_of(a), size_of(b));
  return (int64_t)((a < 0) != (b < 0) ? 0 - quotient : quotient);
}

int64_t __moddi3(int64_t a, int64_t b) {
  const uint64_t rest = __umoddi3(size_of(a), size_of(b));
  return (int64_t)(a < 0 ? 0 - rest : rest);
}

static uint32_t shift_keeping_lost(uint32_t x, int by) { return by == 0 ? x : by > 31 ? x != 0 : x >> by | ((x << (32 - by)) != 0); }

/* The nearest float to mantissa * 2^(exponent - 127 - 30), the mantissa's highest bit being bit 30. */
static float rounded(uint32_t sign, int exponent, uint32_t mantissa) {
  single result;
  uint32_t lost;
  if (exponent <= 0) mantissa = shift_keeping_lost(mantissa, 1 - exponent), exponent = 1;
  lost = mantissa & 0x7F;
  mantissa >>= 7;
  mantissa += lost > 64 || (lost == 64 && (mantissa & 1));
  result.bits = ((uint32_t)(exponent - 1) << 23) + mantissa;
  if (exponent >= 255 || result.bits >= EXPONENT) result.bits = EXPONENT;
  result.bits |= sign;
  return result.value;
}

/* The mantissa with its hidden bit at bit 23 and a biased exponent of 1 at least. */
static uint32_t unpack(uint32_t bits, int* exponent) {
  *exponent = (int)(bits >> 23 & 255);
  if (*exponent == 0) {
    *exponent = 1;
    return bits & 0x7FFFFF;
  }
  return (bits & 0x7FFFFF) | 0x800000;
}

float __addsf3(float x, float y) {
  single a, b;
  a.value = x, b.value = y;
  if ((a.bits & ~0x80000000u) < (b.bits & ~0x80000000u)) {
    const single c = a;
    a = b, b = c;
  }
  if ((a.bits & EXPONENT) == EXPONENT) { /* a is the larger: infinite or no number */
    const int opposed = (b.bits & ~0x80000000u) == EXPONENT && ((a.bits ^ b.bits) >> 31);
    if (opposed || (a.bits & 0x7FFFFF)) a.bits = NOT_A_NUMBER;
    return a.value;
  }
  int ea, eb;
  uint32_t ma = unpack(a.bits, &ea) << 6, mb = unpack(b.bits, &eb) << 6;
  const uint32_t sign = a.bits & 0x80000000u;
  mb = shift_keeping_lost(mb, ea - eb);
  ma = (a.bits ^ b.bits) >> 31 ? ma - mb : ma + mb;
  if (ma == 0) {
    a.bits &= b.bits & 0x80000000u;
    return a.value;
  }
  const int up = leading_zeros(ma) - 1;
  return rounded(sign, ea + 1 - up, ma << up);
}

float __subsf3(float x, float y) {
  single b;
  b.value = y;
  b.bits ^= 0x80000000u;
  return __addsf3(x, b.value);
}

float __mulsf3(float x, float y) {
  single a, b;
  a.value = x, b.value = y;
  const uint32_t sign = (a.bits ^ b.bits) & 0x80000000u;
  const uint32_t pa = a.bits & ~0x80000000u, pb = b.bits & ~0x80000000u;
  if (pa >= EXPONENT || pb >= EXPONENT) {
    a.bits = pa > EXPONENT || pb > EXPONENT || pa == 0 || pb == 0 ? NOT_A_NUMBER : sign | EXPONENT;
    return a.value;
  }
  if (pa == 0 || pb == 0) {
    a.bits = sign;
    return a.value;
  }
  int ea, eb;
  uint32_t ma = unpack(pa, &ea), mb = unpack(pb, &eb);
  const int ua = leading_zeros(ma) - 8, ub = leading_zeros(mb) - 8;
  const uint64_t product = __umulsidi3(ma << ua, mb << ub); /* highest bit 46 or 47 */
  uint32_t mantissa = (uint32_t)(product >> 16) | (((uint32_t)product & 0xFFFF) != 0);
  int exponent = ea - ua + eb - ub - 127;
  if (mantissa >> 31) mantissa = mantissa >> 1 | (mantissa & 1), ++exponent;
  return rounded(sign, exponent, mantissa);
}

float __floatunsisf(uint32_t a) {
  const int up = leading_zeros(a) - 1;
  if (a == 0) return 0;
  return up < 0 ? rounded(0, 158, a >> 1 | (a & 1)) : rounded(0, 157 - up, a << up);
}

float __floatsisf(int32_t a) {
  single result;
  result.value = __floatunsisf(a < 0 ? 0u - (uint32_t)a : (uint32_t)a);
  if (a < 0) result.bits |= 0x80000000u;
  return result.value;
}

uint32_t __fixunssfsi(float x) {
  single a;
  a.value = x;
  const int exponent = (int)(a.bits >> 23 & 255) - 150;
  const uint32_t mantissa = (a.bits & 0x7FFFFF) | 0x800000;
  if (a.bits >> 31 || exponent < -23) return 0;
  if (exponent > 8) return UINT32_MAX;
  return exponent < 0 ? mantissa >> -exponent : mantissa << exponent;
}
