#include "models/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ops/batch_norm.h"
#include "ops/binary.h"
#include "ops/concat.h"
#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "ops/pool2d.h"
#include "ops/reduce.h"
#include "ops/reshape.h"
#include "ops/softmax.h"

namespace thimble {
namespace {

Shape batched(const Shape& shape) {
  Shape all = {1};
  all.insert(all.end(), shape.begin(), shape.end());
  return all;
}

int64_t elements_of(const Shape& shape) { return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>()); }

void place(Window2dAttrs& attrs, Extent stride, Padding padding) {
  attrs.padding = padding, attrs.stride_h = stride.h, attrs.stride_w = stride.w;
}

[[noreturn]] void misfit(const std::string& network, std::string_view wants, const Shape& input, std::string_view instead) {
  throw Error(Blame::User, fmt::format("{} needs {}, but an example is [{}]", network, wants, to_string(input)), std::string(instead));
}

}  // namespace

Network::Network(std::string name, const NetworkRequest& request)
    : graph_{.name = std::move(name)}, request_(request), random_(request.seed) {
  if (request.input.empty() || *std::min_element(request.input.begin(), request.input.end()) < 1)
    misfit(graph_.name, "an input of at least one number", request.input, "see that windows and features are not empty");
  if (request.task != Task::Reconstruction && request.outputs < (request.task == Task::Classification ? 2 : 1))
    throw Error(Blame::User, fmt::format("{} cannot learn {} output{}", graph_.name, request.outputs, request.outputs == 1 ? "" : "s"),
                request.task == Task::Classification ? "to tell classes apart takes recordings of two classes at least" : "");
  graph_.inputs = {};
  graph_.add_input("input", {DType::F32, batched(request.input), {}});
}

ValueId Network::picture() {
  const Shape& in = request_.input;
  if (in.size() == 3) return input();
  if (in.size() == 2) return reshape(input(), {1, in[0], in[1], 1});
  misfit(graph_.name, "pictures [rows, columns, channels] or features over time [frames, numbers]", in,
         "for features in one row take mlp, or a block that keeps time apart (spectrogram, mfe, mfcc)");
}

ValueId Network::sequence() {
  const Shape& in = request_.input;
  if (in.size() == 2) return input();
  misfit(graph_.name, "[samples, channels] or features over time [frames, numbers]", in,
         in.size() == 1 ? "for features in one row take mlp, or learn from the samples themselves: a project without [[block]]"
                        : "for pictures take cnn or ds_cnn");
}

ValueId Network::sequence_for_windows() {
  const Shape all = shape(sequence());
  return reshape(input(), {1, all[1], 1, all[2]});
}

std::string Network::name(std::string_view what) { return fmt::format("{}_{}", what, ++names_); }

