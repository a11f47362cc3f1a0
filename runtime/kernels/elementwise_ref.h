/* Ops that treat each element alone: int8 through a table, float by its formula. In place is fine. */
#ifndef THIMBLE_ELEMENTWISE_REF_H
#define THIMBLE_ELEMENTWISE_REF_H

#include "core/math.h"

typedef struct {
  int32_t count;
} thimble_elementwise_shape;

/* table[(uint8_t)x] is the result for x; every int8 op comes down to this. */
THIMBLE_KERNEL void thimble_lookup_s8(const int8_t* in, int8_t* out, const int8_t* table, const thimble_elementwise_shape* s) {
  int32_t i;
  for (i = 0; i < s->count; ++i) out[i] = thimble_const_s8(table, (uint8_t)in[i]);
}

typedef struct {
  int32_t count;
  float parameter; /* alpha, where the op has one */
} thimble_elementwise_f32_shape;

THIMBLE_INLINE float thimble_gelu_of(float x) { return 0.5f * x * thimble_erfcf(x * -0.707106781f); }
/* 0.5 (1 + tanh(u)) is the logistic of 2u. */
THIMBLE_INLINE float thimble_gelu_tanh_of(float x) { return x * thimble_logisticf(1.59576912f * (x + 0.044715f * x * x * x)); }

#define THIMBLE_ELEMENTWISE(name, expression)                                                                     \
  THIMBLE_KERNEL void thimble_##name##_f32(const float* in, float* out, const thimble_elementwise_f32_shape* s) { \
    int32_t i;                                                                                                    \
    for (i = 0; i < s->count; ++i) {                                                                              \
      const float x = in[i];                                                                                      \
      out[i] = (expression);                                                                                      \
    }                                                                                                             \
  }
THIMBLE_ELEMENTWISE(relu, x < 0 ? 0.0f : x)
THIMBLE_ELEMENTWISE(relu6, thimble_clampf(x, 0, 6))
THIMBLE_ELEMENTWISE(relu_n1_to_1, thimble_clampf(x, -1, 1))
THIMBLE_ELEMENTWISE(relu_0_to_1, thimble_clampf(x, 0, 1))
THIMBLE_ELEMENTWISE(leaky_relu, x > 0 ? x : x * s->parameter)
THIMBLE_ELEMENTWISE(logistic, thimble_logisticf(x))
THIMBLE_ELEMENTWISE(tanh, thimble_tanhf(x))
THIMBLE_ELEMENTWISE(hard_swish, x* thimble_clampf(x + 3.0f, 0, 6) / 6.0f)
THIMBLE_ELEMENTWISE(elu, x < 0 ? thimble_expm1f(x) : x)
THIMBLE_ELEMENTWISE(gelu, thimble_gelu_of(x))
THIMBLE_ELEMENTWISE(gelu_tanh, thimble_gelu_tanh_of(x))
THIMBLE_ELEMENTWISE(exp, thimble_expf(x))
THIMBLE_ELEMENTWISE(log, thimble_logf(x))
THIMBLE_ELEMENTWISE(sin, thimble_sinf(x))
THIMBLE_ELEMENTWISE(cos, thimble_cosf(x))
THIMBLE_ELEMENTWISE(sqrt, thimble_sqrtf(x))
THIMBLE_ELEMENTWISE(rsqrt, 1.0f / thimble_sqrtf(x))
THIMBLE_ELEMENTWISE(square, x* x)
THIMBLE_ELEMENTWISE(abs, thimble_fabsf(x))
THIMBLE_ELEMENTWISE(neg, -x)
THIMBLE_ELEMENTWISE(floor, thimble_floorf(x))
THIMBLE_ELEMENTWISE(ceil, -thimble_floorf(-x))
THIMBLE_ELEMENTWISE(round, thimble_round_evenf(x))

/* Integers wrap as the machine's do. */
#define THIMBLE_ELEMENTWISE_S32(name, expression)                                                                 \
  THIMBLE_KERNEL void thimble_##name##_s32(const int32_t* in, int32_t* out, const thimble_elementwise_shape* s) { \
    int32_t i;                                                                                                    \
    for (i = 0; i < s->count; ++i) {                                                                              \
      const uint32_t x = (uint32_t)in[i];                                                                         \
      out[i] = (int32_t)(expression);                                                                             \
    }                                                                                                             \
  }
THIMBLE_ELEMENTWISE_S32(square, x* x)
THIMBLE_ELEMENTWISE_S32(abs, x >> 31 ? 0u - x : x)
THIMBLE_ELEMENTWISE_S32(neg, 0u - x)

#endif
