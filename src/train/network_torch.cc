#include "train/network_torch.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <numeric>
#include <set>

#include "compress/int8_form.h"
#include "compress/value_scales.h"
#include "train/rounding_torch.h"

namespace thimble {
namespace {

using at::Tensor;

/// A constant that torch works on, kept in the order of axes that suits torch.
struct Kept {
  Tensor tensor;               ///< a leaf where it is trained
  std::vector<int64_t> order;  ///< see kept_order
  bool trained = false;

  Tensor as_in_graph() const {
    if (order.empty()) return tensor;
    std::vector<int64_t> back(order.size());
    for (size_t i = 0; i < order.size(); ++i) back[static_cast<size_t>(order[i])] = static_cast<int64_t>(i);
    return tensor.permute(back);
  }
};

/// Operands that are not learnt: statistics of batch norms, the number that a border is filled with.
bool is_learnt(const Node& node, size_t operand) {
  if (node.op->name == "batch_norm") return operand == 1 || operand == 2;
  return node.op->name != "pad";
}

bool is_weighted(const Node& node) { return weight_axis(*node.op) >= 0; }

Tensor tensor_of(const Value& value) {
  const Tensor t = at::zeros(value.type.shape, at::kFloat);
  if (value.data) std::memcpy(t.data_ptr(), value.data->data(), value.data->size());
  return t;
}

std::span<const float> floats_of(const Tensor& contiguous) {
  return {contiguous.data_ptr<float>(), static_cast<size_t>(contiguous.numel())};
}

/// What activations a node's result goes through at once because nothing else reads it.
Activation activation_of(const Node& node) {
  if (node.op->name == "relu") return Activation::Relu;
  if (node.op->name == "relu6") return Activation::Relu6;
  return node.op->name == "relu_n1_to_1" ? Activation::ReluN1To1 : Activation::None;
}

/// libtorch's own errors come with pages of addresses.
std::vector<Tensor> lowered(const TorchCall& call) {
  try {
    return lowering_of(call.node.op->name)(call);
  } catch (const c10::Error& fault) {
    throw Error(Blame::Bug, fault.what_without_backtrace());
  } catch (const Error&) {
    throw;
  } catch (const std::runtime_error& fault) {
    throw Error(Blame::Bug, fault.what());
  }
}

void check_trainable(const Graph& graph) {
  if (graph.inputs.size() != 1 || graph.outputs.size() != 1)
    throw Error(Blame::Unsupported, fmt::format("the network has {} inputs and {} outputs; those with one of each can be trained",
                                                graph.inputs.size(), graph.outputs.size()));
  std::set<std::string> ops;
  for (const Node& node : graph.nodes)
    if (!lowering_of(node.op->name)) ops.insert(std::string(node.op->name));
  for (const Value& value : graph.values)
    if (value.constant() && value.type.dtype == DType::I8) ops.insert("weights of int8");
  if (ops.empty()) return;
  std::string text =
      fmt::format("the network has {} that cannot be trained:", ops.size() == 1 ? "an op" : fmt::format("{} ops", ops.size()));
  for (const std::string& op : ops) text += "\n  " + op;
  throw Error(Blame::Unsupported, text, "train where the model was made, and give Thimble the result");
}

constexpr int64_t kAlign = 16;  // floats: a line of the cache, a vector of AVX-512
int64_t aligned(int64_t n) { return (n + kAlign - 1) / kAlign * kAlign; }

}  // namespace

struct TorchNetwork::Impl {
  Graph graph;
  at::Device device;
  std::vector<Kept> kept;        ///< by ValueId
  std::vector<Activation> then;  ///< by node
  std::vector<bool> absorbed;    ///< by node: done by the node before it
  std::vector<ValueId> made;     ///< by node: the value that its result is, past what it absorbs
  std::vector<bool> from_input;  ///< by ValueId: the input, perhaps reshaped
  Tensor parameters, gradients, decayed;

  Int8Plan plan;
  std::vector<int64_t> range_at;  ///< by ValueId: where its two range parameters are; -1: it has none
  std::vector<ValueId> ranged;
  Tensor range_start, range_parameters, range_gradients;
  std::vector<std::optional<Quant>> scales;
  Tensor bounds;

  Impl(const Graph& g, bool cuda) : graph(g), device(cuda ? at::kCUDA : at::kCPU), kept(g.values.size()) {
    plan_fusions();
    keep_constants();
    from_input.assign(graph.values.size(), false);
    from_input[static_cast<size_t>(graph.inputs[0])] = true;
    for (const Node& node : graph.nodes)
      if (node.op->name == "reshape") from_input[static_cast<size_t>(node.out[0])] = from_input[static_cast<size_t>(node.in[0])];
  }

