#include "compress/damage.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "ops/ops.h"
#include "ops/quantize.h"

namespace thimble {
namespace {

/// Codes of floats at a type's scale, as the quantize op makes them; indices and the like as they are.
Buffer codes_of(const TensorView& reals, const TensorType& type) {
  if (reals.type->dtype == type.dtype) return {reals.data, reals.data + type.bytes()};
  Buffer codes(static_cast<size_t>(type.bytes()));
  const TensorView out{&type, codes.data()};
  op_named("quantize").eval(QuantizeAttrs{type.dtype}, {&reals, 1}, {&out, 1});
  return codes;
}

int64_t largest_of(std::span<const float> values) { return std::max_element(values.begin(), values.end()) - values.begin(); }

class Damager {
 public:
  Damager(const Graph& graph, const Graph& made, const QuantizeReport& report)
      : graph_(graph), made_(made), report_(report), floats_(graph), ints_(made), layer_of_(made.nodes.size(), -1) {
    const Uses uses = uses_of(made);
    for (const Node& node : graph.nodes) {
      const ValueId codes = report.codes[static_cast<size_t>(node.out[0])];
      const int n = codes == kAbsent ? -1 : uses.producer[static_cast<size_t>(codes)];
      if (n < 0 || made.nodes[static_cast<size_t>(n)].name != node.name) continue;
      layer_of_[static_cast<size_t>(n)] = static_cast<int>(damage_.layers.size());
      damage_.layers.push_back({.name = node.name, .op = std::string(node.op->name), .quant = made.type(codes).quant});
    }
    for (ValueId id : made.outputs) damage_.outputs.push_back({.name = made.value(id).name});
  }

  void add(const ExampleInputs& example, bool layers) {
    floats_.reset(), ints_.reset();
    floats_.run(example);
    ints_.run(inputs_for(made_, example), [&](size_t n, Outputs) {
      if (layers && layer_of_[n] >= 0) compare(made_.nodes[n], damage_.layers[static_cast<size_t>(layer_of_[n])]);
    });
    for (size_t i = 0; i < damage_.outputs.size(); ++i) compare_output(i);
  }
  Damage done() { return std::move(damage_); }

 private:
  TensorView real(ValueId made) const { return floats_.value(report_.origin[static_cast<size_t>(made)]); }

  void compare(const Node& node, LayerDamage& layer) {
    const std::vector<float> wanted = reals_of(real(node.out[0]));
    layer.accumulated.add(wanted, reals_of(ints_.value(node.out[0])));
    layer.own.add(wanted, alone(node));
    const auto at = [&](int code) { return layer.quant.scale[0] * static_cast<float>(code - layer.quant.zero[0]); };
    const float low = at(-128) - layer.quant.scale[0] / 2, high = at(127) + layer.quant.scale[0] / 2;
    if (layer.count == 0) layer.seen = {wanted[0], wanted[0]};
    for (float value : wanted) {
      layer.seen = joined(layer.seen, {value, value});
      const double beyond = std::max({0.0, static_cast<double>(low - value), static_cast<double>(value - high)});
      layer.clipped += beyond > 0;
      layer.clipped_noise += beyond * beyond;
    }
    layer.count += static_cast<int64_t>(wanted.size());
  }

  /// The node's first result when its operands are codes of the float graph's values, and its states are at their first contents.
  std::vector<float> alone(const Node& node) const {
    std::vector<TensorView> in, out;
    std::vector<Buffer> kept;
    kept.reserve(node.in.size() + node.out.size());
    for (ValueId id : node.in) {
      in.push_back(ints_.value(id));
      if (id == kAbsent || made_.value(id).constant()) continue;
      kept.push_back(made_.value(id).state ? first_contents(made_.value(id)) : codes_of(real(id), made_.type(id)));
      in.back().data = kept.back().data();
    }
    for (ValueId id : node.out) {
      kept.emplace_back(static_cast<size_t>(made_.type(id).bytes()));
      out.push_back({&made_.type(id), kept.back().data()});
    }
    node.op->eval(node.attrs, in, out);
    return reals_of(out[0]);
  }

  void compare_output(size_t i) {
    OutputDamage& output = damage_.outputs[i];
    const std::vector<float> wanted = reals_of(floats_.value(graph_.outputs[i])), got = reals_of(ints_.value(made_.outputs[i]));
    output.error.add(wanted, got);
    output.largest.push_back(largest_of(wanted));
    output.largest_int8.push_back(largest_of(got));
  }

  const Graph &graph_, &made_;
  const QuantizeReport& report_;
  Interpreter floats_, ints_;
  std::vector<int> layer_of_;  ///< by node of the int8 graph; -1: a conversion, or a float layer
  Damage damage_;
};

}  // namespace

void Error2::add(std::span<const float> reals, std::span<const float> approximations) {
  for (size_t i = 0; i < reals.size(); ++i) {
    const auto real = static_cast<double>(reals[i]), error = real - static_cast<double>(approximations[i]);
    signal += real * real;
    noise += error * error;
  }
}

double Error2::db() const { return noise > 0 ? 10 * std::log10(signal / noise) : std::numeric_limits<double>::infinity(); }

double LayerDamage::rounding_noise() const {
  const auto step = static_cast<double>(quant.scale[0]);
  return step * step / 12 * static_cast<double>(count);
}

int64_t OutputDamage::same_largest() const {
  int64_t same = 0;
  for (size_t i = 0; i < largest.size(); ++i) same += largest[i] == largest_int8[i];
  return same;
}

std::vector<size_t> Damage::culprits() const {
  std::vector<size_t> order(layers.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return layers[a].own.db() < layers[b].own.db(); });
  return order;
}

std::vector<float> reals_of(const TensorView& tensor) {
  if (tensor.type->dtype == DType::F32) {
    const auto all = tensor.as<const float>();
    return {all.begin(), all.end()};
  }
  std::vector<float> reals(static_cast<size_t>(tensor.type->elements()));
  const std::vector<int64_t> codes = to_int64(tensor);
  const Quant& quant = tensor.type->quant;
  for (size_t i = 0; i < reals.size(); ++i)
    reals[i] = quant.quantised() ? quant.scale[0] * static_cast<float>(codes[i] - quant.zero[0]) : static_cast<float>(codes[i]);
  return reals;
}

ExampleInputs inputs_for(const Graph& graph, const ExampleInputs& floats) {
  ExampleInputs inputs;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const TensorType& type = graph.type(graph.inputs[i]);
    const TensorType real{DType::F32, type.shape, {}};
    const TensorView view{&real, const_cast<std::byte*>(floats[i].data())};
    inputs.push_back(floats[i].size() == static_cast<size_t>(type.bytes()) ? floats[i] : codes_of(view, type));
  }
  return inputs;
}

Damage damage_of(const Graph& graph, const Graph& made, const QuantizeReport& report, std::span<const ExampleInputs> examples,
                 Progress& progress, size_t layer_examples) {
  progress.begin("comparing float with int8");
  Damager damager(graph, made, report);
  for (size_t i = 0; i < examples.size(); ++i) {
    damager.add(examples[i], i < layer_examples);
    progress.update(static_cast<int64_t>(i + 1), static_cast<int64_t>(examples.size()));
  }
  return damager.done();
}

}  // namespace thimble