/// splitmix64: the same everywhere, unlike the distributions of the standard library.
double Network::uniform() {
  uint64_t z = random_ += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/// Uniform with the variance that keeps the size of values after a ReLU (He et al. 2015).
ValueId Network::weights(std::string_view what, Shape shape, int64_t inputs) {
  const double bound = std::sqrt(6.0 / static_cast<double>(inputs));
  std::vector<float> all(static_cast<size_t>(elements_of(shape)));
  for (float& w : all) w = static_cast<float>(bound * (2 * uniform() - 1));
  return graph_.add_constant<float>(name(what), std::move(shape), all);
}

ValueId Network::zeros(std::string_view what, int64_t count, float value) {
  return graph_.add_constant<float>(name(what), {count}, std::vector<float>(static_cast<size_t>(count), value));
}

ValueId Network::state(std::string_view what, Shape shape) { return graph_.add_state(name(what), {DType::F32, std::move(shape), {}}); }

ValueId Network::node(std::string_view op, std::vector<ValueId> in, Attrs attrs) {
  return add_node(graph_, op, name(op), std::move(in), std::move(attrs));
}

ValueId Network::dense(ValueId x, int64_t units, Activation activation) {
  const int64_t inputs = elements_of(shape(x));
  const ValueId w = weights("weights", {units, inputs}, inputs), b = zeros("bias", units);
  return node("fully_connected", {flatten(x), w, b}, FullyConnectedAttrs{.activation = activation});
}

ValueId Network::conv(ValueId x, int64_t filters, Extent kernel, Extent stride, Padding padding) {
  const int64_t channels = shape(x)[3];
  Conv2dAttrs attrs;
  place(attrs, stride, padding);
  return node("conv2d", {x, weights("filters", {filters, kernel.h, kernel.w, channels}, kernel.h * kernel.w * channels)}, attrs);
}

ValueId Network::depthwise(ValueId x, Extent kernel, Extent stride, Padding padding) {
  Dwconv2dAttrs attrs;
  place(attrs, stride, padding);
  return node("dwconv2d", {x, weights("filters", {1, kernel.h, kernel.w, shape(x)[3]}, kernel.h * kernel.w)}, attrs);
}

ValueId Network::batch_norm(ValueId x) {
  const int64_t channels = shape(x).back();
  const ValueId gamma = zeros("gamma", channels, 1), beta = zeros("beta", channels);
  const ValueId mean = zeros("mean", channels), variance = zeros("variance", channels, 1);
  return node("batch_norm", {x, gamma, beta, mean, variance}, BatchNormAttrs{});
}

ValueId Network::conv_norm(ValueId x, int64_t filters, Extent kernel, Extent stride, std::string_view activation) {
  x = batch_norm(conv(x, filters, kernel, stride));
  return activation.empty() ? x : unary(x, activation);
}

ValueId Network::depthwise_norm(ValueId x, Extent kernel, Extent stride, std::string_view activation) {
  x = batch_norm(depthwise(x, kernel, stride));
  return activation.empty() ? x : unary(x, activation);
}

ValueId Network::unary(ValueId x, std::string_view op) { return node(op, {x}); }

ValueId Network::add(ValueId a, ValueId b, Activation activation) { return node("add", {a, b}, BinaryAttrs{activation}); }

ValueId Network::concat(std::vector<ValueId> parts) {
  const auto axis = static_cast<int64_t>(shape(parts[0]).size()) - 1;
  return node("concat", std::move(parts), ConcatAttrs{axis});
}

ValueId Network::max_pool(ValueId x, Extent window, Extent stride, Padding padding) {
  Pool2dAttrs attrs;
  place(attrs, stride, padding);
  attrs.kernel_h = window.h, attrs.kernel_w = window.w;
  return node("max_pool2d", {x}, attrs);
}

ValueId Network::global_average(ValueId x) { return node("mean", {x}, ReduceAttrs{{1, 2}, false}); }

ValueId Network::flatten(ValueId x) { return shape(x).size() == 2 ? x : reshape(x, {1, elements_of(shape(x))}); }

ValueId Network::reshape(ValueId x, Shape to) { return node("reshape", {x}, ReshapeAttrs{std::move(to)}); }

Graph Network::with_head(ValueId x) {
  if (request_.task == Task::Reconstruction) return ending_in(reshape(dense(x, elements_of(request_.input)), batched(request_.input)));
  x = dense(x, request_.outputs);
  if (request_.task == Task::Classification) x = node("softmax", {x}, SoftmaxAttrs{});
  if (request_.task == Task::MultiLabel) x = unary(x, "logistic");
  return ending_in(x);
}

Graph Network::ending_in(ValueId x) {
  graph_.outputs = {x};
  return std::move(graph_);
}

void require_each(std::string_view field, const std::vector<int64_t>& numbers, int64_t least) {
  for (int64_t number : numbers)
    if (number < least) throw Error(Blame::User, fmt::format("{} holds {}; each must be at least {}", field, number, least));
}

}  // namespace thimble