  void plan_fusions() {
    const Uses uses = uses_of(graph);
    const size_t count = graph.nodes.size();
    then.assign(count, Activation::None), absorbed.assign(count, false), made.assign(count, kAbsent);
    for (size_t n = 0; n < count; ++n) {
      made[n] = graph.nodes[n].out[0];
      const auto& readers = uses.readers[static_cast<size_t>(made[n])];
      if (!fuses(graph.nodes[n].op->name) || readers.size() != 1 || made[n] == graph.outputs[0]) continue;
      const Node& next = graph.nodes[static_cast<size_t>(readers[0])];
      then[n] = activation_of(next);
      if (then[n] == Activation::None) continue;
      absorbed[static_cast<size_t>(readers[0])] = true;
      made[n] = next.out[0];
    }
  }

  void keep_constants() {
    std::vector<float> decay;
    int64_t size = 0;
    std::vector<ValueId> learnt;
    for (const Node& node : graph.nodes)
      for (size_t i = 0; i < node.in.size(); ++i) {
        const ValueId id = node.in[i];
        if (id == kAbsent || !(graph.value(id).constant() || graph.value(id).state) || graph.type(id).dtype != DType::F32) continue;
        Kept& one = kept[static_cast<size_t>(id)];
        if (one.tensor.defined()) continue;
        one.order = kept_order(node, i);
        one.tensor = tensor_of(graph.value(id));
        if (!one.order.empty()) one.tensor = one.tensor.permute(one.order).contiguous();
        one.tensor = one.tensor.to(device);
        one.trained = graph.value(id).constant() && is_learnt(node, i);
        if (!one.trained) continue;
        learnt.push_back(id);
        const int64_t next = size + aligned(one.tensor.numel());
        const bool recurrent = node.op->name == "lstm" && one.tensor.dim() == 2;
        decay.resize(static_cast<size_t>(next), (is_weighted(node) && i == 1) || recurrent ? 1.0F : 0.0F);
        size = next;
      }
    parameters = at::zeros({size}, device), gradients = at::zeros({size}, device);
    decayed = at::tensor(at::ArrayRef<float>(decay)).to(device);
    int64_t at = 0;
    for (ValueId id : learnt) at += place(kept[static_cast<size_t>(id)].tensor, parameters, gradients, at);
  }

  /// Moves a tensor into the row of parameters: it becomes a view of it, and its gradient one of the row of gradients.
  static int64_t place(Tensor& tensor, const Tensor& row, const Tensor& gradient_row, int64_t at) {
    const int64_t n = tensor.numel();
    const Tensor view = row.narrow(0, at, n).view(tensor.sizes());
    view.copy_(tensor);
    tensor = view.detach().requires_grad_(true);
    tensor.mutable_grad() = gradient_row.narrow(0, at, n).view(tensor.sizes());
    return aligned(n);
  }

  Tensor operand(const Node& node, size_t i, const std::vector<Tensor>& values, const Passage& passage) const {
    const ValueId id = node.in[i];
    if (id == kAbsent) return {};
    const Kept& one = kept[static_cast<size_t>(id)];
    if (!one.tensor.defined()) {
      const Tensor& x = values[static_cast<size_t>(id)];
      const bool hides = passage.training && passage.dropout > 0 && node.op->name == "fully_connected" && i == 0;
      return hides && !from_input[static_cast<size_t>(id)] ? at::dropout(x, passage.dropout, true) : x;
    }
    const Tensor x = one.as_in_graph();
    if (!passage.rounded || graph.value(id).state) return x;
    const int axis = weight_axis(*node.op);
    if (axis >= 0 && i > 1) return x;  // a bias of int32 is as good as exact
    const Tensor plain = x.detach().contiguous().cpu();
    if (axis >= 0) return round_weights(x, weight_quant(floats_of(plain), graph.type(id).shape, axis), axis);
    if (!scales[static_cast<size_t>(node.out[0])] || node.op->name == "lstm") return x;
    return round_activation(x, activation_quant({plain.min().item<float>(), plain.max().item<float>()}), {});
  }

  /// A value as its codes have it.
  Tensor rounded(ValueId id, const Node* producer, const Tensor& x) const {
    const auto& scale = scales[static_cast<size_t>(id)];
    if (!scale) return x;
    const int64_t at = range_at[static_cast<size_t>(id)];
    if (at >= 0) return round_activation(x, *scale, bounds.select(0, at));
    const bool exact = producer && int8_form(*producer->op) == Int8Form::Shared && producer->op->name != "average_pool2d" &&
                       producer->op->name != "resize_bilinear";
    return exact ? x : round_activation(x, *scale, {});
  }

  void set_scales() {
    bounds = range_start * range_parameters.exp();
    scales = value_scales(graph, plan, ranges());
  }

