#include "base/random.h"

namespace thimble {

Random::Random(uint64_t seed, uint64_t part) : state_(seed) {
  state_ = next() ^ (part * 0xD1B54A32D192ED03u);
  next();
}

/// SplitMix64 (Steele, Lea, Flood 2014): a counter, mixed.
uint64_t Random::next() {
  state_ += 0x9E3779B97F4A7C15u;
  uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

int64_t Random::below(int64_t count) { return static_cast<int64_t>(uniform() * static_cast<double>(count)); }

double Random::normal() {
  double sum = 0;  // twelve uniform numbers have variance 1; additions alone are alike everywhere
  for (int i = 0; i < 12; ++i) sum += uniform();
  return sum - 6;
}

}  // namespace thimble
