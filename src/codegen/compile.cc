#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <random>

#include "codegen/c_text.h"
#include "codegen/choose.h"
#include "codegen/compiled.h"
#include "codegen/model_text.h"
#include "codegen/stream_text.h"
#include "ir/interpreter.h"

namespace thimble {
namespace {

constexpr std::string_view kLevels[] = {"-O2", "-O3", "-Os", "-O2"};
constexpr int kStateAlign = 8;

/// Where state values lie in the model's `state` member.
std::vector<int64_t> place_state(const Graph& graph, int64_t& bytes) {
  std::vector<int64_t> offsets(graph.values.size(), -1);
  bytes = 0;
  for (size_t i = 0; i < graph.values.size(); ++i) {
    if (!graph.values[i].state) continue;
    offsets[i] = bytes;
    bytes += (graph.values[i].type.bytes() + kStateAlign - 1) / kStateAlign * kStateAlign;
  }
  return offsets;
}

Addresses addresses_of(const Graph& graph, const Plan& plan, const std::vector<int64_t>& state_offsets) {
  Addresses addresses{std::vector<std::string>(graph.values.size()), std::vector<std::string>(graph.nodes.size(), "NULL")};
  for (size_t i = 0; i < graph.values.size(); ++i) {
    if (state_offsets[i] >= 0)
      addresses.of[i] = fmt::format("self->state + {}", state_offsets[i]);
    else if (plan.buffer_of[i] >= 0)
      addresses.of[i] = fmt::format("self->arena + {}", plan.offset_of(static_cast<ValueId>(i)));
  }
  for (size_t n = 0; n < graph.nodes.size(); ++n)
    if (plan.scratch_of[n] >= 0)
      addresses.scratch[n] = fmt::format("self->arena + {}", plan.buffers[static_cast<size_t>(plan.scratch_of[n])].offset);
  return addresses;
}

std::vector<Port> ports(const Graph& graph, const std::vector<ValueId>& ids) {
  std::vector<Port> all;
  for (ValueId id : ids) all.push_back({graph.value(id).name, graph.type(id)});
  return all;
}

Buffer random_input(const TensorType& type, std::mt19937& random) {
  Buffer bytes(static_cast<size_t>(type.bytes()));
  if (type.dtype != DType::F32) {
    for (std::byte& b : bytes) b = static_cast<std::byte>(random() & (type.dtype == DType::Bool ? 1 : 255));
    return bytes;
  }
  for (size_t i = 0; i < bytes.size(); i += sizeof(float)) {
    const float value = static_cast<float>(random() >> 8) / static_cast<float>(1 << 23) - 1.0f;
    std::copy_n(reinterpret_cast<const std::byte*>(&value), sizeof value, bytes.data() + i);
  }
  return bytes;
}

std::vector<GoldenRecord> make_golden(const Graph& graph, int records) {
  const Doing doing([&] { return "computing the golden vectors of '" + graph.name + "'"; });
  std::vector<GoldenRecord> golden;
  std::mt19937 random(1);
  Interpreter interpreter(graph);
  for (int r = 0; r < records; ++r) {
    GoldenRecord record;
    for (ValueId id : graph.inputs) record.inputs.push_back(random_input(graph.type(id), random));
    record.outputs = interpreter.run(record.inputs);
    golden.push_back(std::move(record));
  }
  return golden;
}

/// The runtime's text that these kernels need.
std::string runtime_text(const std::vector<const Kernel*>& kernels, bool smoothing) {
  std::vector<std::string> headers = {"core/base.h"};
  if (smoothing) headers.emplace_back("core/smoothing.h");
  for (const Kernel* kernel : kernels)
    for (const std::string& header : sources_of(*kernel))
      if (std::find(headers.begin(), headers.end(), header) == headers.end()) headers.push_back(header);
  return paste_headers(headers);
}

/// A name under which the model's functions cannot meet the runtime's: "softmax" becomes "softmax_model".
std::string model_name(const std::string& graph_name, const std::string& runtime) {
  const std::string name = c_identifier(graph_name), prefix = "thimble_" + name;
  for (size_t at = runtime.find(prefix); at != std::string::npos; at = runtime.find(prefix, at + 1)) {
    const char next = runtime[std::min(at + prefix.size(), runtime.size() - 1)];
    if (next == '_' || !std::isalnum(static_cast<unsigned char>(next))) return name + "_model";
  }
  return name;
}

/// The layers in the order they run; aliases that share their operand's memory make none.
std::vector<LayerCode> lower_all(const Graph& graph, const Plan& plan, const std::vector<const Kernel*>& kernels, Compiled& model) {
  std::vector<LayerCode> code;
  for (size_t position = 0; position < plan.order.size(); ++position) {
    const auto n = static_cast<size_t>(plan.order[position]);
    const Node& node = graph.nodes[n];
    const Kernel& kernel = *kernels[n];
    if (plan.is_view[n]) continue;
    LayerCode layer{static_cast<int>(n), {}};
    if (!kernel.alias) {
      const Doing doing([&] { return fmt::format("lowering node '{}' ({}) to {}", node.name, node.op->name, kernel.name); });
      KernelCall call = kernel.lower(node, graph);
      layer.calls = call.more();
      layer.calls.insert(layer.calls.begin(), std::move(call));
    }
    model.layers.push_back({.name = node.name,
                            .op = std::string(node.op->name),
                            .kernel = std::string(kernel.name),
                            .symbol = fmt::format("thimble_{}_layer_{:02}", model.name, code.size()),
                            .node = static_cast<int>(n),
                            .macs = macs_of(graph, node),
                            .ram_live = plan.live_bytes[position],
                            .outputs = node.out});
    code.push_back(std::move(layer));
  }
  return code;
}

/// Makes the graph one that is fed sample by sample; the model remembers how.
Graph for_stream(Graph graph, const Stream& stream, Compiled& model) {
  StreamGraph made = fed_by_samples(std::move(graph), stream);
  model.stream = {stream, made.window, made.axes, made.length, made.stride, made.rows, made.rows_between, made.row_layers};
  return std::move(made.graph);
}

}  // namespace

Compiled compile(Graph graph, const Board& board, const CompileOptions& options) {
  const std::string name = graph.name;
  const Doing doing([&] { return fmt::format("compiling '{}' for {}", name, board.name); });
  Compiled model;
  const Graph windows = graph;
  model.inputs = ports(graph, graph.inputs);
  if (options.stream && options.stream->continuous()) graph = for_stream(std::move(graph), *options.stream, model);
  const std::vector<const Kernel*> kernels = choose_kernels(graph, board, options.optimize, options.prefer);
  const std::vector<GoldenRecord> golden = options.golden ? make_golden(windows, options.golden_records) : std::vector<GoldenRecord>{};
  const std::string runtime = runtime_text(kernels, model.stream && !model.stream->about.classes.empty());
  model.name = model_name(graph.name, runtime);
  model.plan = plan_memory(graph, plan_steps(graph, kernels));
  model.arena_bytes = model.plan.arena_bytes;
  for (const PlanBuffer& buffer : model.plan.buffers) model.arena_align = std::max(model.arena_align, buffer.align);
  model.outputs = ports(graph, graph.outputs);
  model.compiler_level = kLevels[static_cast<size_t>(options.optimize)];
  const std::vector<int64_t> state_offsets = place_state(graph, model.state_bytes);
  const std::vector<LayerCode> code = lower_all(graph, model.plan, kernels, model);
  const Addresses addresses = addresses_of(graph, model.plan, state_offsets);
  model.graph = std::move(graph);
  model.header = header_text(model);
  SourceText source = source_text(model, code, runtime, addresses, golden, options);
  if (model.stream) model.state_bytes += stream_bytes(*model.stream);
  model.source = std::move(source.text);
  model.constant_bytes = source.constant_bytes;
  for (size_t i = 0; i < model.layers.size(); ++i) model.layers[i].constant_bytes = source.layer_constant_bytes[i];
  return model;
}

}  // namespace thimble
