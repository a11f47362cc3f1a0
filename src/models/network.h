/// What the architectures are written with: a float graph that grows layer by layer, weights drawn as it grows.
#pragma once

#include <string>
#include <vector>

#include "models/architecture.h"
#include "ops/arithmetic.h"

namespace thimble {

/// What a builder is asked for, beside its own fields.
struct NetworkRequest {
  Shape input;
  int outputs = 1;
  Task task = Task::Classification;
  uint64_t seed = 1;
};

/// Rows and columns of a window or a stride.
struct Extent {
  int64_t h = 1, w = 1;
};

class Network {
 public:
  Network(std::string name, const NetworkRequest& request);

  Shape shape(ValueId x) const { return graph_.type(x).shape; }
  /// The input; reshaped by the functions below where they need it otherwise.
  ValueId input() const { return graph_.inputs[0]; }
  /// The input as a picture [1, rows, columns, channels]: of three axes, or of two with one channel. A User error otherwise.
  ValueId picture();
  /// The input as a sequence, [1, samples, channels] as it is or [1, samples, 1, channels] for convolutions. A User error where it has
  /// not two axes.
  ValueId sequence();
  ValueId sequence_for_windows();

  ValueId dense(ValueId x, int64_t units, Activation activation = Activation::None);
  ValueId conv(ValueId x, int64_t filters, Extent kernel, Extent stride = {}, Padding padding = Padding::Same);
  ValueId depthwise(ValueId x, Extent kernel, Extent stride = {}, Padding padding = Padding::Same);
  ValueId batch_norm(ValueId x);
  /// A convolution without bias, batch norm, then the elementwise op of that name; empty: none.
  ValueId conv_norm(ValueId x, int64_t filters, Extent kernel, Extent stride, std::string_view activation);
  ValueId depthwise_norm(ValueId x, Extent kernel, Extent stride, std::string_view activation);
  ValueId unary(ValueId x, std::string_view op);
  ValueId add(ValueId a, ValueId b, Activation activation = Activation::None);
  ValueId concat(std::vector<ValueId> parts);  ///< along the channels
  ValueId max_pool(ValueId x, Extent window, Extent stride, Padding padding = Padding::Valid);
  /// The mean of each channel: [1, channels].
  ValueId global_average(ValueId x);
  ValueId flatten(ValueId x);
  ValueId reshape(ValueId x, Shape shape);
  /// `count` floats drawn for a layer of which `inputs` reach one output.
  ValueId weights(std::string_view what, Shape shape, int64_t inputs);
  ValueId zeros(std::string_view what, int64_t count, float value = 0);
  /// Zeros that outlive a run.
  ValueId state(std::string_view what, Shape shape);
  /// Appends an op of ops.h under a fresh name.
  ValueId node(std::string_view op, std::vector<ValueId> in, Attrs attrs = {});

  /// The graph that ends in the request's outputs computed from `x` by a dense layer, and in what its task makes of them.
  Graph with_head(ValueId x);
  /// The graph that ends in `x` as it is.
  Graph ending_in(ValueId x);

 private:
  std::string name(std::string_view what);
  double uniform();

  Graph graph_;
  NetworkRequest request_;
  uint64_t random_;
  int names_ = 0;
};

/// A row whose builder takes its fields as a struct: `Graph f(const Fields&, const NetworkRequest&)`.
template <class Fields, auto kBuild>
Architecture architecture(std::string_view name, std::string_view summary) {
  return {name, summary, [] { return fields_of(Fields{}); },
          [](const AttrBag& bag, const Shape& input, int outputs, Task task, uint64_t seed) {
            return kBuild(from_bag<Fields>(bag), NetworkRequest{input, outputs, task, seed});
          }};
}

/// A User error where one of a field's numbers is below `least`.
void require_each(std::string_view field, const std::vector<int64_t>& numbers, int64_t least = 1);

}  // namespace thimble
