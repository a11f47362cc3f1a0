#include "steps/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/files.h"
#include "base/table.h"
#include "fit/save_ram.h"
#include "fit/tuned.h"
#include "formats/import.h"
#include "passes/strips.h"
#include "steps/playing.h"

namespace thimble {
namespace {

constexpr int64_t kForTheStack = 448;  ///< of a limit: a little more than our deepest kernel takes; what it is, is known once it is linked

/// What arena and state are to keep below; 0: no limit.
int64_t most_ram(const ModelOnBoard& request, const Board& board) {
  const int64_t asked = ram_limit_of(request.ram), limit = asked > 0 ? asked : board.ram.bytes;
  return limit > 0 ? std::max<int64_t>(limit - kForTheStack, 1) : 0;
}

}  // namespace

int64_t ram_limit_of(const std::string& text) {
  if (text.empty()) return 0;
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  std::string_view unit(read.ptr, static_cast<size_t>(end - read.ptr));
  if (unit.size() == 2 && unit.ends_with('B')) unit.remove_suffix(1);
  const int64_t factor = unit.empty() ? 1 : unit == "k" || unit == "K" ? 1024 : unit == "M" ? 1024 * 1024 : 0;
  if (read.ec != std::errc() || number <= 0 || number > (int64_t{1} << 40) || factor == 0)
    throw Error(Blame::User, fmt::format("--ram cannot be '{}'", text),
                "write bytes, k for 1,024 of them or M for 1,024 k: 32768, 32k or 1M");
  return number * factor;
}

void require_within_limit(const ModelOnBoard& request, const std::string& name, int64_t bytes, std::string_view what) {
  const int64_t limit = ram_limit_of(request.ram);
  if (limit == 0 || bytes <= limit) return;
  throw Error(Blame::User,
              fmt::format("'{}' takes {} bytes of RAM on {} ({}), more than the {} that --ram allows", name, grouped(bytes), request.board,
                          what, grouped(limit)),
              "strips and the kernels that need least are in that already; allow more, or make its largest layers smaller");
}

Graph load_model(const std::filesystem::path& path) {
  require_file(path);
  return import_model(path);
}

Loaded load_model_or_project(const std::filesystem::path& path) {
  const bool of_a_project = path.filename() == kProjectFile || path.extension().empty();
  if (!is_project(path) && (fs::is_directory(path) || (of_a_project && !fs::exists(path))))
    refuse_without_project(project_folder(path),
                           "name a .tflite file or the folder of a project; `thimble new NAME --template motion` makes one");
  if (!is_project(path)) return {load_model(path), std::nullopt, std::nullopt};
  Impulse impulse = load_impulse(path);
  Stream stream = stream_of(impulse);
  return {std::move(impulse.whole), Origin{std::move(impulse.project), std::move(impulse.learnt)}, std::move(stream)};
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

Compiled compile_for(const Board& board, Graph graph, const ModelOnBoard& request, bool golden, std::vector<std::string>* saved,
                     const std::optional<Stream>& stream) {
  CompileOptions options = options_of(request, board, golden);
  options.stream = stream;
  RamSaved less = save_ram(std::move(graph), board, options, ram_policy(request.optimize, board, most_ram(request, board)));
  options.prefer = preference_with(std::move(less.swaps), std::move(options.prefer));
  if (saved) *saved = std::move(less.notes);
  Compiled model = compile(std::move(less.graph), board, options);
  require_within_limit(request, model.name, model.arena_bytes + model.state_bytes, "arena and state");
  return model;
}

Prepared prepare(const ModelOnBoard& request, Progress& progress, bool golden) {
  Prepared prepared;
  prepared.board = &board_named(request.board);
  progress.begin(fmt::format("compiling {} for {}", stem_of(request.model), request.board));
  Loaded loaded = load_model_or_project(request.model);
  prepared.imported = std::move(loaded.graph);
  prepared.origin = std::move(loaded.origin);
  prepared.stream = std::move(loaded.stream);
  Graph graph = after_passes(prepared.imported, &prepared.passes);
  prepared.compiled = compile_for(*prepared.board, std::move(graph), request, golden, &prepared.saved, prepared.stream);
  return prepared;
}

std::string share_of(int64_t bytes, const Region& region) {
  return region.bytes > 0 ? percent(static_cast<double>(bytes), static_cast<double>(region.bytes)) : "";
}

std::string stem_of(const std::string& model) { return fs::path(model).stem().string(); }

}  // namespace thimble
