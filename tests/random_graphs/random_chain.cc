#include "random_graphs/random_chain.h"

#include "cases/op_case.h"
#include "ops/binary.h"
#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/pool2d.h"

namespace thimble::testing {
namespace {

/// Padding that covers whole windows has no average.
Pool2dAttrs pool(Window2dAttrs a, int64_t h, int64_t w) {
  a.pads.clear();
  a.dilation_h = a.dilation_w = 1;
  return {a, h, w, Activation::None};
}

}  // namespace

RandomChain::RandomChain(uint32_t seed) : random_(seed), int8_(random_() % 3 != 0) {
  graph.name = "chain";
  const Shape shape = {1, between(3, 20), between(1, 6), between(1, 4)};
  ValueId last = graph.add_input("x", {int8_ ? DType::I8 : DType::F32, shape, quant()});
  const auto layers = static_cast<size_t>(between(1, 5));
  while (graph.nodes.size() < layers) {
    const Graph before = graph;
    try {
      last = add_layer(last);
    } catch (const Error& error) {  // the window is larger than what is left of the image
      if (error.blame != Blame::User) throw;
      graph = before;
    }
  }
  graph.outputs = {last};
}

int64_t RandomChain::between(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1));
}

std::vector<int64_t> RandomChain::heights(int64_t rows) {
  std::vector<int64_t> all;
  for (int64_t left = rows; left > 0; left -= all.back()) all.push_back(between(1, left));
  return all;
}

Quant RandomChain::quant() {
  return int8_ ? per_tensor(static_cast<float>(between(5, 300)) / 2000.0F, static_cast<int32_t>(between(-128, 127))) : Quant{};
}

ValueId RandomChain::weights(Shape shape, int axis) {
  const auto seed = static_cast<uint32_t>(random_());
  const std::string name = "w" + std::to_string(graph.values.size());
  return int8_ ? random_weights(graph, name, std::move(shape), axis, seed) : random_floats(graph, name, std::move(shape), seed);
}

Window2dAttrs RandomChain::window(int64_t kernel_h, int64_t kernel_w) {
  Window2dAttrs a;
  a.padding = static_cast<Padding>(between(0, 1));
  a.stride_h = between(1, 3), a.stride_w = between(1, 3);
  if (between(0, 2) == 0) a.dilation_h = between(1, 2), a.dilation_w = between(1, 2);
  if (between(0, 2) == 0) a.pads = {between(0, kernel_h), between(0, kernel_h), between(0, kernel_w), between(0, kernel_w)};
  return a;
}

ValueId RandomChain::add_layer(ValueId x) {
  const int64_t channels = graph.type(x).shape[3], h = between(1, 4), w = between(1, 3), filters = between(1, 4);
  const auto activation = static_cast<Activation>(between(0, 2));
  const std::string name = "n" + std::to_string(graph.nodes.size());
  switch (between(0, 5)) {
    case 0:
    case 1:
      return add_node(graph, "conv2d", name, {x, weights({filters, h, w, channels}, 0)}, Conv2dAttrs{window(h, w), activation}, {quant()});
    case 2:
      return add_node(graph, "dwconv2d", name, {x, weights({1, h, w, channels * 2}, 3)}, Dwconv2dAttrs{window(h, w), activation},
                      {quant()});
    case 3:
      return add_node(graph, between(0, 1) ? "max_pool2d" : "average_pool2d", name, {x}, pool(window(h, w), h, w), {graph.type(x).quant});
    case 4: return add_node(graph, "relu", name, {x}, {}, {quant()});
    default: return residual(name, x);
  }
}

/// Adds the chain's value to the image, where it still has its shape, or to a constant of one row.
ValueId RandomChain::residual(const std::string& name, ValueId x) {
  const TensorType& type = graph.type(x);
  if (graph.type(0).shape == type.shape) return add_node(graph, "add", name, {0, x}, BinaryAttrs{}, {quant()});
  const Shape row = {type.shape[2], type.shape[3]};
  return add_node(graph, "add", name, {x, weights(row, -1)}, BinaryAttrs{}, {quant()});
}

}  // namespace thimble::testing
