/// The factors that runtime/core/fft.h reads.
#pragma once

#include <cstdint>
#include <vector>

namespace thimble {

struct FftTables {
  std::vector<float> passes;  ///< per pass and butterfly: w^2j, w^j, w^3j
  std::vector<float> split;   ///< exp(-2 pi i k / N) for k from 1 to N/4 - 1
};
/// For a transform of `n` real values, a power of two from 4 on. Both tables are the same bits on every machine.
FftTables fft_tables(int64_t n);

/// A User error, with the lengths that would do, unless `n` is a power of two.
void check_fft_length(int64_t n);

/// Float operations and memory accesses of one transform, roughly.
double fft_work(int64_t n);

}  // namespace thimble
