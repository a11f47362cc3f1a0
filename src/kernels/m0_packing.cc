#include "kernels/m0_packing.h"

#include <fmt/format.h>

#include <limits>

namespace thimble {

std::optional<std::string> refuses_m0(const Int8Layer& layer) {
  constexpr int64_t kFarthest = int64_t{1} << 30;
  for (int64_t c = 0; c < layer.channels; ++c) {
    const int left = std::max(layer.multipliers[static_cast<size_t>(c)].shift, 0);
    if (left > 30 || farthest_of(layer, c) << left >= kFarthest)
      return fmt::format("the bias and weights of channel {} could overflow the sum", c);
  }
  if (!narrow_scaling_of(layer)) return "the scale of a channel is not exact in products of 32 bits";
  return std::nullopt;
}

void append_words(std::vector<int32_t>& stream, const NarrowScaling& scaling, int64_t c) {
  const NarrowWords& w = scaling.channels[static_cast<size_t>(c)];
  const auto add = [&](std::initializer_list<uint32_t> words) {
    for (uint32_t word : words) stream.push_back(static_cast<int32_t>(word));
  };
  if (scaling.signs) add({w.sign_at(), w.negative});
  if (scaling.pieces == 3) add({w.m2, w.inner});
  add({w.m0, w.m1, w.addend, w.range, w.shift_and_ends()});
}

double cycles_on_m0(double cycles, const Board& board) {
  return has(board.isa, Isa::ArmDsp) ? std::numeric_limits<double>::infinity() : cycles;
}

}  // namespace thimble
