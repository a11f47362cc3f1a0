/// Functions of int16 numbers as the TFLite reference has them: by interpolation between the entries of tables. Outputs are Q0.15.
#pragma once

#include <vector>

#include "ops/arithmetic.h"

namespace thimble {

/// The entries of `f` over [low, high], which int16's range stands for: 512 steps and the end, as integers of 2^-15. Where a chord lies
/// off the curve, its first end makes up for half of that.
std::vector<int16_t> int16_table(double low, double high, double (*f)(double));
/// The function at x.
int32_t look_up(std::span<const int16_t> table, int32_t x);

/// Refuses, for `op`, an int16 input with another zero point than 0.
void expect_int16_input(std::string_view op, const TensorType& in);
/// Refuses, for `op`, a result so much finer than `scale` that numbers of that scale times 2^shift, the power of two in `multiplier`, leave
/// 32 bits: those of 16 bits do where it exceeds `most`.
void expect_int16_fits(std::string_view op, Multiplier multiplier, int most, float scale, const TensorType& out);

/// How the input of logistic and tanh becomes Q17 of 32/3, which a table of 256 steps of 1/24 covers.
struct SigmoidScaling {
  int32_t multiplier = 0;
  int shift = 0;
};
/// User errors for scales that the reference has no such numbers for: of the input, and of both.
SigmoidScaling sigmoid_scaling(std::string_view op, const TensorType& in);
SigmoidScaling sigmoid_scaling(std::string_view op, const TensorType& in, const TensorType& out);
/// logistic(i / 24) as integers of 2^-16, unsigned.
std::vector<int16_t> sigmoid_table();
int16_t logistic_int16(int16_t x, SigmoidScaling scaling, std::span<const int16_t> table);
int16_t tanh_int16(int16_t x, SigmoidScaling scaling, std::span<const int16_t> table);

}  // namespace thimble
