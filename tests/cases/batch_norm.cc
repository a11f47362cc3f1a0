#include "ops/batch_norm.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase make(std::string name, Shape shape, double epsilon) {
  OpCase c{.name = "batch_norm/" + std::move(name), .graph = {.name = "batch_norm"}};
  const int64_t channels = shape.back();
  const ValueId x = c.graph.add_input("x", {DType::F32, std::move(shape), {}});
  std::vector<float> variance;
  for (int64_t i = 0; i < channels; ++i) variance.push_back(0.25F + static_cast<float>(i % 5));
  const ValueId gamma = random_floats(c.graph, "gamma", {channels}, 1), beta = random_floats(c.graph, "beta", {channels}, 2);
  const ValueId mean = random_floats(c.graph, "mean", {channels}, 3);
  c.graph.outputs = {add_node(c.graph, "batch_norm", "y",
                              {x, gamma, beta, mean, c.graph.add_constant<float>("variance", {channels}, variance)},
                              BatchNormAttrs{epsilon})};
  c.tolerance = 1e-6;
  c.tflite = false;
  return c;
}

}  // namespace

std::vector<OpCase> batch_norm_cases() { return {make("picture", {1, 3, 4, 6}, 1e-3), make("row", {2, 5}, 1e-5)}; }

}  // namespace thimble::testing
