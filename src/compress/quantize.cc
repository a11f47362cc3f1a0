#include "compress/quantize.h"

#include <algorithm>

#include "compress/int8_form.h"
#include "compress/recurrent.h"
#include "compress/value_scales.h"
#include "ops/ops.h"
#include "ops/quantize.h"
#include "ops/weights.h"
#include "passes/passes.h"

namespace thimble {
namespace {

class Quantizer {
 public:
  Quantizer(const Graph& from, const Ranges& ranges, const QuantizeOptions& options)
      : from_(from),
        ranges_(ranges),
        options_(options),
        plan_(plan_int8(from)),
        scales_(value_scales(from, plan_, ranges)),
        codes_(from.values.size(), kAbsent),
        reals_(from.values.size(), kAbsent) {
    to_.name = from.name;
  }

  Graph run() {
    for (ValueId id : from_.inputs) {
      const Value& input = from_.value(id);
      const bool int8 = scale(id) && !options_.float_in;
      (int8 ? codes_ : reals_)[index(id)] = to_.add_input(input.name, int8 ? codes_type(id) : input.type);
    }
    for (size_t n = 0; n < from_.nodes.size(); ++n) {
      const Doing doing([&] { return "quantising '" + from_.nodes[n].name + "'"; });
      plan_.int8(n) ? add_int8(from_.nodes[n]) : add_float(from_.nodes[n]);
    }
    for (ValueId id : from_.outputs) {
      const bool as_codes = codes_[index(id)] != kAbsent && reals_[index(id)] == kAbsent && !options_.float_out;
      to_.outputs.push_back(as_codes ? codes_[index(id)] : real(id));
    }
    note_origins();
    verify(to_);
    return std::move(to_);
  }

  void fill(QuantizeReport& report) {
    for (size_t n = 0; n < from_.nodes.size(); ++n) {
      const Node& node = from_.nodes[n];
      const auto flows = [&](ValueId id) { return is_activation(from_, id); };
      if (!plan_.int8(n) && std::any_of(node.in.begin(), node.in.end(), flows))
        report.stays_float.push_back({node.name, std::string(node.op->name), *plan_.stays[n]});
    }
    report.codes = std::move(codes_);
    report.origin = std::move(origin_);
  }

 private:
  static size_t index(ValueId id) { return static_cast<size_t>(id); }
  const std::optional<Quant>& scale(ValueId id) const { return scales_[index(id)]; }
  TensorType codes_type(ValueId id) const { return {DType::I8, from_.type(id).shape, *scale(id)}; }

  /// The value as it is in the float graph: copied, or the float form of codes.
  ValueId real(ValueId id) {
    ValueId& made = reals_[index(id)];
    if (made != kAbsent) return made;
    const Value& value = from_.value(id);
    if (value.constant() || value.state) return made = to_.add_value(value);
    require(codes_[index(id)] != kAbsent, "a value of the float graph that nothing computes");
    made = add_node(to_, "dequantize", value.name + "/float", {codes_[index(id)]});
    return made;
  }

  /// The codes of an activation.
  ValueId code(ValueId id) {
    ValueId& made = codes_[index(id)];
    if (made == kAbsent)
      made = add_node(to_, "quantize", from_.value(id).name + "/int8", {reals_[index(id)]}, QuantizeAttrs{DType::I8}, {*scale(id)});
    return made;
  }
  /// The same at the scale that a Shared op has.
  ValueId code_at(ValueId id, const Quant& wanted) {
    const ValueId now = code(id);
    if (*scale(id) == wanted) return now;
    rescaled_.push_back({id, add_node(to_, "quantize", from_.value(id).name + "/rescaled", {now}, QuantizeAttrs{DType::I8}, {wanted})});
    return rescaled_.back().to;
  }

  ValueId add_constant(ValueId id, TensorType type, Bytes data) {
    for (const Made& one : made_)
      if (one.from == id && to_.type(one.to) == type) return one.to;
    made_.push_back({id, to_.add_value({from_.value(id).name, std::move(type), std::move(data)})});
    return made_.back().to;
  }

  /// A float constant that is no weight: codes of its own range, or of the scale that the op shares.
  ValueId constant_codes(ValueId id, const std::optional<Quant>& shared) {
    const Value& value = from_.value(id);
    const Quant quant = shared ? *shared : activation_quant(range_of(value));
    TensorType type{DType::I8, value.type.shape, quant};
    std::vector<std::byte> bytes(static_cast<size_t>(type.elements()));
    const TensorView in{&value.type, const_cast<std::byte*>(value.data->data())}, out{&type, bytes.data()};
    op_named("quantize").eval(QuantizeAttrs{DType::I8}, {&in, 1}, {&out, 1});
    return add_constant(id, type, make_bytes(std::move(bytes)));
  }

