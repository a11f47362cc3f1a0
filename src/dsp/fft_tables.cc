#include "dsp/fft_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "ir/op.h"

namespace thimble {
namespace {

/// exp(-2 pi i k / n), from the first eighth of the circle, where libraries of sine and cosine agree best after rounding to float.
void append_factor(std::vector<float>& table, int64_t k, int64_t n) {
  const int64_t eighth = 8 * k / n, in_eighth = eighth % 2 == 0 ? k - eighth * n / 8 : (eighth + 1) * n / 8 - k;
  const double angle = 2 * std::numbers::pi * static_cast<double>(in_eighth) / static_cast<double>(n);
  double re = std::cos(angle), im = std::sin(angle);
  if (eighth % 4 == 1 || eighth % 4 == 2) std::swap(re, im);
  if (eighth >= 2 && eighth <= 5) re = -re;
  if (eighth >= 4) im = -im;
  table.push_back(static_cast<float>(re));
  table.push_back(static_cast<float>(-im));
}

}  // namespace

FftTables fft_tables(int64_t n) {
  FftTables tables;
  const int64_t count = n / 2;
  const bool odd = std::countr_zero(static_cast<uint64_t>(count)) % 2 == 1;
  for (int64_t q = odd ? 2 : 4; q < count; q *= 4)
    for (int64_t j = 0; j < q; ++j)
      for (const int64_t turns : {2, 1, 3}) append_factor(tables.passes, turns * j, 4 * q);
  for (int64_t k = 1; k < n / 4; ++k) append_factor(tables.split, k, n);
  return tables;
}

void check_fft_length(int64_t n) {
  const auto length = static_cast<uint64_t>(n);
  expect(std::has_single_bit(length),
         fmt::format("fft_length = {} must be a power of two, such as {} or {}", n, std::bit_floor(length), std::bit_ceil(length)));
}

double fft_work(int64_t n) {
  const int passes = std::max(0, std::countr_zero(static_cast<uint64_t>(n)) / 2 - 1);  // after the first, whose factors are 1
  return static_cast<double>(n) * (19.6 + 7.1 * passes);
}

}  // namespace thimble
