#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "codegen/c_text.h"
#include "codegen/constants.h"
#include "codegen/model_text.h"
#include "codegen/stream_text.h"

namespace thimble {
namespace {

constexpr std::string_view kMacros =
    R"(/* Layers stay functions of their own, under their own names, so that a profiler can tell them apart. */
#if defined(__GNUC__) && __GNUC__ >= 8 && !defined(__clang__)
#define THIMBLE_LAYER static __attribute__((noipa))
#define THIMBLE_BODY static __attribute__((noinline, noclone))
#else
#define THIMBLE_LAYER static __attribute__((noinline))
#define THIMBLE_BODY static __attribute__((noinline))
#endif

#ifdef THIMBLE_TRACE
#define THIMBLE_TRACE_(layer, data, bytes) thimble_trace(layer, data, bytes)
#else
#define THIMBLE_TRACE_(layer, data, bytes) ((void)0)
#endif

)";

/// One kernel call as text, with what differs between layers of one shape (pointers) apart from what does not (literals).
struct CallText {
  std::string geometry;                 ///< declarations of the literal structs
  std::string call;                     ///< with parameters p0, p1, ...
  std::vector<std::string> parameters;  ///< "const int8_t *p0"
  std::vector<std::string> arguments;   ///< "kws_00_weights"
};

class SourceWriter {
 public:
  SourceWriter(const Compiled& model, const Addresses& addresses) : pool_(model.name), model_(model), addresses_(addresses) {}

  void add_layers(const std::vector<LayerCode>& code) {
    std::vector<CallText> texts;
    for (size_t i = 0; i < code.size(); ++i) {
      const int64_t before = pool_.bytes();
      texts.push_back(layer_text(code[i], static_cast<int>(i)));
      layer_constant_bytes_.push_back(pool_.bytes() - before);
    }
    std::map<std::string, int> uses;
    for (const CallText& text : texts) ++uses[text.geometry + text.call];
    std::map<std::string, std::string> bodies;
    for (size_t i = 0; i < texts.size(); ++i) {
      const std::string key = texts[i].geometry + texts[i].call;
      if (uses[key] > 1 && !bodies.contains(key)) bodies[key] = add_body(texts[i], bodies.size());
      add_layer(texts[i], i, uses[key] > 1 ? bodies[key] : "");
    }
  }

  /// A pointer to a value: into the arena, the state, or a constant that stands as it is.
  std::string address(ValueId id, int layer, DType as, bool write) {
    if (id == kAbsent) return "NULL";
    const Value& value = model_.graph.value(id);
    if (value.constant()) return pool_.add({"operand", value.type.dtype, *value.data, 0}, layer, false);
    const std::string& place = addresses_.of[static_cast<size_t>(id)];
    require(!place.empty(), "a value that a layer uses has no place: '" + value.name + "'");
    return fmt::format("({})({})", c_pointer(as, !write), place);
  }

  /// What the calls need at file scope.
  std::string definitions() const {
    std::string text;
    for (const auto& [macro, value] : sizes_) text += fmt::format("#define {} {}\n", macro, value);
    return text + definitions_;
  }

  ConstantPool pool_;
  std::string functions_;
  std::vector<int64_t> layer_constant_bytes_;

 private:
  /// The name under which the body knows `argument`; calls that share an argument share the parameter.
  static std::string parameter(CallText& text, const std::string& type, std::string argument) {
    for (size_t i = 0; i < text.parameters.size(); ++i)
      if (text.arguments[i] == argument && text.parameters[i].starts_with(type)) return fmt::format("p{}", i);
    const std::string name = fmt::format("p{}", text.parameters.size());
    text.parameters.push_back(type + name);
    text.arguments.push_back(std::move(argument));
    return name;
  }

  std::string operand(CallText& text, ValueId id, int layer, bool write, int64_t offset) {
    if (id == kAbsent) return "NULL";
    const DType dtype = model_.graph.type(id).dtype;
    const bool writable = write || model_.graph.value(id).state;
    const std::string type = c_pointer(dtype, !writable);
    const std::string name = parameter(text, type, address(id, layer, dtype, writable));
    return offset == 0 ? name : fmt::format("({})({}uint8_t *){} + {})", type, writable ? "(" : "(const ", name, offset);
  }

