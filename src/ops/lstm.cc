#include "ops/lstm.h"

#include <algorithm>
#include <cmath>

#include "ops/fixed_point16.h"
#include "ops/weights.h"

namespace thimble {

using At = LstmOperands;

LstmSizes lstm_sizes(const LstmAttrs& a, Inputs in) {
  const Shape& x = in[At::input].type->shape;
  const int64_t cells = in[At::input_weights].type->shape[0];
  if (a.time_major) return {x[1], x[0], x[2], cells, 1, x[1]};
  return {x[0], x[1], x[2], cells, x[1], 1};
}

LstmScales lstm_scales(const LstmAttrs& a, Inputs in) {
  const auto scale = [&](size_t i) {
    expect(in[i].type->quant.quantised(), "an int8 lstm needs scales on its input, weights and states");
    return in[i].type->quant.scale[0];
  };
  LstmScales s{};
  // TFLite multiplies these in float; 2^12 is exact.
  for (size_t g = 0; g < 4; ++g) {
    s.input[g] = quantize_multiplier(static_cast<double>(scale(At::input_weights + g) * scale(At::input) * 4096));
    s.recurrent[g] = quantize_multiplier(static_cast<double>(scale(At::recurrent_weights + g) * scale(At::output_state) * 4096));
  }
  const bool own = a.hidden_scale > 0;
  const double hidden = own ? a.hidden_scale : static_cast<double>(scale(At::output_state));
  s.hidden = quantize_multiplier(static_cast<double>(static_cast<float>(std::ldexp(1.0, -30) / hidden)));
  s.hidden_zero = own ? static_cast<int32_t>(a.hidden_zero) : in[At::output_state].type->quant.zero[0];
  const float cell = scale(At::cell_state);
  int exponent = 0;
  expect(std::frexp(cell, &exponent) == 0.5f, "the scale of an lstm's cell state must be a power of two");
  s.cell_bits = 15 + exponent - 1;
  expect(s.cell_bits >= 0 && s.cell_bits <= 6, "the scale of an lstm's cell state must be between 2^-15 and 2^-9");
  s.cell_clip = static_cast<int32_t>(std::clamp(static_cast<float>(a.cell_clip) / cell, 0.0f, 32767.0f));
  return s;
}

namespace {

void expect_types(Inputs in) {
  const DType x = in[At::input].type->dtype;
  expect(x == DType::F32 || x == DType::I8, "lstm takes float or int8, not " + std::string(name_of(x)));
  const bool real = x == DType::F32;
  for (size_t i = 0; i < At::count; ++i) {
    const DType wanted = real                                    ? DType::F32
                         : i >= At::bias && i < At::output_state ? DType::I32
                         : i == At::cell_state                   ? DType::I16
                                                                 : DType::I8;
    expect(in[i] && in[i].type->dtype == wanted, "operand " + std::to_string(i) + " of an lstm with " + std::string(name_of(x)) +
                                                     " input must be " + std::string(name_of(wanted)) +
                                                     ": convert the model with full int8 quantisation, or none");
  }
}

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  expect_types(in);
  expect(in[At::input].type->rank() == 3, "the input of an lstm must have three axes: batch, time and features");
  expect(in[At::input_weights].type->rank() == 2, "weights of an lstm must be [cells, features]");
  const auto& a = attrs.as<LstmAttrs>();
  const LstmSizes n = lstm_sizes(a, in);
  for (size_t g = 0; g < 4; ++g) {
    expect(in[At::input_weights + g].type->shape == Shape{n.cells, n.features}, "weights of an lstm must be [cells, features]");
    expect(in[At::recurrent_weights + g].type->shape == Shape{n.cells, n.cells}, "recurrent weights of an lstm must be [cells, cells]");
    expect(in[At::bias + g].type->elements() == n.cells, "the biases of an lstm need one element per cell");
    expect_symmetric("lstm", *in[At::input_weights + g].type);
    expect_symmetric("lstm", *in[At::recurrent_weights + g].type);
  }
  for (size_t i : {At::output_state, At::cell_state})
    expect(in[i].type->elements() == n.batches * n.cells, "the states of an lstm need one element per batch and cell");
  Shape shape = in[At::input].type->shape;
  shape[2] = n.cells;
  return {{in[At::input].type->dtype, shape, {}}};
}

/// Runs the sequence: `cell(gates' operand row, ...)` is asked for each new output, which then becomes the output state.
template <class T, class Step>
void run(const LstmSizes& n, Inputs in, const TensorView& out, Step step) {
  const auto x = in[At::input].as<const T>();
  const auto y = out.as<T>(), state = in[At::output_state].as<T>();
  for (int64_t batch = 0; batch < n.batches; ++batch) {
    const auto last = state.subspan(static_cast<size_t>(batch * n.cells), static_cast<size_t>(n.cells));
    for (int64_t t = 0; t < n.steps; ++t) {
      const int64_t row = batch * n.batch_step + t * n.time_step;
      const auto now = y.subspan(static_cast<size_t>(row * n.cells), static_cast<size_t>(n.cells));
      const auto features = x.subspan(static_cast<size_t>(row * n.features), static_cast<size_t>(n.features));
      for (int64_t j = 0; j < n.cells; ++j) now[static_cast<size_t>(j)] = step(features, std::span<const T>(last), j, batch * n.cells + j);
      std::copy(now.begin(), now.end(), last.begin());
    }
  }
}

/// Row `j` of a matrix of weights times a vector whose zero point is `zero`.
template <class Sum, class T>
Sum row_times(const TensorView& weights, int64_t j, std::span<const T> vector, Sum zero) {
  const auto w = weights.as<const T>().subspan(static_cast<size_t>(j) * vector.size(), vector.size());
  Sum sum = 0;
  for (size_t k = 0; k < w.size(); ++k) sum += static_cast<Sum>(w[k]) * (static_cast<Sum>(vector[k]) - zero);
  return sum;
}

float logistic(float x) { return static_cast<float>(1 / (1 + std::exp(-static_cast<double>(x)))); }
float tangent(float x) { return static_cast<float>(std::tanh(static_cast<double>(x))); }

void eval_float(const LstmAttrs& a, Inputs in, const TensorView& out) {
  const auto cell = in[At::cell_state].as<float>();
  const auto clip = static_cast<float>(a.cell_clip);
  run<float>(lstm_sizes(a, in), in, out, [&](std::span<const float> x, std::span<const float> last, int64_t j, int64_t index) {
    const auto sum = [&](size_t g) {
      return in[At::bias + g].as<const float>()[static_cast<size_t>(j)] + row_times<float>(in[At::input_weights + g], j, x, 0) +
             row_times<float>(in[At::recurrent_weights + g], j, last, 0);
    };
    float& c = cell[static_cast<size_t>(index)];
    c = logistic(sum(1)) * c + logistic(sum(0)) * tangent(sum(2));
    if (clip > 0) c = std::clamp(c, -clip, clip);
    return logistic(sum(3)) * tangent(c);
  });
}

void eval_int8(const LstmAttrs& a, Inputs in, const TensorView& out) {
  const LstmScales s = lstm_scales(a, in);
  const auto cell = in[At::cell_state].as<int16_t>();
  const int64_t x_zero = in[At::input].type->quant.zero[0], last_zero = in[At::output_state].type->quant.zero[0];
  run<int8_t>(lstm_sizes(a, in), in, out, [&](std::span<const int8_t> x, std::span<const int8_t> last, int64_t j, int64_t index) {
    const auto gate = [&](size_t g) {
      const int64_t from_input =
          in[At::bias + g].as<const int32_t>()[static_cast<size_t>(j)] + row_times(in[At::input_weights + g], j, x, x_zero);
      const int64_t from_last = row_times(in[At::recurrent_weights + g], j, last, last_zero);
      const int32_t half = fixed16::saturate(requantize(static_cast<int32_t>(from_input), s.input[g]));
      const int32_t sum = fixed16::saturate(half + requantize(static_cast<int32_t>(from_last), s.recurrent[g]));
      return g == 2 ? fixed16::tanh(sum, 3) : fixed16::logistic(sum);
    };
    int16_t& c = cell[static_cast<size_t>(index)];
    const int32_t kept = rounding_divide_by_power_of_two(gate(1) * c, 15);
    const int32_t added = rounding_divide_by_power_of_two(gate(0) * gate(2), 15 + s.cell_bits);
    int32_t next = fixed16::saturate(kept + added);
    if (s.cell_clip > 0) next = std::clamp(next, -s.cell_clip, s.cell_clip);
    c = static_cast<int16_t>(next);
    const int32_t hidden = requantize(gate(3) * fixed16::tanh(next, s.cell_bits), s.hidden) + s.hidden_zero;
    return static_cast<int8_t>(std::clamp(hidden, -128, 127));
  });
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<LstmAttrs>();
  in[At::input].type->dtype == DType::F32 ? eval_float(a, in, out[0]) : eval_int8(a, in, out[0]);
}

int64_t macs(const Attrs& attrs, Inputs in, Outputs) {
  const LstmSizes n = lstm_sizes(attrs.as<LstmAttrs>(), in);
  return n.batches * n.steps * 4 * n.cells * (n.features + n.cells);
}

// TFLite's operands: input, 4 weights, 4 recurrent weights, 3 peepholes, 4 biases, projection and its bias, output state, cell state, and
// then 4 layer normalisations or nothing.
constexpr size_t kForeignOf[At::count] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 18, 19};

