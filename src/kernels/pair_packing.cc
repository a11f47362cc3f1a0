#include "kernels/pair_packing.h"

#include <algorithm>

namespace thimble {
namespace {

/// The least and the largest sum of w * x over all int8 inputs.
struct Reach {
  int64_t least = 0, most = 0;

  void add(int weight) {
    least += weight > 0 ? -128 * weight : 127 * weight;
    most += weight > 0 ? 127 * weight : -128 * weight;
  }
  bool fits() const { return least >= INT16_MIN && most <= INT16_MAX; }
};

}  // namespace

bool fits_half_word(std::span<const int8_t> weights) {
  Reach reach;
  for (int8_t w : weights) reach.add(w);
  return reach.fits();
}

std::vector<int> pair_blocks(std::span<const std::span<const int8_t>> channels, int most) {
  std::vector<int> lengths;
  std::vector<Reach> reach(channels.size());
  for (size_t k = 0; !channels.empty() && k < channels[0].size(); ++k) {
    bool fits = !lengths.empty() && lengths.back() < most;
    for (size_t c = 0; c < channels.size(); ++c) {
      reach[c].add(channels[c][k]);
      fits = fits && reach[c].fits();
    }
    if (fits) {
      ++lengths.back();
      continue;
    }
    lengths.push_back(1);  // one product always fits
    for (size_t c = 0; c < channels.size(); ++c) {
      reach[c] = {};
      reach[c].add(channels[c][k]);
    }
  }
  return lengths;
}

std::vector<int> pair_blocks(std::span<const int8_t> weights, int most) { return pair_blocks(std::span(&weights, 1), most); }

int uniform_pair_block(std::span<const int8_t> weights, int64_t taps, int most) {
  const auto serves = [&](int64_t length) {
    for (size_t first = 0; first < weights.size(); first += static_cast<size_t>(taps))
      for (int64_t k = 0; k < taps; k += length)
        if (!fits_half_word(weights.subspan(first + static_cast<size_t>(k), static_cast<size_t>(std::min(length, taps - k))))) return false;
    return true;
  };
  int length = most;
  while (length > 1 && !serves(length)) --length;
  return length;
}

}  // namespace thimble
