#include "ops/svdf.h"

#include <algorithm>

#include "ops/weights.h"

namespace thimble {

// TFLite computes both quotients in float.
SvdfMultipliers svdf_multipliers(const TensorType& x, const TensorType& feature, const TensorType& time, const TensorType& state,
                                 const TensorType& y) {
  for (const TensorType* type : {&x, &feature, &time, &state, &y})
    expect(type->quant.quantised(), "an int8 svdf needs scales on all operands");
  const auto scale = [](const TensorType& type) { return type.quant.scale[0]; };
  return {quantize_multiplier(static_cast<double>(scale(x) * scale(feature) / scale(state))),
          quantize_multiplier(static_cast<double>(scale(state) * scale(time) / scale(y)))};
}

namespace {

constexpr size_t kBias = 3, kState = 4;

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  expect(in.size() == 5 && in[kState], "svdf needs five operands, the last of which is its state");
  const TensorType &x = *in[0].type, &feature = *in[1].type, &time = *in[2].type, &state = *in[kState].type;
  const int64_t rank = attrs.as<SvdfAttrs>().rank;
  const bool real = x.dtype == DType::F32;
  expect(real || x.dtype == DType::I8, "svdf takes float or int8, not " + std::string(name_of(x.dtype)));
  expect(feature.dtype == x.dtype, "svdf needs weights_feature of " + std::string(name_of(x.dtype)) + ", not " +
                                       std::string(name_of(feature.dtype)) + ": convert the model with full int8 quantisation, or none");
  const DType wide = real ? DType::F32 : DType::I16;
  expect(time.dtype == wide && state.dtype == wide,
         "svdf with " + std::string(name_of(x.dtype)) + " input needs weights_time and a state of " + std::string(name_of(wide)) +
             ", not " + std::string(name_of(time.dtype)) + " and " + std::string(name_of(state.dtype)));
  expect(x.rank() == 2 && feature.rank() == 2 && time.rank() == 2, "the input and both weights must have two axes");
  const int64_t filters = feature.shape[0];
  expect(rank > 0 && filters % rank == 0, "the filters are not a multiple of the rank");
  expect(feature.shape[1] == x.shape[1] && time.shape[0] == filters && time.shape[1] > 0, "the weights do not fit the input");
  expect(state.elements() == x.shape[0] * filters * time.shape[1], "the state must hold memory times filters values per batch");
  expect(!in[kBias] || (in[kBias].type->elements() == filters / rank && in[kBias].type->dtype == (real ? DType::F32 : DType::I32)),
         "the bias needs one element per unit, i32 with int8 input");
  expect_symmetric("svdf", feature);
  expect_symmetric("svdf", time);
  for (int32_t zero : state.quant.zero) expect(zero == 0, "svdf needs a state with zero point 0");
  return {{x.dtype, {x.shape[0], filters / rank}, {}}};
}

/// T: of input and feature weights; S: of time weights and state; Sum: of the sums. `remember` makes a state value of a sum, `finish` an
/// output of one. The state moves one step to the left; TFLite lets values cross from filter to filter, where they are overwritten.
template <class T, class S, class Sum, class Bias, class Remember, class Finish>
void run(int64_t rank, Inputs in, Sum x_zero, Remember remember, Finish finish) {
  const auto x = in[0].as<const T>(), feature = in[1].as<const T>();
  const auto time = in[2].as<const S>();
  const auto state = in[kState].as<S>();
  const int64_t batches = in[0].type->shape[0], features = in[0].type->shape[1], filters = in[1].type->shape[0],
                memory = in[2].type->shape[1];
  std::copy(state.begin() + 1, state.end(), state.begin());
  for (int64_t batch = 0; batch < batches; ++batch)
    for (int64_t f = 0; f < filters; ++f) {
      Sum sum = 0;
      for (int64_t k = 0; k < features; ++k)
        sum += static_cast<Sum>(feature[static_cast<size_t>(f * features + k)]) *
               (static_cast<Sum>(x[static_cast<size_t>(batch * features + k)]) - x_zero);
      state[static_cast<size_t>((batch * filters + f + 1) * memory - 1)] = remember(sum);
    }
  for (int64_t i = 0; i < batches * filters / rank; ++i) {
    Sum total = static_cast<Sum>(value_or_zero<Bias>(in, kBias, i % (filters / rank)));
    for (int64_t r = 0; r < rank; ++r) {
      Sum sum = 0;
      for (int64_t m = 0; m < memory; ++m)
        sum += static_cast<Sum>(time[static_cast<size_t>((i * rank + r) % filters * memory + m)]) *
               static_cast<Sum>(state[static_cast<size_t>((i * rank + r) * memory + m)]);
      total += sum;
    }
    finish(static_cast<size_t>(i), total);
  }
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<SvdfAttrs>();
  const TensorType &x = *in[0].type, &y = *out[0].type;
  if (x.dtype == DType::F32) {
    const FloatRange range = float_range(a.activation);
    run<float, float, float, float>(
        a.rank, in, 0.0f, [](float sum) { return sum; },
        [&](size_t i, float total) { out[0].as<float>()[i] = std::clamp(total, range.min, range.max); });
    return;
  }
  const SvdfMultipliers by = svdf_multipliers(x, *in[1].type, *in[2].type, *in[kState].type, y);
  run<int8_t, int16_t, int64_t, int32_t>(
      a.rank, in, int64_t{x.quant.zero[0]},
      [&](int64_t sum) { return static_cast<int16_t>(std::clamp(requantize(static_cast<int32_t>(sum), by.state), -32768, 32767)); },
      [&](size_t i, int64_t total) {
        const int32_t scaled = requantize(static_cast<int32_t>(total), by.output) + y.quant.zero[0];
        out[0].as<int8_t>()[i] = static_cast<int8_t>(std::clamp(scaled, -128, 127));
      });
}

int64_t macs(const Attrs&, Inputs in, Outputs) { return in[0].type->shape[0] * (in[1].type->elements() + in[2].type->elements()); }

Translated read(const ForeignNode& node, const ForeignGraph&) {
  return {SvdfAttrs{attr_or<int64_t>(node, "rank", 1), read_activation(node)}, node.in};
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const auto& a = attrs.as<SvdfAttrs>();
  node.attrs = {{"rank", a.rank}, {"fused_activation_function", write_activation(a.activation)}};
  node.version = graph.operand(node, 0)->type.dtype == DType::I8 ? 3 : 1;
  return true;
}

constexpr ForeignMap kTflite[] = {{"SVDF", read, write}};
constexpr int kStates[] = {kState};

}  // namespace

std::span<const OpDef> svdf_ops() {
  static const OpDef kOps[] = {{.name = "svdf",
                                .summary = "fully connected layer with filters over time",
                                .min_in = 3,  // the bias, operand 3, may be absent
                                .max_in = 5,
                                .attrs = SvdfAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .macs = macs,
                                .state_in = kStates,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble
