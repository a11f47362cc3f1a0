#include "bench/measure.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/parallel.h"
#include "steps/records.h"

namespace thimble::bench {
namespace {

Shape shape_of(const Graph& graph, const std::vector<ValueId>& ids) { return ids.empty() ? Shape{} : graph.type(ids[0]).shape; }

std::vector<LayerFigures> layers_of(const Compiled& model, const RunResult& run) {
  std::vector<LayerFigures> all;
  for (size_t i = 0; i < run.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    const Node& node = model.graph.nodes[static_cast<size_t>(layer.node)];
    all.push_back({.name = layer.name,
                   .op = layer.op,
                   .kernel = layer.kernel,
                   .in = shape_of(model.graph, node.in),
                   .out = shape_of(model.graph, node.out),
                   .macs = layer.macs,
                   .instructions = static_cast<int64_t>(run.layers[i].instructions),
                   .cycles = static_cast<int64_t>(run.layers[i].cycles)});
  }
  return all;
}

/// A model that does not fit is the user's fault by `build_firmware`; here it is a figure.
bool is_about_room(const Error& error) {
  return error.blame == Blame::User && std::string_view(error.what()).find("does not fit") != std::string_view::npos;
}

}  // namespace

std::string_view word_of(Optimize optimize) { return enum_names(optimize)[static_cast<size_t>(optimize)]; }

Figures measure(const Job& job) {
  const Doing doing([&] { return fmt::format("measuring {} on {}", job.model, job.board); });
  Progress silent;
  ModelOnBoard request;
  request.model = job.file, request.board = job.board, request.optimize = job.optimize, request.no_tuned = true;
  const Prepared prepared = prepare(request, silent);
  const TempDir dir;
  Figures figures{.job = job};
  for (const Node& node : prepared.imported.nodes) figures.imported.push_back(node.name);
  try {
    Firmware firmware = build_firmware(prepared.compiled, *prepared.board, dir.path(), {}, silent);
    if (!job.waits) firmware.wait_states = 0;
    figures.sizes = firmware.sizes;
    const auto records = random_records(input_types(prepared.compiled.graph), Texture::Uniform, 1, 1);
    const RunResult run = run_firmware(firmware, records, /*count=*/true, silent);
    if (run.instructions) figures.instructions = static_cast<int64_t>(*run.instructions);
    if (run.cycles) figures.cycles = static_cast<int64_t>(*run.cycles);
    figures.layers = layers_of(prepared.compiled, run);
  } catch (const Error& error) {
    if (!is_about_room(error)) throw;
    figures.fits = false;
  }
  return figures;
}

std::vector<Figures> measure_all(const std::vector<Job>& jobs, Progress& progress) {
  std::vector<Figures> all(jobs.size());
  in_parallel(jobs.size(), fmt::format("measuring {} firmwares", jobs.size()), progress, [&](size_t i) { all[i] = measure(jobs[i]); });
  return all;
}

}  // namespace thimble::bench
