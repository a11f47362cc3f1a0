#include "kernels/dsp_packing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace thimble {
namespace {

constexpr int64_t kSmallSum = int64_t{1} << 23;  // of A: 256 * A must fit 32 bits

}  // namespace

PairedSum paired_sum_of(const Int8Layer& layer) {
  PairedSum sum = PairedSum::Plain;
  for (int64_t c = 0; c < layer.channels; ++c) {
    if (reach_of(layer, c) >= kSmallSum) return PairedSum::Split;
    if (farthest_of(layer, c) >= kSmallSum) sum = PairedSum::Late;
  }
  return sum;
}

std::optional<std::string> refuses_pairing(const Int8Layer& layer, int64_t paired) {
  for (int64_t c = 0; c < layer.channels; ++c) {
    const int64_t b = paired == 1 ? c : c % paired + 1 < paired ? c + 1 : c - 1;
    for (int64_t k = 0; k < layer.taps; ++k)
      if (layer.weights_of(c)[static_cast<size_t>(k)] == -128 && layer.weights_of(b)[static_cast<size_t>(k)] < 0)
        return fmt::format("a weight of channel {} is -128 beside a negative one", c);
  }
  return refuses_scaling(layer);
}

int64_t worthwhile_unroll(double runs, int64_t steps, double turn, double bytes, int64_t least, int64_t most) {
  const auto best = static_cast<int64_t>(std::sqrt(runs * static_cast<double>(steps) * turn / bytes));
  return std::min(std::clamp(best, least, most), steps);
}

int64_t unroll_of(int64_t count, int64_t most) {
  int64_t unroll = std::min(most, count);
  while (count % unroll != 0) --unroll;
  return unroll;
}

std::string c_word(int64_t number) { return number < 0 ? "m" + std::to_string(-number) : std::to_string(number); }

int32_t paired_word(const Int8Layer& layer, int64_t a, int64_t b, int64_t k0, int64_t k1) {
  const auto half = [&](int64_t k) -> uint32_t {
    if (k < 0 || k >= layer.taps) return 0;
    return static_cast<uint32_t>(256 * layer.weights_of(a)[static_cast<size_t>(k)] + layer.weights_of(b)[static_cast<size_t>(k)]) & 0xffff;
  };
  return static_cast<int32_t>(half(k1) << 16 | half(k0));
}

}  // namespace thimble
