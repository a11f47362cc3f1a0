// HostModel: the model's C and a loop over examples become a shared library, which this program loads.
#include "deploy/host_model.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "base/files.h"
#include "base/parallel.h"
#include "base/subprocess.h"
#include "codegen/compiled.h"
#include "deploy/toolchain.h"

namespace thimble {
namespace {

constexpr size_t kMemoryAlign = 64;

bool has_helper(const TensorType& type) {
  return type.quant.quantised() && (type.dtype == DType::I8 || type.dtype == DType::U8 || type.dtype == DType::I16);
}

std::string conversion(const std::string& name, std::string_view way, size_t port, const TensorType& type, const std::string& value) {
  const std::string_view verb = way == "input" ? "quantize" : "dequantize";
  if (has_helper(type)) return fmt::format("thimble_{}_{}_{}{}({})", name, verb, way, port, value);
  return fmt::format("({}){}", way == "input" ? c_type(type.dtype) : "float", value);
}

/// The model's C with a loop over examples below it.
std::string library_text(const Compiled& model) {
  const std::string& name = model.name;
  std::string text = fmt::format(
      "#include \"{0}.c\"\nlong thimble_host_bytes(void);\nlong thimble_host_bytes(void) {{ return (long)sizeof(thimble_{0}); }}\n"
      "int thimble_host_run(void *memory, const float *in, float *out, int64_t count);\n"
      "int thimble_host_run(void *memory, const float *in, float *out, int64_t count) {{\n"
      "  thimble_{0} *self = (thimble_{0} *)memory;\n  int64_t n, i;\n  for (n = 0; n < count; ++n) {{\n    thimble_{0}_init(self);\n",
      name);
  for (size_t p = 0; p < model.inputs.size(); ++p) {
    const TensorType& type = model.inputs[p].type;
    text += fmt::format("    for (i = 0; i < {}; ++i) thimble_{}_input{}(self)[i] = {};\n    in += {};\n", type.elements(), name, p,
                        conversion(name, "input", p, type, "in[i]"), type.elements());
  }
  text += fmt::format("    if (thimble_{}_run(self) != 0) return 1;\n", name);
  for (size_t p = 0; p < model.outputs.size(); ++p) {
    const TensorType& type = model.outputs[p].type;
    text += fmt::format("    for (i = 0; i < {}; ++i) out[i] = {};\n    out += {};\n", type.elements(),
                        conversion(name, "output", p, type, fmt::format("thimble_{}_output{}(self)[i]", name, p)), type.elements());
  }
  return text + "  }\n  return 0;\n}\n";
}

std::shared_ptr<void> load(const fs::path& file) {
  void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) throw Error(Blame::Environment, fmt::format("cannot load '{}': {}", file.string(), dlerror()));
  return {library, [](void* loaded) { dlclose(loaded); }};
}

void* symbol(const std::shared_ptr<void>& library, const char* name) {
  void* const address = dlsym(library.get(), name);
  require(address != nullptr, fmt::format("the compiled model has no '{}'", name));
  return address;
}

int64_t elements_of(const std::vector<Port>& ports) {
  int64_t sum = 0;
  for (const Port& port : ports) sum += port.type.elements();
  return sum;
}

}  // namespace

HostModel::HostModel(const Graph& graph, Progress& progress) {
  const Doing doing([&] { return "compiling '" + graph.name + "' for this machine"; });
  const Board& board = board_named("host");
  require_tools(board, build_tools(board));
  progress.begin(fmt::format("compiling {} for this machine", graph.name));
  const Compiled model = compile(graph, board, {.golden = false});
  const TempDir dir;
  write_text(dir.path() / (model.name + ".h"), model.header);
  write_text(dir.path() / (model.name + ".c"), model.source);
  write_text(dir.path() / "library.c", library_text(model));
  auto command = compile_command(board, model.compiler_level, /*warnings=*/true, /*sanitize=*/false);
  command.insert(command.end(), {"-fPIC", "library.c", "-o", "library.o"});
  const std::string what = fmt::format("the C generated for '{}'", model.name);
  must_compile(command, dir.path(), what);
  must_compile({"gcc", "-shared", "-o", "library.so", "library.o", "-lm"}, dir.path(), what);
  library_ = load(dir.path() / "library.so");
  run_ = reinterpret_cast<Runner>(symbol(library_, "thimble_host_run"));
  memory_bytes_ = reinterpret_cast<long (*)()>(symbol(library_, "thimble_host_bytes"))();
  input_elements_ = elements_of(model.inputs);
  output_elements_ = elements_of(model.outputs);
}

std::vector<float> HostModel::run(std::span<const float> examples, Progress& progress) const {
  constexpr int64_t kChunk = 64;
  const auto elements = static_cast<int64_t>(examples.size());
  require(input_elements_ > 0 && elements % input_elements_ == 0,
          fmt::format("{} numbers are no whole number of examples of {}", elements, input_elements_));
  const int64_t count = elements / input_elements_;
  std::vector<float> outputs(static_cast<size_t>(count * output_elements_));
  in_parallel(static_cast<size_t>((count + kChunk - 1) / kChunk), "running examples", progress, [&](size_t chunk) {
    const int64_t first = static_cast<int64_t>(chunk) * kChunk, many = std::min(kChunk, count - first);
    const size_t bytes = (static_cast<size_t>(memory_bytes_) + kMemoryAlign - 1) / kMemoryAlign * kMemoryAlign;
    const std::unique_ptr<void, void (*)(void*)> memory(std::aligned_alloc(kMemoryAlign, bytes), std::free);
    require(memory != nullptr, "no memory for the model");
    const int status = run_(memory.get(), examples.data() + first * input_elements_, outputs.data() + first * output_elements_, many);
    require(status == 0, "the model's run reported a failure on this machine");
  });
  return outputs;
}

}  // namespace thimble
