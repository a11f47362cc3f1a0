/// Random numbers that are the same on every machine and with every compiler (those of <random>'s distributions are not).
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace thimble {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  /// A stream of its own for part `part` of what `seed` makes, so that parts can be made in any order.
  Random(uint64_t seed, uint64_t part);

  uint64_t next();
  /// At least 0 and below 1.
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// At least 0 and below `count`, which is above 0.
  int64_t below(int64_t count);
  /// Mean 0, deviation 1; never beyond 6.
  double normal();
  bool chance(double part) { return uniform() < part; }

  template <class T>
  void shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[static_cast<size_t>(below(static_cast<int64_t>(i)))]);
  }

 private:
  uint64_t state_;
};

}  // namespace thimble
