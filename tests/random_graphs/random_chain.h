/// Chains of layers that nobody wrote, to be cut into strips: convolutions, pools and elementwise ops on one random image.
#pragma once

#include <random>
#include <vector>

#include "ir/graph.h"
#include "ops/window2d.h"

namespace thimble::testing {

/// The same chain for the same seed, on every machine; node 0 is its first layer.
class RandomChain {
 public:
  explicit RandomChain(uint32_t seed);

  /// Strips of random heights that cover `rows`.
  std::vector<int64_t> heights(int64_t rows);

  Graph graph;

 private:
  int64_t between(int64_t low, int64_t high);
  Quant quant();
  ValueId weights(Shape shape, int axis);
  Window2dAttrs window(int64_t kernel_h, int64_t kernel_w);
  ValueId add_layer(ValueId x);
  ValueId residual(const std::string& name, ValueId x);

  std::mt19937 random_;
  bool int8_;
};

}  // namespace thimble::testing
