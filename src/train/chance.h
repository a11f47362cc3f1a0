/// Everything random of a training, drawn from the seed and the number of the epoch alone: so that a resumed training goes the same way.
#pragma once

#include <cstdint>
#include <vector>

namespace thimble {

/// splitmix64 over a seed and an epoch.
class Chance {
 public:
  Chance(uint64_t seed, uint64_t epoch) : state_(seed * 0x9e3779b97f4a7c15 ^ (epoch + 1) * 0xd1b54a32d192ed03) {}
  uint64_t next();
  double uniform();  ///< in [0, 1)
  double normal();
  double gamma(double shape);
  /// A share drawn from beta(a, a).
  double beta(double a);
  /// 0 .. count-1 in a random order.
  std::vector<int64_t> order(int64_t count);

 private:
  uint64_t state_;
};

}  // namespace thimble
