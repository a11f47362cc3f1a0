/// Random int8 layers, each with an input and an output of its own, for kernels to be tried on many at once.
#pragma once

#include <random>

#include "ir/graph.h"

namespace thimble::testing {

class RandomLayers {
 public:
  explicit RandomLayers(uint32_t seed) : random_(seed) { graph_.name = "layers"; }

  /// One more layer of a random shape, quantisation and contents.
  void add_conv2d();
  void add_dwconv2d();
  /// Windows of every form, dilated, with one or several filters to a channel.
  void add_any_dwconv2d();
  void add_fully_connected();
  void add_pool2d();
  /// A window layer with explicit padding, of a convolution now and then wider than the window.
  void add_padded();
  void add_sum();
  void add_float_conv2d();
  void add_float_dwconv2d();
  void add_float_fully_connected();
  /// As above with many channels, dilations, batches and every size of a window: for kernels that take such layers.
  void add_wide_conv2d();
  void add_wide_dwconv2d();
  void add_wide_fully_connected();
  /// A row of many features, to many outputs.
  void add_long_fully_connected();
  void add_product();
  /// Convolutions in groups, dilated, of several maps, to a single channel.
  void add_any_conv2d();
  /// Fully connected layers of several rows or few outputs.
  void add_rows();
  /// Fully connected layers and convolutions of thousands of taps.
  void add_long_sums();
  void add_wide_float_conv2d();
  void add_wide_float_dwconv2d();
  void add_float_pool2d();
  /// int16 activations and int8 weights; now and then with sums that need 64 bits.
  void add_int16_conv2d();
  void add_int16_dwconv2d();
  void add_int16_fully_connected();
  /// Weights of four bits.
  void add_nibble_conv2d();
  void add_nibble_fully_connected();

  const Graph& graph() const { return graph_; }

 private:
  void add_fully_connected_of(int rows, int features, int units);
  int pick(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
  template <class T>
  T one_of(std::initializer_list<T> choices) {
    return *(choices.begin() + pick(0, static_cast<int>(choices.size()) - 1));
  }
  Quant quant_of(float scale) { return per_tensor(scale, one_of({-128, 127, 0, pick(-128, 127)})); }
  ValueId add_input(Shape shape);
  ValueId add_int16_input(Shape shape);
  ValueId add_nibble_weights(Shape shape);
  ValueId add_wide_bias(int64_t channels);
  /// Appends the node with an int16 output.
  void finish_int16(std::string_view op, std::vector<ValueId> in, Attrs attrs, double taps);
  ValueId add_floats(const char* name, Shape shape);
  /// Weights with a scale per channel along `axis`, or one scale.
  ValueId add_weights(Shape shape, int axis);
  ValueId add_bias(int64_t channels);
  std::vector<int64_t> pads_up_to(int64_t rows, int64_t columns);
  /// Appends a node of floats.
  void finish_float(std::string_view op, std::vector<ValueId> in, Attrs attrs);
  /// Appends the node; its output's scale makes use of the int8 range, more or less. `spread`: a typical size of the sums.
  void finish(std::string_view op, std::vector<ValueId> in, Attrs attrs, float unit, double spread);

  Graph graph_;
  std::mt19937 random_;
};

}  // namespace thimble::testing
