#include "bench/kernels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/files.h"
#include "base/parallel.h"
#include "deploy/deploy.h"
#include "deploy/elf.h"
#include "deploy/listing.h"

namespace thimble::bench {
namespace {

/// Layers that go into one firmware.
struct Batch {
  const Board* board;
  std::vector<KernelFigures> layers;
};

int64_t ram_of(const Kernel& kernel, const LayerShape& shape) {
  int64_t bytes = kernel.scratch ? kernel.scratch(shape.node(), shape.graph) : 0;
  for (const Value& value : shape.graph.values)
    if (!value.constant()) bytes += value.type.bytes();
  return bytes;
}

int64_t constant_bytes(const LayerShape& shape) {
  int64_t bytes = 0;
  for (const Value& value : shape.graph.values)
    if (value.constant()) bytes += value.type.bytes();
  return bytes;
}

/// What a firmware of many layers may take of the board's memory; the rest is for the stack and the harness.
bool has_room(const Board& board, int64_t ram, int64_t constants) {
  return (board.ram.bytes == 0 || ram <= board.ram.bytes * 3 / 5) && (board.flash.bytes == 0 || constants <= board.flash.bytes / 4);
}

std::vector<Batch> batches_of(const Board& board, const std::vector<const Kernel*>& kernels, int& left_out) {
  std::vector<Batch> batches;
  int64_t ram = 0, constants = 0;
  for (const Kernel* kernel : kernels)
    for (const LayerShape* shape : shapes_for(*kernel)) {
      if (kernel->cycles && !std::isfinite(kernel->cycles(shape->node(), shape->graph, board))) continue;  // made for a weaker core
      const int64_t more_ram = ram_of(*kernel, *shape), more_constants = constant_bytes(*shape);
      if (!has_room(board, more_ram, more_constants)) {
        ++left_out;
        continue;
      }
      if (batches.empty() || !has_room(board, ram + more_ram, constants + more_constants)) {
        batches.push_back({&board, {}});
        ram = constants = 0;
      }
      ram += more_ram, constants += more_constants;
      batches.back().layers.push_back({.kernel = kernel, .shape = shape, .board = &board});
    }
  return batches;
}

/// All layers of the batch in one graph, independent of each other, named by their number.
Graph side_by_side(const Batch& batch) {
  Graph all{.name = "kernels"};
  for (size_t i = 0; i < batch.layers.size(); ++i) {
    const Graph& one = batch.layers[i].shape->graph;
    const auto shift = static_cast<ValueId>(all.values.size());
    const auto moved = [&](ValueId id) { return id == kAbsent ? id : id + shift; };
    all.values.insert(all.values.end(), one.values.begin(), one.values.end());
    Node node = one.nodes[0];
    node.name = std::to_string(i);
    for (auto* ids : {&node.in, &node.out}) std::transform(ids->begin(), ids->end(), ids->begin(), moved);
    all.nodes.push_back(std::move(node));
    for (const ValueId id : one.inputs) all.inputs.push_back(moved(id));
    for (const ValueId id : one.outputs) all.outputs.push_back(moved(id));
  }
  return all;
}

/// Adds what `name` reaches by calls to `reached`.
void reach(const Disassembly& code, const std::string& name, std::set<std::string>& reached) {
  const CodeFunction* function = code.find(name);
  if (!function || !reached.insert(name).second) return;
  for (const Instruction& one : code.body(*function))
    if (!one.target.empty()) reach(code, one.target.substr(0, one.target.find('+')), reached);
}

/// The functions that calls of the kernel hand over by name: its assembly loops.
std::vector<std::string> loops_of(const KernelFigures& layer) {
  std::vector<std::string> names;
  const KernelCall call = layer.kernel->lower(layer.shape->node(), layer.shape->graph);
  std::vector<KernelCall> calls = call.more();
  calls.push_back(call);
  for (const KernelCall& one : calls)
    for (const Argument& argument : one.arguments())
      if (const auto* named = std::get_if<NameArg>(&argument)) names.push_back(named->name);
  return names;
}

int64_t code_of(const KernelFigures& layer, const std::string& symbol, const Disassembly& code, const Elf& elf) {
  std::set<std::string> reached;
  reach(code, symbol, reached);
  for (const std::string& loop : loops_of(layer)) reach(code, loop, reached);
  int64_t bytes = 0;
  for (const std::string& name : reached)
    if (const ElfSymbol* found = elf.find(name)) bytes += found->size;
  return bytes;
}

void measure(Batch& batch) {
  const Doing doing([&] { return fmt::format("measuring {} on {}", batch.layers[0].kernel->source, batch.board->name); });
  Progress silent;
  const auto prefer = [&](const Node& node, const Graph&) {
    return std::string(batch.layers[static_cast<size_t>(std::stoi(node.name))].kernel->name);
  };
  const Compiled model = compile(side_by_side(batch), *batch.board, {.golden = false, .prefer = prefer});
  const TempDir dir;
  const Firmware firmware = build_firmware(model, *batch.board, dir.path(), {}, silent);
  std::vector<std::byte> record;
  for (const KernelFigures& layer : batch.layers)
    for (const Buffer& input : layer.shape->inputs) record.insert(record.end(), input.begin(), input.end());
  const RunResult run = run_firmware(firmware, {record}, /*count=*/true, silent);
  const auto listing = listing_of(*batch.board, firmware.elf);
  const Elf elf = read_elf(firmware.elf);
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    KernelFigures& figures = batch.layers[static_cast<size_t>(std::stoi(layer.name))];
    require(layer.kernel == figures.kernel->name, fmt::format("{} runs instead of {}", layer.kernel, figures.kernel->name));
    figures.instructions = static_cast<int64_t>(run.layers[i].instructions);
    figures.cycles = static_cast<int64_t>(run.layers[i].cycles);
    figures.code = code_of(figures, layer.symbol, *listing, elf);
    figures.constants = layer.constant_bytes;
    const Kernel& kernel = *figures.kernel;
    figures.scratch = kernel.scratch ? kernel.scratch(figures.shape->node(), figures.shape->graph) : 0;
  }
}

bool is_wanted(const Kernel& kernel, const std::vector<std::string>& ops) {
  return ops.empty() || std::find(ops.begin(), ops.end(), kernel.op) != ops.end();
}

/// The kernels that the board can run, by the file that their C is in, where one of them is wanted: all of the file, because they share
/// code and are measured together.
std::map<std::string_view, std::vector<const Kernel*>> by_source(const Board& board, const std::vector<std::string>& ops) {
  std::map<std::string_view, std::vector<const Kernel*>> files;
  for (const Kernel* kernel : all_kernels())
    if (has(board.isa, kernel->needs) && !kernel->alias) files[kernel->source].push_back(kernel);
  std::erase_if(files, [&](const auto& file) {
    return std::none_of(file.second.begin(), file.second.end(), [&](const Kernel* kernel) { return is_wanted(*kernel, ops); });
  });
  return files;
}

}  // namespace

