/// How the values of a tensor are spread, learnt number by number: from it ranges are chosen.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compress/scales.h"

namespace thimble {

/// Bins of one width from -limit to limit, where the limit is a power of two that doubles as numbers come that lie outside. Zeros are
/// counted apart: their code is exact whatever the scale.
class Histogram {
 public:
  static constexpr size_t kBins = 4096;

  /// A User error at the first number that is not finite.
  void add(std::span<const float> values);
  void add(const Histogram& other);

  int64_t count() const { return count_; }
  /// The least and the greatest number seen.
  Range seen() const { return seen_; }

  /// Filled bins from low to high, a bin of its own for zero. `together`: how many neighbours are taken as one.
  struct Bin {
    double low, high;  ///< alike for zero
    double count;
    double centre() const { return (low + high) / 2; }
  };
  std::vector<Bin> bins(int64_t together = 1) const;

 private:
  void reach(float magnitude);
  double width() const;

  int exponent_ = -64;  ///< limit: 2 to this power
  int64_t count_ = 0, zeros_ = 0;
  Range seen_{};
  std::vector<int64_t> bins_;  ///< none before the first number
};

}  // namespace thimble
