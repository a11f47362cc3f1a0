/// The layers that kernels are measured on: a fixed set for those that carry a model's weight, else a case of tests/cases.
#pragma once

#include <string>
#include <vector>

#include "ir/interpreter.h"
#include "kernels/kernel.h"

namespace thimble::bench {

/// A graph of one node, and what it is fed.
struct LayerShape {
  std::string name;  ///< "conv_3x3", "conv_3x3_f32"
  Graph graph;
  std::vector<Buffer> inputs;

  const Node& node() const { return graph.nodes[0]; }
};

/// Convolutions, dense layers and the like, in int8 and in float.
const std::vector<LayerShape>& layer_shapes();

/// What the kernel is measured on: every one of those that it can run; where there is none, the case with the largest output that it can.
/// Empty only where it runs no code or no case reaches it.
std::vector<const LayerShape*> shapes_for(const Kernel& kernel);

}  // namespace thimble::bench
