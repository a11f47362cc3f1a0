#include "steps/pipeline.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/table.h"
#include "formats/import.h"
#include "passes/strips.h"
#include "steps/tuned.h"

namespace thimble {
Graph load_model(const std::filesystem::path& path) {
  require_file(path);
  return import_model(path);
}

Graph after_passes(Graph graph, std::vector<PassReport>* reports) {
  std::vector<PassReport> all = run_pipeline(graph);
  if (reports) *reports = std::move(all);
  return graph;
}

CompileOptions options_of(const ModelOnBoard& request, const Board& board, bool golden) {
  CompileOptions options{.optimize = request.optimize, .golden = golden};
  if (!request.no_tuned) options.prefer = preference_of(read_tuned(request.tuned), board, request.optimize);
  return options;
}

Prepared prepare(const ModelOnBoard& request, Progress& progress, bool golden) {
  Prepared prepared;
  prepared.board = &board_named(request.board);
  progress.begin(fmt::format("compiling {} for {}", stem_of(request.model), request.board));
  prepared.imported = load_model(request.model);
  Graph graph = after_passes(prepared.imported, &prepared.passes);
  prepared.compiled = compile(std::move(graph), *prepared.board, options_of(request, *prepared.board, golden));
  return prepared;
}

std::string short_name(std::string_view name, int columns) {
  if (const auto strip = parse_strip_name(name)) {
    const std::string rows = strip_name({"", strip->first, strip->last});
    return short_name(strip->whole, columns - columns_of(rows)) + rows;
  }
  std::string_view first = name.substr(0, name.find(';'));
  while (columns_of(first) > columns && first.find('/') != std::string_view::npos) first.remove_prefix(first.find('/') + 1);
  return shortened(first, columns);
}

std::string share_of(int64_t bytes, const Region& region) {
  return region.bytes > 0 ? percent(static_cast<double>(bytes), static_cast<double>(region.bytes)) : "";
}

std::string stem_of(const std::string& model) { return fs::path(model).stem().string(); }

}  // namespace thimble
