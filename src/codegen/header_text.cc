#include <fmt/format.h>

#include "codegen/c_text.h"
#include "codegen/model_text.h"
#include "codegen/stream_text.h"

namespace thimble {
namespace {

bool quantised(const Port& port) { return port.type.quant.quantised() && port.type.dtype != DType::F32; }

std::string port_macros(const std::string& macro, std::string_view way, const std::vector<Port>& ports) {
  std::string text = fmt::format("#define {}_{}S {}\n", macro, way, ports.size());
  for (size_t i = 0; i < ports.size(); ++i) {
    const Port& port = ports[i];
    text += fmt::format("/* '{}': {} */\n", port.name, to_string(port.type));
    text += fmt::format("#define {0}_{1}{2}_ELEMENTS {3}\n#define {0}_{1}{2}_BYTES {4}\n", macro, way, i, port.type.elements(),
                        port.type.bytes());
    if (quantised(port))
      text += fmt::format("#define {0}_{1}{2}_SCALE {3}\n#define {0}_{1}{2}_ZERO ({4})\n", macro, way, i,
                          c_literal(port.type.quant.scale[0]), port.type.quant.zero[0]);
  }
  return text;
}

struct Limits {
  std::string_view low, high;
};
Limits limits_of(DType dtype) {
  switch (dtype) {
    case DType::I8: return {"-128.0f", "127.0f"};
    case DType::U8: return {"0.0f", "255.0f"};
    default: return {"-32768.0f", "32767.0f"};
  }
}

/// Real units in, real units out: nobody should have to handle scales by hand.
std::string port_helpers(const Compiled& model, const std::string& macro, std::string_view way, const std::vector<Port>& ports) {
  std::string text;
  const bool in = way == "INPUT";
  for (size_t i = 0; i < ports.size(); ++i) {
    const Port& port = ports[i];
    if (!quantised(port) || port.type.dtype == DType::I32 || port.type.dtype == DType::I64) continue;
    const std::string_view type = c_type(port.type.dtype);
    if (in) {
      const Limits limits = limits_of(port.type.dtype);
      text += fmt::format(
          "/* The integer nearest to a real value of input {1}, ties away from zero; the lowest for what is not a number. */\n"
          "static inline {3} thimble_{0}_quantize_input{1}(float real) {{\n"
          "  const float low = {4} - (float){2}_INPUT{1}_ZERO, high = {5} - (float){2}_INPUT{1}_ZERO;\n"
          "  const float scaled = real / {2}_INPUT{1}_SCALE, inside = scaled >= low ? (scaled <= high ? scaled : high) : low;\n"
          "  const int32_t whole = (int32_t)inside;\n"
          "  const float rest = inside - (float)whole;\n"
          "  return ({3})(whole + (rest >= 0.5f) - (rest <= -0.5f) + {2}_INPUT{1}_ZERO);\n}}\n",
          model.name, i, macro, type, limits.low, limits.high);
    } else {
      text += fmt::format(
          "/* The real value of an element of output {1}. */\n"
          "static inline float thimble_{0}_dequantize_output{1}({3} q) {{\n"
          "  return {2}_OUTPUT{1}_SCALE * (float)(q - {2}_OUTPUT{1}_ZERO);\n}}\n",
          model.name, i, macro, type);
    }
  }
  return text;
}

std::string accessors(const Compiled& model) {
  std::string text;
  for (size_t i = 0; !model.stream && i < model.inputs.size(); ++i)
    text += fmt::format("{0}thimble_{1}_input{2}(thimble_{1} *self);\n", c_pointer(model.inputs[i].type.dtype, false), model.name, i);
  for (size_t i = 0; i < model.outputs.size(); ++i)
    text +=
        fmt::format("{0}thimble_{1}_output{2}(const thimble_{1} *self);\n", c_pointer(model.outputs[i].type.dtype, true), model.name, i);
  return text;
}

/// How the model is used, in a few lines of C.
std::string usage(const Compiled& model) {
  if (!model.stream)
    return fmt::format(
        " *   fill thimble_{0}_input0(&model)            (before every run: a run consumes its inputs)\n"
        " *   thimble_{0}_run(&model);\n"
        " *   read thimble_{0}_output0(&model)           (valid until the next run)\n",
        model.name);
  return fmt::format(
      " *   if (thimble_{0}_push(&model, sample))      (each sample as it comes: 1 when there is a new result)\n"
      " *     read thimble_{0}_{1}(&model)\n"
      " *   thimble_{0}_run(&model, window);           (or one whole window by itself)\n",
      model.name, model.stream->about.classes.empty() ? "output0" : "answer");
}

}  // namespace

std::string header_text(const Compiled& model) {
  const std::string macro = "THIMBLE_" + c_macro(model.name);
  std::string text = fmt::format(
      "/* {0}: a model compiled by Thimble. {0}.c and this file are all it needs.\n *\n"
      " *   static thimble_{0} model;                  (all the memory it uses, {1} bytes, plus stack)\n"
      " *   thimble_{0}_init(&model);                  (once)\n"
      "{3} */\n"
      "#ifndef {2}_H\n#define {2}_H\n\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n",
      model.name, model.arena_bytes + model.state_bytes + (model.stream ? stream_bytes(*model.stream) : 0), macro, usage(model));
  text += fmt::format("#define {0}_ARENA_BYTES {1}\n#define {0}_STATE_BYTES {2}\n#define {0}_LAYERS {3}\n\n", macro, model.arena_bytes,
                      model.state_bytes, model.layers.size());
  text += model.stream ? stream_macros(model) : port_macros(macro, "INPUT", model.inputs) + "\n";
  text += port_macros(macro, "OUTPUT", model.outputs);
  text += fmt::format(
      "\n/* Everything that changes while the model runs. Yours to place: static, on the heap, in a shared pool. */\ntypedef struct {{\n");
  text += fmt::format("  uint8_t arena[{}] __attribute__((aligned({})));\n", model.arena_bytes > 0 ? macro + "_ARENA_BYTES" : "1",
                      model.arena_align);
  if (model.state_bytes > 0) text += fmt::format("  uint8_t state[{}_STATE_BYTES] __attribute__((aligned(8)));\n", macro);
  if (model.stream) text += stream_members(model);
  text +=
      fmt::format("}} thimble_{0};\n\n/* Sets all state to its beginning. */\nvoid thimble_{0}_init(thimble_{0} *self);\n\n", model.name);
  text += model.stream ? stream_declarations(model)
                       : fmt::format("/* One inference; 0 when it went well. */\nint thimble_{0}_run(thimble_{0} *self);\n\n", model.name);
  text += accessors(model) + "\n" + (model.stream ? "" : port_helpers(model, macro, "INPUT", model.inputs)) +
          port_helpers(model, macro, "OUTPUT", model.outputs);
  text += fmt::format(
      "\n#ifdef THIMBLE_SELFTEST\n/* Runs the golden vectors: 0 when every output is as it was on the desk, else the number of the first "
      "record that is not. */\n"
      "int thimble_{0}_selftest(thimble_{0} *self);\n#endif\n"
      "\n#ifdef THIMBLE_TRACE\n/* Yours to define: called after each layer, once per output. */\n"
      "void thimble_trace(int layer, const void *data, long bytes);\n#endif\n"
      "\n#ifdef __cplusplus\n}}\n#endif\n\n#endif\n",
      model.name);
  return text;
}

}  // namespace thimble