  std::vector<ValueId> weighted_operands(const Node& node) {
    const float input_scale = scale(node.in[0])->scale[0];
    const std::vector<TensorView> views = input_views(from_, node);
    const Shape& shape = views[1].type->shape;
    const int axis = weight_axis(*node.op);
    const std::vector<float> weights = real_values(views[1]);
    const bool has_bias = views.size() > 2 && views[2];
    const auto channels = static_cast<size_t>(shape[static_cast<size_t>(axis)]);
    const std::vector<float> bias = has_bias ? real_values(views[2]) : std::vector<float>(channels);
    Quant quant = weight_quant(weights, shape, axis);
    make_room_for_bias(quant, input_scale, bias);
    std::vector<ValueId> in = {
        code(node.in[0]), add_constant(node.in[1], {DType::I8, shape, quant}, bytes_from<int8_t>(weight_codes(weights, shape, quant)))};
    TensorType type{DType::I32, {static_cast<int64_t>(channels)}, bias_quant(input_scale, quant)};
    Bytes codes = bytes_from<int32_t>(bias_codes(bias, input_scale, quant));
    in.push_back(has_bias ? add_constant(node.in[2], std::move(type), std::move(codes))
                          : to_.add_value({node.name + "/bias", std::move(type), std::move(codes)}));
    return in;
  }

  std::vector<ValueId> recurrent_operands(const Node& node) {
    const auto made = quantised_operands(from_, node, *scale(node.in[0]), *scale(node.out[0]), ranges_);
    std::vector<ValueId> in = {code(node.in[0])};
    for (size_t i = 1; i < node.in.size(); ++i) {
      if (node.in[i] == kAbsent) {
        in.push_back(kAbsent);
      } else if (made[i].data) {
        in.push_back(add_constant(node.in[i], made[i].type, made[i].data));
      } else {
        in.push_back(to_.add_state(from_.value(node.in[i]).name, made[i].type));
      }
    }
    return in;
  }

  std::vector<ValueId> plain_operands(const Node& node) {
    const bool shared = int8_form(*node.op) == Int8Form::Shared;
    std::vector<ValueId> in;
    for (ValueId id : node.in) {
      if (is_activation(from_, id))
        in.push_back(shared ? code_at(id, *scale(node.out[0])) : code(id));
      else if (id != kAbsent && from_.type(id).dtype == DType::F32)
        in.push_back(constant_codes(id, shared ? scale(node.out[0]) : std::nullopt));
      else
        in.push_back(id == kAbsent ? kAbsent : real(id));
    }
    return in;
  }

  void add_int8(const Node& node) {
    const Int8Form form = int8_form(*node.op);
    Node made{node.op, node.name, {}, {}, node.attrs};
    made.in = form == Int8Form::Weighted    ? weighted_operands(node)
              : form == Int8Form::Recurrent ? recurrent_operands(node)
                                            : plain_operands(node);
    for (ValueId id : node.out) {
      const bool codes = is_activation(from_, id);
      const Value& value = from_.value(id);
      made.out.push_back((codes ? codes_ : reals_)[index(id)] = to_.add_value({value.name, codes ? codes_type(id) : value.type, nullptr}));
    }
    to_.nodes.push_back(std::move(made));
  }

  void add_float(const Node& node) {
    Node made{node.op, node.name, {}, {}, node.attrs};
    for (ValueId id : node.in) made.in.push_back(id == kAbsent ? kAbsent : real(id));
    for (ValueId id : node.out) made.out.push_back(reals_[index(id)] = to_.add_value(from_.value(id)));
    to_.nodes.push_back(std::move(made));
  }

  void note_origins() {
    origin_.assign(to_.values.size(), kAbsent);
    for (size_t v = 0; v < from_.values.size(); ++v)
      for (ValueId made : {codes_[v], reals_[v]})
        if (made != kAbsent) origin_[index(made)] = static_cast<ValueId>(v);
    for (const Made& one : rescaled_) origin_[index(one.to)] = one.from;
  }

  struct Made {
    ValueId from, to;
  };
  const Graph& from_;
  const Ranges& ranges_;
  QuantizeOptions options_;
  Int8Plan plan_;
  std::vector<std::optional<Quant>> scales_;
  Graph to_;
  std::vector<ValueId> codes_, reals_, origin_;  ///< by value of the float graph; origin: by value of the new one
  std::vector<Made> made_, rescaled_;            ///< constants that were quantised already; codes at another scale
};

}  // namespace

Graph quantize(const Graph& graph, const Ranges& ranges, const QuantizeOptions& options, QuantizeReport* report) {
  Quantizer quantizer(graph, ranges, options);
  Graph made = quantizer.run();
  if (report) quantizer.fill(*report);
  return made;
}

std::vector<ValueId> needed_ranges(const Graph& graph) { return measured_values(graph, plan_int8(graph)); }

std::vector<std::optional<Quant>> scales_of_values(const Graph& graph, const Ranges& ranges) {
  return value_scales(graph, plan_int8(graph), ranges);
}

void float_passes(Graph& graph) {
  run_pipeline(graph,
               {.stop_after = "",
                .without = {"int8_weights", "requantize", "fuse_pad", "one_channel_depthwise", "one_pixel_convolution", "dead_channels"},
                .snapshots = false});
}

}  // namespace thimble