  Ranges ranges() const {
    Ranges all(graph.values.size());
    const Tensor now = (range_start * range_parameters.exp()).detach().cpu().contiguous();
    const float* at = now.data_ptr<float>();
    for (size_t i = 0; i < ranged.size(); ++i) all[static_cast<size_t>(ranged[i])] = Range{at[2 * i], at[2 * i + 1]};
    return all;
  }
};

TorchNetwork::TorchNetwork(const Graph& graph, bool cuda) {
  check_trainable(graph);
  impl_ = std::make_unique<Impl>(graph, cuda);
}
TorchNetwork::~TorchNetwork() = default;

Tensor TorchNetwork::forward(const Tensor& batch, const Passage& passage, const std::function<void(ValueId, const Tensor&)>& each) {
  const Graph& graph = impl_->graph;
  const ValueId until = passage.until == kAbsent ? graph.outputs[0] : passage.until;
  std::vector<Tensor> values(graph.values.size());
  if (passage.rounded) impl_->set_scales();
  const auto set = [&](ValueId id, const Node* producer, Tensor x) {
    if (passage.rounded) x = impl_->rounded(id, producer, x);
    if (each) each(id, x);
    values[static_cast<size_t>(id)] = std::move(x);
  };
  set(graph.inputs[0], nullptr, batch);
  for (size_t n = 0; n < graph.nodes.size() && !values[static_cast<size_t>(until)].defined(); ++n) {
    if (impl_->absorbed[n]) continue;
    const Node& node = graph.nodes[n];
    const Doing doing([&] { return "training layer '" + node.name + "'"; });
    std::vector<Tensor> in;
    for (size_t i = 0; i < node.in.size(); ++i) in.push_back(impl_->operand(node, i, values, passage));
    const TorchCall call{graph, node, in, batch.size(0), passage.training, impl_->then[n]};
    std::vector<Tensor> out = lowered(call);
    set(impl_->made[n], &node, out[0]);
    for (size_t i = 1; i < out.size(); ++i) set(node.out[i], &node, out[i]);
  }
  require(values[static_cast<size_t>(until)].defined(), "a value that no pass through the network makes");
  return values[static_cast<size_t>(until)];
}

Tensor& TorchNetwork::parameters() { return impl_->parameters; }
Tensor& TorchNetwork::gradients() { return impl_->gradients; }
const Tensor& TorchNetwork::decayed() const { return impl_->decayed; }

std::vector<Tensor> TorchNetwork::statistics() const {
  std::vector<Tensor> all;
  for (const Node& node : impl_->graph.nodes)
    if (node.op->name == "batch_norm")
      for (size_t i : {3, 4}) all.push_back(impl_->kept[static_cast<size_t>(node.in[i])].tensor);
  return all;
}

void TorchNetwork::begin_rounding(const Ranges& ranges) {
  Impl& impl = *impl_;
  impl.plan = plan_int8(impl.graph);
  impl.ranged = measured_values(impl.graph, impl.plan);
  impl.range_at.assign(impl.graph.values.size(), -1);
  std::vector<float> start;
  for (ValueId id : impl.ranged) {
    const auto& range = ranges[static_cast<size_t>(id)];
    require(range.has_value(), "rounding begins without the range of a value");
    impl.range_at[static_cast<size_t>(id)] = static_cast<int64_t>(start.size() / 2);
    start.push_back(std::min(range->low, 0.0F)), start.push_back(std::max(range->high, 0.0F));
  }
  const auto count = static_cast<int64_t>(impl.ranged.size());
  impl.range_start = at::tensor(at::ArrayRef<float>(start)).view({count, 2}).to(impl.device);
  impl.range_parameters = at::zeros({count, 2}, impl.device).requires_grad_(true);
  impl.range_gradients = at::zeros({count, 2}, impl.device);
  impl.range_parameters.mutable_grad() = impl.range_gradients;
}

Tensor& TorchNetwork::range_parameters() { return impl_->range_parameters; }
Tensor& TorchNetwork::range_gradients() { return impl_->range_gradients; }
Ranges TorchNetwork::ranges() const { return impl_->ranges(); }
Tensor TorchNetwork::on_device(const Tensor& tensor) const { return tensor.to(impl_->device); }

Graph TorchNetwork::graph() const {
  Graph graph = impl_->graph;
  for (size_t v = 0; v < graph.values.size(); ++v) {
    const Kept& one = impl_->kept[v];
    if (!one.tensor.defined() || !graph.values[v].constant()) continue;
    const Tensor plain = one.as_in_graph().detach().contiguous().cpu();
    graph.values[v].data = bytes_from<float>(floats_of(plain));
  }
  return graph;
}

}  // namespace thimble
