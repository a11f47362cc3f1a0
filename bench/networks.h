/// Networks made in code with seeded weights, so that everybody can run the benches: their outputs mean nothing, their costs do.
#pragma once

#include <cstdint>
#include <random>

#include "ir/graph.h"
#include "ops/arithmetic.h"

namespace thimble::bench {

/// Appends int8 layers to a graph; every activation has one quantisation.
class Layers {
 public:
  explicit Layers(std::string name, uint32_t seed = 1) : random_(seed) { graph.name = std::move(name); }

  ValueId input(Shape shape);
  ValueId conv(ValueId x, int64_t channels, int64_t kernel, int64_t stride = 1, bool relu = true);
  ValueId depthwise(ValueId x, int64_t kernel, int64_t stride = 1);
  ValueId dense(ValueId x, int64_t units, bool relu = true);
  ValueId add(ValueId a, ValueId b);
  /// Over the whole map.
  ValueId average(ValueId x);
  ValueId flatten(ValueId x);
  ValueId softmax(ValueId x);

  Graph graph;

 private:
  std::string name(std::string_view what) const;
  ValueId weights(Shape shape, int64_t taps, int axis);
  ValueId bias(int64_t channels);

  std::mt19937 random_;
};

/// Ten dense layers 640-128-128-128-128-8-128-128-128-128-640, after the anomaly detector of MLPerf Tiny.
Graph make_autoencoder();
/// A 32x32x3 picture through a convolution and four inverted residual blocks, after MobileNet v2.
Graph make_inverted_residual();

}  // namespace thimble::bench