std::vector<const Board*> boards_for_kernels(const std::vector<std::string>& names) {
  std::vector<const Board*> boards;
  if (!names.empty()) {
    for (const std::string& name : names) boards.push_back(&board_named(name));
    return boards;
  }
  for (const Board* board : all_boards()) {
    if (board->emulator.empty() || has(board->isa, Isa::Wasm)) continue;
    std::erase_if(boards, [&](const Board* other) { return other->core == board->core; });
    boards.push_back(board);
  }
  return boards;
}

std::vector<KernelFigures> measure_kernels(const std::vector<const Board*>& boards, const std::vector<std::string>& ops, Progress& progress,
                                           int& left_out) {
  std::vector<Batch> batches;
  for (const Board* board : boards)
    for (const auto& [source, kernels] : by_source(*board, ops))
      for (Batch& batch : batches_of(*board, kernels, left_out)) batches.push_back(std::move(batch));
  in_parallel(batches.size(), fmt::format("measuring {} firmwares of kernels", batches.size()), progress,
              [&](size_t i) { measure(batches[i]); });
  std::vector<KernelFigures> all;
  for (const Batch& batch : batches)
    for (const KernelFigures& one : batch.layers)
      if (is_wanted(*one.kernel, ops)) all.push_back(one);
  return all;
}

Row row_of(const KernelFigures& one) {
  return {.key = fmt::format("{} {} {}", one.kernel->name, one.shape->name, one.board->name),
          .board = std::string(one.board->name),
          .figures = {{"instructions", one.instructions},
                      {"cycles", one.cycles},
                      {"code", one.code},
                      {"constants", one.constants},
                      {"scratch", one.scratch}}};
}

std::vector<Grid> kernel_grids(const std::vector<Row>& rows) {
  std::vector<const Board*> boards;
  for (const Board* board : all_boards())
    if (std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return row.board == board->name; })) boards.push_back(board);
  std::vector<Grid> grids;
  for (const LayerShape& shape : layer_shapes()) {
    Grid grid{.heading = shape.name, .columns = {"kernel"}, .rows = {}};
    for (const Board* board : boards) grid.columns.emplace_back(board->name);
    for (const Kernel* kernel : all_kernels()) {
      std::vector<std::string> cells{std::string(kernel->name)};
      bool any = false;
      for (const Board* board : boards) {
        const auto found = figure(rows, fmt::format("{} {} {}", kernel->name, shape.name, board->name), "instructions");
        any = any || found;
        cells.push_back(found ? number(found) : "");
      }
      if (any) grid.rows.push_back(std::move(cells));
    }
    if (!grid.rows.empty()) grids.push_back(std::move(grid));
  }
  return grids;
}

}  // namespace thimble::bench
