#include "random_graphs/random_graph.h"

#include <algorithm>
#include <random>

#include "cases/op_case.h"
#include "kernels/kernel.h"
#include "ops/batch_norm.h"
#include "ops/concat.h"
#include "ops/conv2d.h"
#include "ops/depth_to_space.h"
#include "ops/dwconv2d.h"
#include "ops/fully_connected.h"
#include "ops/gather.h"
#include "ops/lstm.h"
#include "ops/pack.h"
#include "ops/pad.h"
#include "ops/pool2d.h"
#include "ops/quantize.h"
#include "ops/reshape.h"
#include "ops/resize.h"
#include "ops/split.h"
#include "ops/strided_slice.h"
#include "ops/svdf.h"
#include "ops/transpose.h"
#include "ops/transpose_conv.h"
#include "ops/unpack.h"

namespace thimble::testing {
namespace {

constexpr int64_t kMostElements = 4096;
constexpr int kAttempts = 200;

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed), int8_(random_() % 4 != 0) {
    graph_.name = "random_" + std::to_string(seed);
    const DType dtype = int8_ ? DType::I8 : DType::F32;
    const auto add = [&](Shape shape) {
      const std::string name = "in" + std::to_string(graph_.inputs.size());
      pool_.push_back(graph_.add_input(name, {dtype, std::move(shape), int8_ ? random_quant() : Quant{}}));
    };
    add({1, between(1, 12), between(1, 12), between(1, 9)});
    if (between(0, 2) == 0) add({between(1, 3), between(1, 40)});
  }

  Graph make() {
    const auto nodes = static_cast<size_t>(between(5, 12));
    for (int attempt = 0; attempt < kAttempts && graph_.nodes.size() < nodes; ++attempt) try_node();
    const Uses uses = uses_of(graph_);
    for (size_t i = 0; i < graph_.values.size(); ++i)
      if (uses.readers[i].empty() && uses.producer[i] >= 0) graph_.outputs.push_back(static_cast<ValueId>(i));
    return std::move(graph_);
  }

