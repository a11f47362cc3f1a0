#include "ops/softmax.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase make(std::string op, std::string name, Shape shape, DType dtype, Attrs attrs, float in_scale, int32_t in_zero, Quant out) {
  OpCase c{.name = op + "/" + std::move(name), .graph = {}};
  c.graph.name = op;
  const bool quantised = dtype != DType::F32;
  const ValueId x = c.graph.add_input("x", {dtype, std::move(shape), quantised ? per_tensor(in_scale, in_zero) : Quant{}});
  c.graph.outputs = {add_node(c.graph, op, "y", {x}, std::move(attrs), {std::move(out)})};
  if (!quantised) c.tolerance = 1e-5;
  return c;
}

OpCase softmax_s8(std::string name, Shape shape, double beta, float scale, int32_t zero) {
  OpCase c =
      make("softmax", std::move(name), std::move(shape), DType::I8, SoftmaxAttrs{beta, false}, scale, zero, per_tensor(1.0f / 256, -128));
  c.records = 16;
  return c;
}

OpCase log_softmax_s8(std::string name, Shape shape, float scale, int32_t zero) {
  return make("log_softmax", std::move(name), std::move(shape), DType::I8, {}, scale, zero, per_tensor(1.0f / 16, 127));
}

OpCase softmax_s16(std::string name, Shape shape, double beta, float scale) {
  OpCase c =
      make("softmax", std::move(name), std::move(shape), DType::I16, SoftmaxAttrs{beta, false}, scale, 0, per_tensor(1.0f / 32768, 0));
  c.records = 16;
  return c;
}

}  // namespace

std::vector<OpCase> softmax_cases() {
  return {softmax_s8("s8", {1, 12}, 1, 0.1f, 20),
          softmax_s8("s8_fine_scale", {4, 33}, 1, 0.0037f, -5),
          softmax_s8("s8_coarse_scale", {2, 3, 7}, 1, 1.7f, 127),
          softmax_s8("s8_beta", {2, 10}, 2.5, 0.05f, -128),
          softmax_s8("s8_one_element", {3, 1}, 1, 0.05f, 0),
          softmax_s8("s8_long_row", {1000}, 1, 0.02f, 0),
          make("softmax", "s8_to_s16", {3, 10}, DType::I8, SoftmaxAttrs{1, true}, 0.08f, 3, per_tensor(1.0f / 65536, -32768)),
          softmax_s16("s16", {4, 12}, 1, 0.0003f),
          softmax_s16("s16_fine_scale", {8, 33}, 1, 0.00002f),
          softmax_s16("s16_coarse_scale", {9, 7}, 1.7, 0.03f),
          softmax_s16("s16_one_element", {3, 1}, 1, 0.0005f),
          softmax_s16("s16_long_row", {1000}, 1, 0.0001f),
          make("softmax", "f32", {3, 10}, DType::F32, SoftmaxAttrs{1, false}, 0, 0, {}),
          make("softmax", "f32_beta", {2, 2, 5}, DType::F32, SoftmaxAttrs{0.5, false}, 0, 0, {}),
          log_softmax_s8("s8", {4, 10}, 0.1f, 20),
          log_softmax_s8("s8_fine_scale", {8, 33}, 0.0037f, -5),
          log_softmax_s8("s8_coarse_scale", {8, 7}, 1.7f, 127),
          make("log_softmax", "f32", {3, 10}, DType::F32, {}, 0, 0, {})};
}

}  // namespace thimble::testing
