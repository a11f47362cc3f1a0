#include "steps/verification.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "base/table.h"
#include "deploy/deploy.h"
#include "passes/strips.h"

namespace thimble {
namespace {

const Value* value_named(const Graph& graph, std::string_view name) {
  const auto it = std::find_if(graph.values.begin(), graph.values.end(), [&](const Value& value) { return value.name == name; });
  return it == graph.values.end() ? nullptr : &*it;
}

}  // namespace

Verification::Verification(const VerifyRequest& request, Progress& progress)
    : Verification(request, progress, load_model_or_project(request.model)) {}

Verification::Verification(const VerifyRequest& request, Progress& progress, Loaded loaded)
    : request_(request),
      progress_(progress),
      stream_(std::move(loaded.stream)),
      imported_(std::move(loaded.graph)),
      rewritten_(after_passes(imported_)) {
  progress_.begin(fmt::format("interpreting {}", imported_.name));
  if (request.golden.empty()) {
    golden_ = interpreted(imported_, static_cast<uint64_t>(request.seed), request.records > 0 ? request.records : 4);
  } else {
    golden_ = load_golden(request.golden, request.model, imported_);
    for (RecordSet& set : golden_.sets)
      if (request.records > 0 && static_cast<size_t>(request.records) < set.inputs.size())
        set.inputs.resize(static_cast<size_t>(request.records)), set.outputs.resize(static_cast<size_t>(request.records));
    ways_.push_back(interpreter_way());
  }
}

void Verification::run_on(const std::string& board, bool several) {
  Way way{.where = board == "host" ? "host C" : board};
  try {
    run_firmwares(board_named(board), way);
  } catch (const Error& error) {
    if (!several) throw;
    way.left_out = error.what();
    way.blame = error.blame;
  }
  ways_.push_back(std::move(way));
}

int64_t Verification::record_count() const {
  int64_t count = 0;
  for (const RecordSet& set : golden_.sets) count += static_cast<int64_t>(set.inputs.size());
  return count;
}

int64_t Verification::uncompared() const {
  int64_t most = 0;
  for (const Way& way : ways_)
    if (way.layers) most = std::max(most, std::ssize(golden_.layers) - way.layer_count());
  return most;
}

void Verification::compare_sets(const std::vector<Record>& outputs, Way& way) const {
  auto at = outputs.begin();
  for (const RecordSet& set : golden_.sets) {
    require(outputs.end() - at >= static_cast<std::ptrdiff_t>(set.outputs.size()), "an output for every record");
    const std::vector<Record> part(at, at + static_cast<std::ptrdiff_t>(set.outputs.size()));
    way.sets.push_back(compare(output_types(imported_), set.outputs, part));
    at += static_cast<std::ptrdiff_t>(set.outputs.size());
  }
}

/// What a tensor of `bytes` should hold, where that is known: a layer's output, or rows of it.
std::optional<std::span<const std::byte>> Verification::wanted(const Graph& graph, const Value& value) const {
  const auto strip = parse_strip_name(value.name);
  const auto known = golden_.layers.find(strip ? std::string(strip->whole) : value.name);
  if (known == golden_.layers.end()) return std::nullopt;
  const std::span<const std::byte> all = known->second;
  const Value* whole = strip ? value_named(graph, strip->whole) : &value;
  if (!whole || static_cast<int64_t>(all.size()) != whole->type.bytes()) return std::nullopt;
  if (!strip) return all;
  if (whole->type.rank() < 2 || strip->last >= whole->type.shape[1]) return std::nullopt;  // a name that only looks like a strip's
  const auto row = all.size() / static_cast<size_t>(whole->type.shape[1]), first = static_cast<size_t>(strip->first);
  return all.subspan(first * row, (static_cast<size_t>(strip->last) + 1 - first) * row);
}

/// Adds the comparison of one tensor, if it is a known one.
void Verification::compare_layer(const Graph& graph, const Value& value, std::span<const std::byte> got, const std::string& what,
                                 Way& way) const {
  const auto want = wanted(graph, value);
  if (!want) return;
  Comparison one;
  compare(value.type, *want, got, Measure::Tensor, one);
  if (!way.layers) way.layers.emplace();
  compare(value.type, *want, got, Measure::Tensor, *way.layers);
  const auto strip = parse_strip_name(value.name);
  way.compared.emplace(strip ? strip->whole : value.name);
  if (!one.ok() && way.first_fault.empty()) way.first_fault = fmt::format("{}: {}", what, one.cell().text);
}

Way Verification::interpreter_way() const {
  Way way{.where = "interpreter"};
  TensorContents layers;
  const auto total = record_count();
  compare_sets(interpret_all(imported_, golden_.sets, layers, [&](int64_t done) { progress_.update(done, total); }), way);
  for (const Node& node : imported_.nodes)
    for (ValueId id : node.out)
      if (const auto it = layers.find(imported_.value(id).name); it != layers.end())
        compare_layer(imported_, imported_.value(id), it->second, fmt::format("node '{}' ({})", short_name(node.name), node.op->name), way);
  return way;
}

void Verification::run_firmwares(const Board& board, Way& way) const {
  const Compiled model = compile_for(board, rewritten_, request_, /*golden=*/false, nullptr, stream_);
  std::vector<Record> records;
  for (const RecordSet& set : golden_.sets) records.insert(records.end(), set.inputs.begin(), set.inputs.end());
  const TempDir plain, traced;
  progress_.begin(fmt::format("building for {}", board.name));
  const Firmware firmware = build_firmware(model, board, plain.path(), {}, progress_);
  progress_.begin(fmt::format("running on {}", board.name));
  compare_sets(run_firmware(firmware, records, /*count=*/false, progress_).outputs, way);
  for (Comparison& set : way.sets) set.tolerance = float_tolerance(board);
  if (model.stream && model.stream->by_frames()) return;  // its layers run once a frame
  if (request_.golden.empty() && way.ok()) return;        // layers tell where a fault is, or are asked for by --golden
  progress_.begin(fmt::format("tracing the layers on {}", board.name));
  const Firmware tracing = build_firmware(model, board, traced.path(), {.trace = true}, progress_);
  compare_trace(model, run_firmware(tracing, {records[0]}, /*count=*/false, progress_).trace, way);
}

void Verification::compare_trace(const Compiled& model, const std::vector<std::vector<std::byte>>& trace, Way& way) const {
  require(trace.size() == model.layers.size(), "a trace of every layer");
  for (size_t i = 0; i < trace.size(); ++i) {
    std::span<const std::byte> rest = trace[i];
    for (ValueId id : model.layers[i].outputs) {
      const Value& value = model.graph.value(id);
      const auto part = rest.first(static_cast<size_t>(value.type.bytes()));
      rest = rest.subspan(part.size());
      compare_layer(
          model.graph, value, part,
          fmt::format("layer {} '{}' ({} by {})", i, short_name(model.layers[i].name), model.layers[i].op, model.layers[i].kernel), way);
    }
  }
}

}  // namespace thimble
