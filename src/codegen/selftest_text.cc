// The golden vectors of the exported model, and the function that runs them.
#include <fmt/format.h>

#include "codegen/c_text.h"
#include "codegen/model_text.h"

namespace thimble {
namespace {

/// Integers must be equal; floats may differ in the last bits where a compiler contracts them.
std::string compare_text(const Compiled& model, size_t output, const std::string& expected) {
  const TensorType& type = model.outputs[output].type;
  if (type.dtype != DType::F32)
    return fmt::format("  if (memcmp(thimble_{}_output{}(self), {}, {}) != 0) return 1;\n", model.name, output, expected, type.bytes());
  return fmt::format(
      "  for (i = 0; i < {2}; ++i) {{\n    const float have = thimble_{0}_output{1}(self)[i], want = {3}[i];\n"
      "    const float gap = have > want ? have - want : want - have, size = want < 0.0f ? -want : want;\n"
      "    if (!(gap <= 1e-5f * (size > 1.0f ? size : 1.0f))) return 1;\n  }}\n",
      model.name, output, type.elements(), expected);
}

}  // namespace

std::string selftest_text(const Compiled& model, const std::vector<GoldenRecord>& golden) {
  std::string tables, calls;
  for (size_t r = 0; r < golden.size(); ++r) {
    tables += fmt::format("static int thimble_{0}_golden_{1}(thimble_{0} *self) {{\n", model.name, r);
    std::string body;
    for (size_t i = 0; i < model.inputs.size(); ++i) {
      const TensorType& type = model.inputs[i].type;
      tables += fmt::format("  static const {} in{}[] = {};\n", c_type(type.dtype), i, c_array(type.dtype, golden[r].inputs[i]));
      if (!model.stream) body += fmt::format("  memcpy(thimble_{}_input{}(self), in{}, sizeof in{});\n", model.name, i, i, i);
    }
    body += fmt::format("  if (thimble_{}_run(self{}) != 0) return 1;\n", model.name, model.stream ? ", in0" : "");
    bool floats = false;
    for (size_t i = 0; i < model.outputs.size(); ++i) {
      const TensorType& type = model.outputs[i].type;
      floats |= type.dtype == DType::F32;
      tables += fmt::format("  static const {} out{}[] = {};\n", c_type(type.dtype), i, c_array(type.dtype, golden[r].outputs[i]));
      body += compare_text(model, i, fmt::format("out{}", i));
    }
    tables += std::string(floats ? "  int32_t i;\n" : "") + body + "  return 0;\n}\n\n";
    calls += fmt::format("  if (thimble_{}_golden_{}(self) != 0) return {};\n", model.name, r, r + 1);
  }
  return fmt::format(
      "#ifdef THIMBLE_SELFTEST\n{0}int thimble_{1}_selftest(thimble_{1} *self) {{\n  thimble_{1}_init(self);\n{2}  return 0;\n}}\n#endif\n",
      tables, model.name, calls);
}

}  // namespace thimble