 private:
  int64_t between(int64_t low, int64_t high) { return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1)); }
  uint32_t any_seed() { return static_cast<uint32_t>(random_()); }
  bool coin() { return between(0, 1) == 1; }
  Quant random_quant() { return per_tensor(static_cast<float>(between(5, 400)) / 2000.0f, static_cast<int32_t>(between(-128, 127))); }
  std::string next_name() { return "n" + std::to_string(graph_.nodes.size()); }
  template <class T>
  const T& any(const std::vector<T>& list) {
    return list[static_cast<size_t>(between(0, static_cast<int64_t>(list.size()) - 1))];
  }
  Activation random_activation() { return static_cast<Activation>(coin() ? 0 : between(0, 3)); }

  /// Adds one node or leaves the graph as it was: what does not fit is refused by infer, by the kernels or by the evaluation.
  void try_node() {
    const Graph before = graph_;
    try {
      make_node();
      const Node& node = graph_.nodes.back();
      for (ValueId id : node.out)
        if (graph_.type(id).elements() > kMostElements) throw Error(Blame::User, "too large");
      const auto verdicts = consider(node, graph_, board_named("x86_64"));
      if (verdicts.empty() || !verdicts[0].refusal.empty()) throw Error(Blame::Unsupported, "no kernel");
      evaluate();
      for (ValueId id : node.out)
        if (graph_.type(id).rank() > 0) pool_.push_back(id);  // a scalar is only looked at
    } catch (const Error& error) {
      if (error.blame == Blame::Bug) throw;
      graph_ = before;
    }
  }

  void evaluate() const {
    Graph whole = graph_;
    whole.outputs = {graph_.nodes.back().out[0]};
    verify(whole);
    std::vector<Buffer> inputs;
    for (ValueId id : whole.inputs) inputs.push_back(random_contents(whole.type(id), 1));
    Interpreter(whole).run(inputs);
  }

  ValueId add(std::string_view op, std::vector<ValueId> in, Attrs attrs = {}) {
    const OpDef& def = op_named(op);
    const ValueId first = graph_.add_node(def, next_name(), std::move(in), std::move(attrs));
    for (ValueId id : graph_.nodes.back().out) {
      TensorType& type = graph_.value(id).type;
      if (type.dtype == DType::I8 && !type.quant.quantised()) type.quant = quant_for(op);
    }
    return first;
  }

  /// Ops whose integer output has one scale only.
  Quant quant_for(std::string_view op) {
    if (op == "softmax" || op == "logistic") return per_tensor(1.0f / 256, -128);
    if (op == "log_softmax") return per_tensor(16.0f / 256, 127);
    if (op == "tanh") return per_tensor(1.0f / 128, 0);
    return random_quant();
  }

  void make_node() {
    const ValueId x = coin() ? pool_.back() : any(pool_);
    const auto rank = graph_.type(x).rank();
    switch (between(0, 11)) {
      case 0: return elementwise(x);
      case 1: return joined(x);
      case 2: return moved(x);
      case 3: return cut(x);
      case 4: return rank == 2 && coin() ? filter_with_memory(x) : rank == 3 ? recurrent(x) : weighted_matrix(x);
      case 5: return graph_.type(x).dtype == DType::F32 && coin() ? of_floats(x) : elementwise(x);
      case 6: return joined(x);
      default: return rank == 4 ? image(x) : elementwise(x);
    }
  }

  /// Any op of the table that one operand, or two of one shape, satisfy with its default attributes.
  void elementwise(ValueId x) {
    const std::vector<const OpDef*> ops(all_ops().begin(), all_ops().end());
    const OpDef& op = *any(ops);
    if (op.min_in == 1)
      add(op.name, {x});
    else if (op.min_in == 2 && op.state_in.empty())
      add(op.name, {x, coin() ? x : same_shape(x)});
    else
      throw Error(Blame::User, "takes more");
  }

  ValueId same_shape(ValueId x) {
    std::vector<ValueId> fit;
    for (ValueId id : pool_)
      if (graph_.type(id).shape == graph_.type(x).shape && graph_.type(id).dtype == graph_.type(x).dtype) fit.push_back(id);
    return any(fit);
  }

  /// concat and pack need one scale: the same value again, or others that happen to share it.
  void joined(ValueId x) {
    std::vector<ValueId> in = {x};
    for (ValueId id : pool_)
      if (graph_.type(id) == graph_.type(x) && in.size() < 4) in.push_back(id);
    if (coin())
      add("concat", in, ConcatAttrs{between(0, graph_.type(x).rank() - 1)});
    else if (graph_.type(x).rank() < 4)
      add("pack", in, PackAttrs{between(0, graph_.type(x).rank())});
    else
      elementwise(x);
  }

  void moved(ValueId x) {
    const TensorType& type = graph_.type(x);
    std::vector<int64_t> perm(type.shape.size()), before, after;
    for (size_t i = 0; i < perm.size(); ++i) perm[i] = static_cast<int64_t>(i);
    for (size_t i = perm.size(); i > 1; --i) std::swap(perm[i - 1], perm[static_cast<size_t>(between(0, static_cast<int64_t>(i) - 1))]);
    switch (between(0, 3)) {
      case 0: add("transpose", {x}, TransposeAttrs{perm}); return;
      case 1: add("reshape", {x}, ReshapeAttrs{{1, type.elements()}}); return;
      case 2: add("reshape", {x}, ReshapeAttrs{{1, 1, type.elements() / type.shape.back(), type.shape.back()}}); return;
      default: break;
    }
    for (int64_t d : type.shape) {
      before.push_back(between(0, std::min<int64_t>(2, d - 1)));
      after.push_back(between(0, std::min<int64_t>(2, d - 1)));
    }
    add("pad", {x}, PadAttrs{before, after, static_cast<PadMode>(between(0, 2))});
  }

  void cut(ValueId x) {
    const TensorType type = graph_.type(x);
    const int64_t axis = between(0, type.rank() - 1), length = type.shape[static_cast<size_t>(axis)];
    if (const int64_t kind = between(0, 3); kind == 0 && length > 1) {
      const int64_t first = between(1, length - 1);
      add("split", {x}, SplitAttrs{axis, {first, length - first}});
    } else if (kind == 1 && length <= 6 && type.rank() > 1) {
      add("unpack", {x}, UnpackAttrs{axis});
    } else if (kind == 2) {
      std::vector<int32_t> indices(static_cast<size_t>(between(1, 5)));
      for (int32_t& i : indices) i = static_cast<int32_t>(between(0, length - 1));
      const ValueId list = graph_.add_constant<int32_t>(next_name() + "_indices", {static_cast<int64_t>(indices.size())}, indices);
      add("gather", {x, list}, GatherAttrs{axis});
    } else {
      slice(x, type);
    }
  }

  void slice(ValueId x, const TensorType& type) {
    StridedSliceAttrs attrs;
    for (int64_t d : type.shape) {
      const int64_t step = between(1, 3), begin = between(0, d - 1), size = between(1, (d - 1 - begin) / step + 1);
      const bool backwards = between(0, 3) == 0;
      attrs.begin.push_back(backwards ? begin + (size - 1) * step : begin);
      attrs.size.push_back(size);
      attrs.step.push_back(backwards ? -step : step);
    }
    attrs.shape = attrs.size;
    add("strided_slice", {x}, attrs);
  }

  /// Weights of the graph's kind, with a bias of `channels`; per-channel scales along `axis` half of the time.
  std::vector<ValueId> weights(ValueId x, Shape shape, int axis, int64_t channels, bool per_channel = true) {
    const std::string name = next_name();
    const bool int8 = graph_.type(x).dtype == DType::I8;
    std::vector<ValueId> in = {x};
    in.push_back(int8 ? random_weights(graph_, name + "_w", std::move(shape), per_channel && coin() ? axis : -1, any_seed())
                      : random_floats(graph_, name + "_w", std::move(shape), any_seed()));
    if (between(0, 3) > 0)
      in.push_back(int8 ? random_bias(graph_, name + "_b", channels, any_seed())
                        : random_floats(graph_, name + "_b", {channels}, any_seed()));
    return in;
  }

  /// Ops that only float graphs have: on their way to int8 they are gone, or stand before the network.
  void of_floats(ValueId x) {
    const std::string name = next_name();
    const Shape shape = graph_.type(x).shape;
    if (coin()) {
      add("roll", {x, graph_.add_state(name + "_rows", {DType::F32, {between(1, 4), graph_.type(x).elements()}, {}})});
      return;
    }
    std::vector<float> variance(static_cast<size_t>(shape.back()));
    for (float& v : variance) v = static_cast<float>(between(1, 40)) / 10.0f;
    std::vector<ValueId> in = {x};
    for (const char* what : {"_gamma", "_beta", "_mean"}) in.push_back(random_floats(graph_, name + what, {shape.back()}, any_seed()));
    in.push_back(graph_.add_constant<float>(name + "_variance", {shape.back()}, variance));
    add("batch_norm", in, BatchNormAttrs{});
  }

  void weighted_matrix(ValueId x) {
    const int64_t features = graph_.type(x).shape.back(), units = between(1, 12);
    add("fully_connected", weights(x, {units, features}, 0, units), FullyConnectedAttrs{random_activation(), coin()});
  }

  void filter_with_memory(ValueId x) {
    const bool int8 = graph_.type(x).dtype == DType::I8;
    const int64_t features = graph_.type(x).shape[1], units = between(1, 5), rank = between(1, 3), memory = between(2, 6);
    const std::string name = next_name();
    std::vector<ValueId> in = weights(x, {units * rank, features}, 0, units, false);
    in.resize(3, kAbsent);
    if (int8 && in[2] != kAbsent) graph_.value(in[2]).type.quant = per_tensor(0.0008f * 0.00002f, 0);
    const TensorType time{DType::I16, {units * rank, memory}, per_tensor(0.00002f, 0)};
    in.insert(in.begin() + 2, int8 ? graph_.add_value({name + "_time", time, make_bytes(random_contents(time, any_seed()))})
                                   : random_floats(graph_, name + "_time", time.shape, any_seed()));
    const Shape remembered{graph_.type(x).shape[0], units * rank * memory};
    in.push_back(graph_.add_state(
        name + "_state", int8 ? TensorType{DType::I16, remembered, per_tensor(0.0008f, 0)} : TensorType{DType::F32, remembered, {}}));
    add("svdf", in, SvdfAttrs{rank, Activation::Relu});
  }

  void recurrent(ValueId x) {
    if (graph_.type(x).dtype != DType::F32) throw Error(Blame::User, "the int8 form needs scales of its own: see tests/cases/lstm.cc");
    const int64_t features = graph_.type(x).shape[2], cells = between(1, 4);
    const std::string name = next_name();
    std::vector<ValueId> in = {x};
    for (int i = 0; i < 8; ++i)
      in.push_back(random_floats(graph_, name + "_w" + std::to_string(i), {cells, i < 4 ? features : cells}, any_seed(), 0.7));
    for (int g = 0; g < 4; ++g) in.push_back(random_floats(graph_, name + "_b" + std::to_string(g), {cells}, any_seed(), 0.5));
    for (const char* state : {"_output", "_cell"})
      in.push_back(graph_.add_state(name + state, {DType::F32, {graph_.type(x).shape[0], cells}, {}}));
    add("lstm", in, LstmAttrs{});
  }

  void transposed(ValueId x, int64_t kernel_h, int64_t kernel_w) {
    const Shape& shape = graph_.type(x).shape;
    TransposeConvAttrs a{.padding = Padding::Same, .stride_h = between(1, 2), .stride_w = between(1, 2), .activation = random_activation()};
    a.out_h = shape[1] * a.stride_h, a.out_w = shape[2] * a.stride_w;
    const int64_t filters = between(1, 6);
    add("transpose_conv", weights(x, {filters, kernel_h, kernel_w, shape[3]}, 0, filters), a);
  }

  Window2dAttrs random_window() {
    Window2dAttrs a;
    a.padding = static_cast<Padding>(between(0, 1));
    a.stride_h = between(1, 3), a.stride_w = between(1, 3);
    if (a.stride_h == 1 && a.stride_w == 1) a.dilation_h = between(1, 2), a.dilation_w = between(1, 2);
    return a;
  }

  void image(ValueId x) {
    const int64_t channels = graph_.type(x).shape[3], kernel_h = between(1, 4), kernel_w = between(1, 4);
    switch (between(0, 6)) {
      case 0:
      case 1: {
        const int64_t filters = between(1, 9);
        add("conv2d", weights(x, {filters, kernel_h, kernel_w, channels}, 0, filters), Conv2dAttrs{random_window(), random_activation()});
        return;
      }
      case 2: {
        const int64_t out = channels * between(1, 3);
        add("dwconv2d", weights(x, {1, kernel_h, kernel_w, out}, 3, out), Dwconv2dAttrs{random_window(), random_activation()});
        return;
      }
      case 3: {
        Window2dAttrs window = random_window();
        window.dilation_h = window.dilation_w = 1;
        add(coin() ? "average_pool2d" : "max_pool2d", {x}, Pool2dAttrs{window, kernel_h, kernel_w, random_activation()});
        return;
      }
      case 4: add(coin() ? "depth_to_space" : "space_to_depth", {x}, BlockAttrs{2}); return;
      case 5: return transposed(x, kernel_h, kernel_w);
      default: resize(x);
    }
  }

  void resize(ValueId x) {
    ResizeAttrs attrs{between(1, 14), between(1, 14)};
    (coin() ? attrs.align_corners : attrs.half_pixel_centers) = coin();
    add(coin() ? "resize_nearest" : "resize_bilinear", {x}, attrs);
  }

  std::mt19937 random_;
  bool int8_;
  Graph graph_;
  std::vector<ValueId> pool_;  ///< values that a node may read
};

}  // namespace

Graph random_graph(uint32_t seed) { return Generator(seed).make(); }

}  // namespace thimble::testing
