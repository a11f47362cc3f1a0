#include <cmath>
#include <cstring>

#include "cases/block_case.h"

namespace thimble::testing {
namespace {

/// A pulse of 72 beats a minute with two beats out of time, and noise.
Buffer pulse(int64_t samples, double rate) {
  std::vector<float> x;
  Buffer noise = random_contents({DType::F32, {samples, 1}, {}}, 5, 0.02);
  for (int64_t i = 0; i < samples; ++i) {
    const double t = static_cast<double>(i) / rate, phase = t * 1.2 - std::floor(t * 1.2);
    float jitter = 0;
    std::memcpy(&jitter, noise.data() + static_cast<size_t>(i) * sizeof jitter, sizeof jitter);
    x.push_back(static_cast<float>(500 + 10 * std::exp(-80 * (phase - 0.3) * (phase - 0.3))) + jitter);
  }
  const auto bytes = std::as_bytes(std::span(x));
  return {bytes.begin(), bytes.end()};
}

OpCase heart_case(std::string_view name, int64_t samples, const AttrBag& attrs) {
  OpCase c = block_case("heart", name, samples, 1, attrs);
  c.inputs = {{pulse(samples, 50)}, {pulse(samples, 40)}};
  return c;
}

}  // namespace

std::vector<OpCase> dsp_sensors_cases() {
  const std::string sym = "sym5", rbio = "rbio6.8", high = "high", ecg = "ecg";
  return {
      block_case("raw", "scaled", 9, 2, {{"scale_axes", 0.5}}),
      block_case("cmvn", "short", 12, 3, {{"win_size", int64_t{5}}}),
      block_case("series", "all", 37, 2, {{"baseline", int64_t{4}}}),
      block_case("series", "ratios_only", 10, 1,
                 {{"points", int64_t{10}}, {"values", false}, {"differences", false}, {"steps", false}, {"span", false}}),
      block_case("wavelet", "db4", 70, 2, {{"rate", 62.5}}),
      block_case("wavelet", "three_levels", 256, 1, {{"wavelet", sym}, {"wavelet_level", int64_t{3}}}),
      block_case("wavelet", "long_filter_after_high_pass", 64, 1, {{"wavelet", rbio}, {"filter_type", high}, {"filter_order", int64_t{2}}}),
      heart_case("pulse", 300, {{"rate", 50.0}}),
      heart_case("electrocardiogram", 200, {{"rate", 100.0}, {"source", ecg}, {"inverted", true}})};
}

}  // namespace thimble::testing
