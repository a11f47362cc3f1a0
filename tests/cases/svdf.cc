#include "ops/svdf.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

struct Options {
  std::string name;
  int64_t batches, features, units, rank, memory;
  Activation activation = Activation::Relu;
  bool bias = true;
};

OpCase float_case(const Options& o) {
  OpCase c{.name = "svdf/" + o.name, .graph = {}, .tolerance = 1e-5};
  c.graph.name = "svdf";
  const int64_t filters = o.units * o.rank;
  const ValueId x = c.graph.add_input("x", {DType::F32, {o.batches, o.features}, {}});
  const ValueId feature = random_floats(c.graph, "weights_feature", {filters, o.features}, 7);
  const ValueId time = random_floats(c.graph, "weights_time", {filters, o.memory}, 8);
  const ValueId bias = o.bias ? random_floats(c.graph, "bias", {o.units}, 9) : kAbsent;
  const ValueId state = c.graph.add_state("state", {DType::F32, {o.batches, filters * o.memory}, {}});
  c.graph.outputs = {add_node(c.graph, "svdf", "y", {x, feature, time, bias, state}, SvdfAttrs{o.rank, o.activation})};
  return c;
}

OpCase int8_case(const Options& o) {
  OpCase c{.name = "svdf/" + o.name, .graph = {}};
  c.graph.name = "svdf";
  const int64_t filters = o.units * o.rank;
  const ValueId x = c.graph.add_input("x", {DType::I8, {o.batches, o.features}, per_tensor(0.05f, -4)});
  const TensorType feature_type{DType::I8, {filters, o.features}, per_tensor(0.01f, 0)};
  const TensorType time_type{DType::I16, {filters, o.memory}, per_tensor(0.00002f, 0)};
  const ValueId feature = c.graph.add_value({"weights_feature", feature_type, make_bytes(random_contents(feature_type, 7))});
  const ValueId time = c.graph.add_value({"weights_time", time_type, make_bytes(random_contents(time_type, 8))});
  const ValueId bias = random_bias(c.graph, "bias", o.units, 9);
  c.graph.value(bias).type.quant = per_tensor(0.0008f * 0.00002f, 0);
  const ValueId state = c.graph.add_state("state", {DType::I16, {o.batches, filters * o.memory}, per_tensor(0.0008f, 0)});
  c.graph.outputs = {
      add_node(c.graph, "svdf", "y", {x, feature, time, bias, state}, SvdfAttrs{o.rank, Activation::Relu}, {per_tensor(0.03f, -128)})};
  return c;
}

}  // namespace

std::vector<OpCase> svdf_cases() {
  return {
      float_case({.name = "f32", .batches = 1, .features = 5, .units = 4, .rank = 1, .memory = 6}),
      float_case(
          {.name = "rank2_batch2_f32", .batches = 2, .features = 3, .units = 3, .rank = 2, .memory = 3, .activation = Activation::None}),
      float_case({.name = "no_bias_f32", .batches = 1, .features = 4, .units = 2, .rank = 3, .memory = 2, .bias = false}),
      int8_case({.name = "s8", .batches = 1, .features = 8, .units = 4, .rank = 1, .memory = 5}),
      int8_case({.name = "rank2_batch2_s8", .batches = 2, .features = 5, .units = 3, .rank = 2, .memory = 4})};
}

}  // namespace thimble::testing