  std::string argument_text(CallText& text, const Argument& argument, const Node& node, int node_index, int layer) {
    if (const auto* in = std::get_if<InputArg>(&argument)) {
      const auto i = static_cast<size_t>(in->index);
      return operand(text, i < node.in.size() ? node.in[i] : kAbsent, layer, false, in->offset);
    }
    if (const auto* out = std::get_if<OutputArg>(&argument))
      return operand(text, node.out[static_cast<size_t>(out->index)], layer, true, out->offset);
    if (const auto* scratch = std::get_if<ScratchArg>(&argument)) {
      const std::string& address = addresses_.scratch[static_cast<size_t>(node_index)];
      return parameter(text, "void *",
                       scratch->offset ? fmt::format("(void *)({} + {})", address, scratch->offset) : fmt::format("(void *)({})", address));
    }
    if (const auto* constant = std::get_if<Constant>(&argument))
      return constant->bytes.empty() ? "NULL" : parameter(text, c_pointer(constant->dtype, true), pool_.add(*constant, layer, true));
    if (const auto* named = std::get_if<NameArg>(&argument)) return named->name;
    const auto& geometry = std::get<Geometry>(argument);
    const std::string name = fmt::format("g{}", geometries_++);
    std::string fields;
    for (const Geometry::Field& field : geometry.fields)
      fields += fmt::format("{}/* {} */ {}", fields.empty() ? "" : ", ", field.name, field.value);
    text.geometry += fmt::format("  static const {} {} = {{{}}};\n", geometry.type, name, fields);
    return "&" + name;
  }

  CallText layer_text(const LayerCode& code, int layer) {
    const Node& node = model_.graph.nodes[static_cast<size_t>(code.node)];
    CallText text;
    geometries_ = 0;
    for (const KernelCall& call : code.calls) {
      for (const auto& [macro, value] : call.sizes()) {
        int64_t& largest = sizes_.try_emplace(macro, value).first->second;
        largest = std::max(largest, value);
      }
      for (const std::string& line : call.definitions())
        if (defined_.insert(line).second) definitions_ += line + "\n";
      std::string arguments;
      for (const Argument& argument : call.arguments())
        arguments += (arguments.empty() ? "" : ", ") + argument_text(text, argument, node, code.node, layer);
      text.call += fmt::format("  {}({});\n", call.function(), arguments);
    }
    if (code.calls.empty()) {
      const std::string to = operand(text, node.out[0], layer, true, 0), from = operand(text, node.in[0], layer, false, 0);
      text.call = fmt::format("  memmove({}, {}, {});\n", to, from, model_.graph.type(node.out[0]).bytes());
    }
    return text;
  }

  static std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : std::string(between)) + part;
    return text;
  }

  std::string add_body(const CallText& text, size_t number) {
    const std::string name = fmt::format("thimble_{}_body_{}", model_.name, number);
    functions_ += fmt::format("/* shared by layers of one shape */\nTHIMBLE_BODY void {}({}) {{\n{}{}}}\n\n", name,
                              joined(text.parameters, ", "), text.geometry, text.call);
    return name;
  }

  void add_layer(const CallText& text, size_t index, const std::string& body) {
    const Layer& layer = model_.layers[index];
    functions_ += fmt::format("/* {} '{}' by {} */\nTHIMBLE_LAYER void {}(thimble_{} *self) {{\n", layer.op, layer.name, layer.kernel,
                              layer.symbol, model_.name);
    const bool uses_self = joined(text.arguments, " ").find("self->") != std::string::npos;
    if (!uses_self) functions_ += "  (void)self;\n";
    if (!body.empty()) {
      functions_ += fmt::format("  {}({});\n}}\n\n", body, joined(text.arguments, ", "));
      return;
    }
    functions_ += text.geometry;
    for (size_t i = 0; i < text.parameters.size(); ++i) functions_ += fmt::format("  {} = {};\n", text.parameters[i], text.arguments[i]);
    functions_ += text.call + "}\n\n";
  }

  const Compiled& model_;
  const Addresses& addresses_;
  std::string definitions_;
  std::set<std::string> defined_;
  std::map<std::string, int64_t> sizes_;
  int geometries_ = 0;
};

std::string init_text(const Compiled& model, const Addresses& addresses, ConstantPool& pool) {
  std::string text = fmt::format("void thimble_{0}_init(thimble_{0} *self) {{\n", model.name);
  bool empty = true;
  for (size_t i = 0; i < model.graph.values.size(); ++i) {
    const Value& value = model.graph.values[i];
    if (!value.state) continue;
    empty = false;
    if (value.data) {
      text += fmt::format("  memcpy({}, {}, {});\n", addresses.of[i], pool.add({"state", value.type.dtype, *value.data, 0}, 0, false),
                          value.type.bytes());
    } else {
      const bool shifted = value.type.dtype == DType::I8 && value.type.quant.quantised();
      text += fmt::format("  memset({}, {}, {});\n", addresses.of[i], shifted ? value.type.quant.zero[0] : 0, value.type.bytes());
    }
  }
  if (model.stream) text += stream_init(model);
  if (empty && !model.stream) text += "  (void)self;\n";
  return text + "}\n\n";
}