Translated read(const ForeignNode& node, const ForeignGraph& graph) {
  const auto refuse = [&](std::initializer_list<size_t> operands, bool wanted, const std::string& what) {
    for (size_t i : operands)
      if ((graph.operand(node, i) != nullptr) != wanted)
        throw Error(Blame::Unsupported, "an LSTM with " + what, "build it as a standard LSTM layer, as Keras does by default");
  };
  refuse({1, 5, 12}, true, "coupled input and forget gates");
  refuse({9, 10, 11}, false, "peephole connections");
  refuse({16, 17}, false, "a projection");
  refuse({20, 21, 22, 23}, false, "layer normalisation");
  refuse({2, 3, 4, 6, 7, 8, 13, 14, 15, 18, 19}, true, "missing weights, biases or states");
  const auto activation = attr_or<std::string>(node, "fused_activation_function", "TANH");
  if (activation != "TANH") throw Error(Blame::Unsupported, "an LSTM with activation " + activation, "use tanh, the default of Keras");
  LstmAttrs a{attr_or(node, "time_major", false), attr_or<double>(node, "cell_clip", 0)};
  const auto internal = attr_or<std::vector<int64_t>>(node, "intermediates", {});
  if (internal.size() > 4 && internal[4] >= 0) {
    const Quant& hidden = graph.tensors[static_cast<size_t>(internal[4])].type.quant;
    if (hidden.quantised()) a.hidden_scale = static_cast<double>(hidden.scale[0]), a.hidden_zero = hidden.zero[0];
  }
  std::vector<int> in;
  for (size_t i : kForeignOf) in.push_back(node.in[i]);
  return {a, in};
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const auto& a = attrs.as<LstmAttrs>();
  std::vector<int> in(24, -1);
  for (size_t i = 0; i < At::count; ++i) in[kForeignOf[i]] = node.in[i];
  node.attrs = {
      {"fused_activation_function", std::string("TANH")}, {"time_major", a.time_major}, {"cell_clip", a.cell_clip}, {"proj_clip", 0.0}};
  if (graph.operand(node, 0)->type.dtype == DType::I8) {
    std::vector<int64_t> internal;
    Quant hidden = per_tensor(static_cast<float>(a.hidden_scale), static_cast<int32_t>(a.hidden_zero));
    if (a.hidden_scale == 0) hidden = graph.tensors[static_cast<size_t>(node.in[At::output_state])].type.quant;
    for (int i = 0; i < 5; ++i) {
      internal.push_back(static_cast<int64_t>(graph.tensors.size()));
      TensorType type{i < 4 ? DType::I16 : DType::I8, {}, i < 4 ? per_tensor(1.0f / 4096, 0) : hidden};
      graph.tensors.push_back({node.name + "_intermediate_" + std::to_string(i), std::move(type), nullptr});
    }
    node.attrs["intermediates"] = std::move(internal);
  }
  node.in = in;
  node.version = 1;
  return true;
}

constexpr ForeignMap kTflite[] = {{"UNIDIRECTIONAL_SEQUENCE_LSTM", read, write}};
constexpr int kStates[] = {At::output_state, At::cell_state};

}  // namespace

std::span<const OpDef> lstm_ops() {
  static const OpDef kOps[] = {{.name = "lstm",
                                .summary = "long short-term memory over a sequence",
                                .min_in = At::count,
                                .max_in = At::count,
                                .attrs = LstmAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .macs = macs,
                                .state_in = kStates,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble
