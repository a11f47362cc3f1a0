#include "data/overlaps.h"

#include <algorithm>
#include <bit>
#include <set>
#include <unordered_map>

namespace thimble {
namespace {

constexpr int64_t kStretch = 64;  // samples; shorter ones meet by chance
constexpr size_t kFewest = 6;     // different values in a channel: below that nothing happens
constexpr uint64_t kBase = 0x100000001B3;

uint64_t value_of(const Recording& r, int64_t t) {
  const size_t channels = r.channels.size();
  uint64_t sum = 0xCBF29CE484222325;
  for (size_t c = 0; c < channels; ++c) sum = (sum ^ std::bit_cast<uint32_t>(r.samples[static_cast<size_t>(t) * channels + c])) * kBase;
  return sum ^ (sum >> 29);
}

/// A polynomial in kBase over the last kStretch samples (Karp and Rabin): one step a sample.
class Rolling {
 public:
  Rolling() {
    for (int64_t i = 1; i < kStretch; ++i) top_ *= kBase;
  }
  uint64_t first(const Recording& r, int64_t start) {
    sum_ = 0;
    for (int64_t t = start; t < start + kStretch; ++t) sum_ = sum_ * kBase + value_of(r, t);
    return sum_;
  }
  /// The stretch that begins at `start` after the one before it.
  uint64_t next(const Recording& r, int64_t start) {
    sum_ = (sum_ - value_of(r, start - 1) * top_) * kBase + value_of(r, start + kStretch - 1);
    return sum_;
  }

 private:
  uint64_t sum_ = 0, top_ = 1;
};

bool lively(const Recording& r, int64_t start) {
  const size_t channels = r.channels.size();
  std::set<float> values;
  for (int64_t t = start; t < start + kStretch && values.size() < kFewest; ++t) values.insert(r.samples[static_cast<size_t>(t) * channels]);
  return values.size() >= kFewest;
}

bool same(const Recording& a, int64_t a_start, const Recording& b, int64_t b_start) {
  const auto channels = static_cast<std::ptrdiff_t>(a.channels.size());
  const auto from = a.samples.begin() + a_start * channels;
  return std::equal(from, from + kStretch * channels, b.samples.begin() + b_start * channels);
}

struct Place {
  size_t recording;
  int64_t start;
};

}  // namespace

std::vector<Overlap> overlaps_of(const std::vector<Recording>& recordings) {
  std::unordered_map<uint64_t, Place> blocks;
  std::set<std::pair<size_t, size_t>> known;
  std::vector<Overlap> found;
  Rolling rolling;
  const auto looked_at = [&](const Recording& r) {
    return r.width == 0 && r.length() >= kStretch && r.channels.size() == recordings[0].channels.size();
  };
  for (size_t i = 0; i < recordings.size(); ++i) {
    const Recording& r = recordings[i];
    if (!looked_at(r)) continue;
    for (int64_t start = 0; start + kStretch <= r.length(); ++start) {
      const uint64_t sum = start == 0 ? rolling.first(r, 0) : rolling.next(r, start);
      const auto there = blocks.find(sum);
      if (there == blocks.end()) continue;
      const Place& place = there->second;
      const Recording& other = recordings[place.recording];
      if (known.contains({place.recording, i}) || other.samples == r.samples || !same(other, place.start, r, start)) continue;
      known.insert({place.recording, i});
      found.push_back({&other, &r, place.start, start, kStretch});
    }
    for (int64_t start = 0; start + kStretch <= r.length(); start += kStretch)
      if (lively(r, start)) blocks.emplace(rolling.first(r, start), Place{i, start});
  }
  return found;
}

}  // namespace thimble
