#include "cases/block_case.h"

namespace thimble::testing {

std::vector<OpCase> dsp_spectral_cases() {
  const std::string low = "low", high = "high";
  return {
      block_case("spectral", "three_axes", 125, 3, {{"rate", 62.5}}),
      block_case("spectral", "low_pass", 64, 2, {{"rate", 62.5}, {"filter_type", low}, {"filter_order", int64_t{4}}}),
      block_case("spectral", "high_pass", 50, 1, {{"filter_type", high}, {"filter_cutoff", 9.0}, {"fft_length", int64_t{32}}}),
      block_case("spectral", "low_frequencies_too", 200, 2, {{"rate", 100.0}, {"extra_low_freq", true}}),
      block_case("spectral", "decimated", 320, 1, {{"rate", 100.0}, {"input_decimation_ratio", int64_t{30}}, {"fft_length", int64_t{8}}}),
      block_case("spectral", "bins_only", 40, 1, {{"filter_type", low}, {"filter_cutoff", 20.0}, {"filter_order", int64_t{0}}}),
      block_case("spectral", "linear_without_overlap", 33, 1,
                 {{"do_log", false}, {"do_fft_overlap", false}, {"spectrum_shape", false}, {"fft_length", int64_t{4}}}),
      block_case("spectral", "fft_64", 100, 1, {{"fft_length", int64_t{64}}, {"scale_axes", 0.1}})};
}

}  // namespace thimble::testing
