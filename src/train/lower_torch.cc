#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "ops/batch_norm.h"
#include "ops/binary.h"
#include "ops/concat.h"
#include "ops/depth_to_space.h"
#include "ops/elementwise.h"
#include "ops/fully_connected.h"
#include "ops/pad.h"
#include "ops/reduce.h"
#include "ops/reshape.h"
#include "ops/softmax.h"
#include "ops/split.h"
#include "ops/strided_slice.h"
#include "ops/transpose.h"
#include "train/lower_torch.h"

namespace thimble {
namespace {

using at::Tensor;
using Tensors = std::vector<Tensor>;

/// The graph's shape with the batch in place of its first axis.
Shape batched(const TorchCall& call, Shape shape) {
  expect(!shape.empty() && shape[0] == 1, "the first axis is not the batch: layers that move examples into other axes cannot be trained");
  shape[0] = call.batch;
  return shape;
}

Tensors fully_connected(const TorchCall& call) {
  const auto& a = attrs_of<FullyConnectedAttrs>(call);
  const auto bias = call.in.size() > 2 && call.in[2].defined() ? c10::optional<Tensor>(call.in[2].reshape({-1})) : c10::nullopt;
  const Shape shape = batched(call, call.out_type().shape);
  const Tensor x = call.in[0].reshape({-1, call.type(1).shape[1]});
  return {activated(activated(at::linear(x, call.in[1], bias), a.activation), call.then).view(shape)};
}

Tensors batch_norm(const TorchCall& call) {
  constexpr double kMomentum = 0.1;
  const auto& a = attrs_of<BatchNormAttrs>(call);
  const auto flat = [&](size_t i) { return call.in[i].reshape({-1}); };
  const Tensor& x = call.in[0];
  const bool picture = x.dim() == 4;
  const Tensor rows = picture ? to_planes(x) : x.reshape({-1, x.size(-1)});
  const Tensor y =
      activated(at::batch_norm(rows, flat(1), flat(2), flat(3), flat(4), call.training, kMomentum, a.epsilon, false), call.then);
  return {picture ? to_pixels(y) : y.view(x.sizes())};
}

Tensors softmax(const TorchCall& call) { return {at::softmax(call.in[0] * attrs_of<SoftmaxAttrs>(call).beta, -1)}; }
Tensors log_softmax(const TorchCall& call) { return {at::log_softmax(call.in[0], -1)}; }

Tensors reshape(const TorchCall& call) { return {call.in[0].reshape(batched(call, call.out_type().shape))}; }

/// A constant that joins what flows, repeated for each example.
Tensor repeated(const TorchCall& call, size_t i) {
  const Tensor& x = call.in[i];
  if (x.size(0) == call.batch) return x;
  std::vector<int64_t> sizes = x.sizes().vec();
  sizes[0] = call.batch;
  return x.expand(sizes);
}

Tensors concat(const TorchCall& call) {
  const int64_t axis = attrs_of<ConcatAttrs>(call).axis;
  batched(call, call.out_type().shape);
  Tensors parts;
  for (size_t i = 0; i < call.in.size(); ++i) parts.push_back(repeated(call, i));
  return {at::cat(parts, axis)};
}

Tensors pad(const TorchCall& call) {
  const auto& a = attrs_of<PadAttrs>(call);
  batched(call, call.out_type().shape);
  expect(a.mode == PadMode::Constant, "padding by reflection cannot be trained");
  std::vector<int64_t> sides;  // the last axis first
  for (size_t i = a.before.size(); i-- > 0;) sides.push_back(a.before[i]), sides.push_back(a.after[i]);
  const double value = call.in.size() > 1 && call.in[1].defined() ? call.in[1].item<double>() : 0;
  return {at::constant_pad_nd(call.in[0], sides, value)};
}

std::vector<int64_t> kept_axes(const TorchCall& call) {
  const auto& axes = attrs_of<ReduceAttrs>(call).axes;
  batched(call, call.out_type().shape);
  expect(std::find(axes.begin(), axes.end(), 0) == axes.end(), "a reduction over the batch cannot be trained");
  return axes;
}
Tensors mean(const TorchCall& call) { return {call.in[0].mean(kept_axes(call), attrs_of<ReduceAttrs>(call).keep_dims)}; }
Tensors sum(const TorchCall& call) { return {call.in[0].sum(kept_axes(call), attrs_of<ReduceAttrs>(call).keep_dims)}; }
Tensors reduce_max(const TorchCall& call) { return {call.in[0].amax(kept_axes(call), attrs_of<ReduceAttrs>(call).keep_dims)}; }
Tensors reduce_min(const TorchCall& call) { return {call.in[0].amin(kept_axes(call), attrs_of<ReduceAttrs>(call).keep_dims)}; }

Tensors transpose(const TorchCall& call) {
  const auto& perm = attrs_of<TransposeAttrs>(call).perm;
  expect(!perm.empty() && perm[0] == 0, "a transposition that moves the batch cannot be trained");
  return {call.in[0].permute(perm)};
}

Tensors split(const TorchCall& call) {
  const auto& a = attrs_of<SplitAttrs>(call);
  expect(a.axis > 0, "a split of the batch cannot be trained");
  return at::split_with_sizes(call.in[0], a.sizes, a.axis);
}

Tensors strided_slice(const TorchCall& call) {
  const auto& a = attrs_of<StridedSliceAttrs>(call);
  Tensor x = call.in[0];
  expect(a.begin[0] == 0 && a.size[0] == call.type(0).shape[0], "a slice of the batch cannot be trained");
  for (size_t i = 1; i < a.begin.size(); ++i) {
    expect(a.step[i] > 0, "a slice that goes backwards cannot be trained");
    x = x.slice(static_cast<int64_t>(i), a.begin[i], a.begin[i] + (a.size[i] - 1) * a.step[i] + 1, a.step[i]);
  }
  return {x.reshape(batched(call, call.out_type().shape))};
}

/// The axis of channels goes round the blocks: [b, h, w, (y x c)] to [b, h y, w x, c].
Tensors depth_to_space(const TorchCall& call) {
  const int64_t n = attrs_of<BlockAttrs>(call).block;
  const Shape& s = call.type(0).shape;
  const Tensor x = call.in[0].reshape({call.batch, s[1], s[2], n, n, s[3] / (n * n)}).permute({0, 1, 3, 2, 4, 5});
  return {x.reshape(batched(call, call.out_type().shape))};
}
Tensors space_to_depth(const TorchCall& call) {
  const int64_t n = attrs_of<BlockAttrs>(call).block;
  const Shape& s = call.type(0).shape;
  const Tensor x = call.in[0].reshape({call.batch, s[1] / n, n, s[2] / n, n, s[3]}).permute({0, 1, 3, 2, 4, 5});
  return {x.reshape(batched(call, call.out_type().shape))};
}

template <Tensor (*F)(const Tensor&, const Tensor&)>
Tensors binary(const TorchCall& call) {
  return {activated(activated(F(call.in[0], call.in[1]), attrs_of<BinaryAttrs>(call).activation), call.then)};
}
Tensor plus(const Tensor& a, const Tensor& b) { return at::add(a, b); }
Tensor minus(const Tensor& a, const Tensor& b) { return at::sub(a, b); }
// A product's gradient needs its operands, not its result, so that an activation may overwrite that; a quotient's needs the result.
Tensor times(const Tensor& a, const Tensor& b) { return at::mul(a, b); }
Tensor over(const Tensor& a, const Tensor& b) { return at::mul(a, b.reciprocal()); }
Tensor squared_difference(const Tensor& a, const Tensor& b) { return at::sub(a, b).square(); }
Tensor least(const Tensor& a, const Tensor& b) { return at::minimum(a, b); }
Tensor greatest(const Tensor& a, const Tensor& b) { return at::maximum(a, b); }

/// f(x) without anything else to know.
template <Tensor (*F)(const Tensor&)>
Tensors unary(const TorchCall& call) {
  return {F(call.in[0])};
}
Tensor relu(const Tensor& x) { return at::relu(x); }
Tensor relu6(const Tensor& x) { return at::hardtanh(x, 0, 6); }
Tensor relu_n1_to_1(const Tensor& x) { return at::hardtanh(x, -1, 1); }
Tensor relu_0_to_1(const Tensor& x) { return at::hardtanh(x, 0, 1); }
Tensor logistic(const Tensor& x) { return at::sigmoid(x); }
Tensor tanh(const Tensor& x) { return at::tanh(x); }
Tensor hard_swish(const Tensor& x) { return at::hardswish(x); }
Tensor elu(const Tensor& x) { return at::elu(x); }
Tensor exp(const Tensor& x) { return at::exp(x); }
Tensor log(const Tensor& x) { return at::log(x); }
Tensor sqrt(const Tensor& x) { return at::sqrt(x); }
Tensor rsqrt(const Tensor& x) { return at::rsqrt(x); }
Tensor square(const Tensor& x) { return at::square(x); }
Tensor abs(const Tensor& x) { return at::abs(x); }
Tensor neg(const Tensor& x) { return at::neg(x); }
Tensor sin(const Tensor& x) { return at::sin(x); }
Tensor cos(const Tensor& x) { return at::cos(x); }

Tensors leaky_relu(const TorchCall& call) { return {at::leaky_relu(call.in[0], attrs_of<LeakyReluAttrs>(call).alpha)}; }
Tensors gelu(const TorchCall& call) { return {at::gelu(call.in[0], attrs_of<GeluAttrs>(call).approximate ? "tanh" : "none")}; }

const std::map<std::string_view, Lowering>& table() {
  static const std::map<std::string_view, Lowering> kTable = {
      {"conv2d", lower_conv2d},
      {"dwconv2d", lower_dwconv2d},
      {"fully_connected", fully_connected},
      {"batch_norm", batch_norm},
      {"average_pool2d", lower_average_pool2d},
      {"max_pool2d", lower_max_pool2d},
      {"softmax", softmax},
      {"log_softmax", log_softmax},
      {"reshape", reshape},
      {"concat", concat},
      {"pad", pad},
      {"mean", mean},
      {"sum", sum},
      {"reduce_max", reduce_max},
      {"reduce_min", reduce_min},
      {"transpose", transpose},
      {"split", split},
      {"strided_slice", strided_slice},
      {"depth_to_space", depth_to_space},
      {"space_to_depth", space_to_depth},
      {"lstm", lower_lstm},
      {"add", binary<plus>},
      {"sub", binary<minus>},
      {"mul", binary<times>},
      {"div", binary<over>},
      {"squared_difference", binary<squared_difference>},
      {"minimum", binary<least>},
      {"maximum", binary<greatest>},
      {"relu", unary<relu>},
      {"relu6", unary<relu6>},
      {"relu_n1_to_1", unary<relu_n1_to_1>},
      {"relu_0_to_1", unary<relu_0_to_1>},
      {"leaky_relu", leaky_relu},
      {"logistic", unary<logistic>},
      {"tanh", unary<tanh>},
      {"hard_swish", unary<hard_swish>},
      {"elu", unary<elu>},
      {"gelu", gelu},
      {"exp", unary<exp>},
      {"log", unary<log>},
      {"sqrt", unary<sqrt>},
      {"rsqrt", unary<rsqrt>},
      {"square", unary<square>},
      {"abs", unary<abs>},
      {"neg", unary<neg>},
      {"sin", unary<sin>},
      {"cos", unary<cos>},
  };
  return kTable;
}

}  // namespace

Tensor activated(Tensor x, Activation activation) {
  switch (activation) {
    case Activation::None: return x;
    case Activation::Relu: return x.relu_();
    case Activation::Relu6: return at::hardtanh_(x, 0, 6);
    case Activation::ReluN1To1: return at::hardtanh_(x, -1, 1);
  }
  return x;
}

Lowering lowering_of(std::string_view op) {
  const auto row = table().find(op);
  return row == table().end() ? nullptr : row->second;
}

bool fuses(std::string_view op) {
  static constexpr std::string_view kOps[] = {"conv2d", "dwconv2d", "fully_connected", "batch_norm", "add", "sub", "mul"};
  return std::find(std::begin(kOps), std::end(kOps), op) != std::end(kOps);
}

std::vector<int64_t> kept_order(const Node& node, size_t operand) {
  if (operand == 1 && node.op->name == "dwconv2d") return {3, 0, 1, 2};
  return {};
}

}  // namespace thimble