/// Calls of the layers from `first` up to `end`.
std::string calls_text(const Compiled& model, SourceWriter& writer, size_t first, size_t end) {
  std::string text;
  for (size_t i = first; i < end; ++i) {
    text += fmt::format("  {}(self);\n", model.layers[i].symbol);
    for (ValueId id : model.layers[i].outputs) {
      const TensorType& type = model.graph.type(id);
      text += fmt::format("  THIMBLE_TRACE_({}, {}, {});\n", i, writer.address(id, static_cast<int>(i), type.dtype, false), type.bytes());
    }
  }
  return text;
}

std::string run_text(const Compiled& model, SourceWriter& writer) {
  const size_t layers = model.layers.size();
  if (model.stream) {
    const size_t rows = model.stream->row_layers;
    return stream_functions(model, calls_text(model, writer, 0, rows), calls_text(model, writer, rows, layers),
                            writer.address(model.graph.inputs[0], 0, DType::F32, true));
  }
  std::string text = fmt::format("int thimble_{0}_run(thimble_{0} *self) {{\n", model.name) + calls_text(model, writer, 0, layers);
  if (layers == 0) text += "  (void)self;\n";
  return text + "  return 0;\n}\n\n";
}

std::string accessor_text(const Compiled& model, SourceWriter& writer) {
  std::string text;
  for (size_t i = 0; !model.stream && i < model.inputs.size(); ++i) {
    const DType dtype = model.inputs[i].type.dtype;
    text += fmt::format("{0}thimble_{1}_input{2}(thimble_{1} *self) {{ return {3}; }}\n", c_pointer(dtype, false), model.name, i,
                        writer.address(model.graph.inputs[i], 0, dtype, true));
  }
  for (size_t i = 0; i < model.outputs.size(); ++i) {
    const DType dtype = model.outputs[i].type.dtype;
    const std::string address = writer.address(model.graph.outputs[i], 0, dtype, false);
    const bool uses_self = address.find("self->") != std::string::npos;
    text += fmt::format("{0}thimble_{1}_output{2}(const thimble_{1} *self) {{ {4}return {3}; }}\n", c_pointer(dtype, true), model.name, i,
                        address, uses_self ? "" : "(void)self; ");
  }
  return text;
}

std::string size_checks(const Compiled& model) {
  return fmt::format(
      "/* What this code relies on, checked when it is compiled. */\n"
      "typedef char thimble_{0}_needs_8_bit_bytes[(unsigned char)~0u == 255u ? 1 : -1];\n"
      "typedef char thimble_{0}_needs_32_bit_floats[sizeof(float) == 4 ? 1 : -1];\n"
      "#ifdef THIMBLE_RAM_LIMIT\ntypedef char thimble_{0}_fits_in_ram[sizeof(thimble_{0}) <= (THIMBLE_RAM_LIMIT) ? 1 : -1];\n#endif\n\n",
      model.name);
}

}  // namespace

SourceText source_text(const Compiled& model, const std::vector<LayerCode>& code, const std::string& runtime, const Addresses& addresses,
                       const std::vector<GoldenRecord>& golden, const CompileOptions& options) {
  SourceWriter writer(model, addresses);
  writer.add_layers(code);
  const std::string init = init_text(model, addresses, writer.pool_);
  const std::string run = run_text(model, writer), access = accessor_text(model, writer);
  std::string text =
      fmt::format("/* {0}: a model compiled by Thimble; see {0}.h. Compile with {1} -ffp-contract=off. */\n#include \"{0}.h\"\n\n",
                  model.name, model.compiler_level);
  if (options.optimize == Optimize::Flash) text += "#define THIMBLE_SMALL 1\n";
  text += runtime + size_checks(model) + std::string(kMacros) + writer.definitions() + writer.pool_.text() + "\n" + writer.functions_;
  text += init + run + access + "\n" + selftest_text(model, golden);
  return {std::move(text), writer.pool_.bytes(), std::move(writer.layer_constant_bytes_)};
}

}  // namespace thimble
