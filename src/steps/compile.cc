#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "base/files.h"
#include "base/table.h"
#include "codegen/example_text.h"
#include "deploy/deploy.h"
#include "steps/keep_run.h"
#include "steps/memory.h"
#include "steps/performance.h"
#include "steps/pipeline.h"

namespace thimble {
namespace {

struct CompileRequest : ModelOnBoard {
  std::string out;
  bool plan_only = false, run = false;
  int64_t recordings = 20;
  template <class V>
  void fields(V&& v) {
    ModelOnBoard::fields(v);
    v("out", out, "folder that the C is written into; none: out, of a project its out/firmware");
    v("plan_only", plan_only, "do not link a firmware: no compiler is needed, and sizes come from the plan");
    v("run", run, "of a project: play recordings of its test split on the emulated board, as if from the sensor");
    v("recordings", recordings, "how many of them; 0: all", between(0, 100000));
  }
};

Table layer_table(const Compiled& model) {
  Table table({{"#", Align::Right},
               {"layer"},
               {"op"},
               {"kernel"},
               {"MACs", Align::Right, true},
               {"constants B", Align::Right, true},
               {"RAM live B", Align::Right}});
  int64_t macs = 0, constants = 0, live = 0;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    table.row(
        {i, short_name(layer.name, 28), Cell(layer.op, Style::Accent), layer.kernel, layer.macs, layer.constant_bytes, layer.ram_live});
    macs += layer.macs;
    constants += layer.constant_bytes;
    live = std::max(live, layer.ram_live);
  }
  table.total({"", "total", "", "", macs, constants, live});
  return table;
}

Json layers_json(const Compiled& model) {
  Json::Array rows;
  for (const Layer& layer : model.layers) {
    Json row;
    row.set("name", layer.name).set("op", layer.op).set("kernel", layer.kernel).set("symbol", layer.symbol).set("macs", layer.macs);
    rows.push_back(row.set("constant_bytes", layer.constant_bytes).set("ram_live", layer.ram_live));
  }
  return rows;
}

/// The sizes of a linked firmware; the reason there are none where a tool is missing. What does not fit is an error.
std::optional<FirmwareSizes> linked_sizes(const Compiled& model, const Board& board, Progress& progress, std::string& why_not) {
  const TempDir dir;
  progress.begin(fmt::format("linking {} for {}", model.name, board.name));
  try {
    return build_firmware(model, board, dir.path(), {}, progress).sizes;
  } catch (const Error& error) {
    if (error.blame != Blame::Environment) throw;
    why_not = error.what();
    return std::nullopt;
  }
}

/// What the linker would find too large, as far as the plan knows it.
void require_room(const Compiled& model, const Board& board) {
  const int64_t bytes = model.arena_bytes + model.state_bytes;
  if (board.ram.bytes == 0 || bytes <= board.ram.bytes) return;
  throw Error(Blame::User,
              fmt::format("'{}' takes {} bytes of RAM (arena and state) and {} has {}", model.name, grouped(bytes), board.name,
                          grouped(board.ram.bytes)),
              "--optimize ram makes it as small as it gets; `thimble boards` lists larger boards");
}

/// The folder that is meant where none is given.
fs::path folder_of(const CompileRequest& request) {
  if (!request.out.empty()) return request.out;
  return is_project(request.model) ? project_folder(request.model) / "out" / "firmware" : fs::path("out");
}

/// Writes the C, and for a stream a program that feeds it; tells the files.
std::vector<fs::path> write_files(const Compiled& model, const Board& board, const fs::path& folder) {
  std::vector<fs::path> files = {folder / (model.name + ".c"), folder / (model.name + ".h")};
  write_text(files[0], model.source);
  write_text(files[1], model.header);
  if (model.stream) write_text(files.emplace_back(folder / (model.name + "_example.c")), example_text(model, board));
  return files;
}

void require_project(const CompileRequest& request) {
  if (!request.run || is_project(request.model)) return;
  throw Error(Blame::User, fmt::format("--run plays the recordings of a project, and '{}' is none", request.model),
              fmt::format("`thimble run {}` feeds a model numbers", request.model));
}

/// What the impulse costs and says on the board; appended to the result.
void play_project(const CompileRequest& request, const Prepared& prepared, StepResult& result, Progress& progress) {
  const Stream& stream = prepared.stream.value();
  std::vector<Playing> recordings = test_recordings(dataset_of(prepared.origin.value().project, progress), request.recordings);
  const Performance performance = perform(prepared.compiled, *prepared.board, stream, std::move(recordings), progress);
  result.text += fmt::format("\n{} recordings that it never saw, played on {}:\n\n{}\n{}", performance.recordings.size(), request.board,
                             timeline_text(performance.recordings, stream), cost_text(performance, *prepared.board));
  result.json.set("played", played_json(performance.recordings, stream));
  set_cost(result.json, performance);
}

/// What was linked, or what is planned, under names of their own.
std::vector<Metric> metrics_of(const Compiled& model, const std::optional<FirmwareSizes>& sizes) {
  const auto whole = [](const char* name, int64_t bytes) { return Metric{Metric::kWhole, name, static_cast<double>(bytes)}; };
  if (sizes) return {whole("ram_bytes", sizes->ram()), whole("flash_bytes", sizes->flash())};
  return {whole("planned_ram_bytes", model.arena_bytes + model.state_bytes), whole("constant_bytes", model.constant_bytes)};
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto start = std::chrono::steady_clock::now();
  const auto request = from_bag<CompileRequest>(bag);
  require_project(request);
  const Prepared prepared = prepare(request, progress, /*golden=*/true);
  const Compiled& model = prepared.compiled;
  std::string why_not = "--plan-only was given";
  const auto sizes = request.plan_only ? std::nullopt : linked_sizes(model, *prepared.board, progress, why_not);
  if (sizes) require_within_limit(request, model.name, sizes->ram(), "arena, state and stack");
  if (!sizes) require_room(model, *prepared.board);
  const std::vector<fs::path> files = write_files(model, *prepared.board, folder_of(request));

  StepResult result;
  result.text = fmt::format("{} for {}: {}\n\n{}\n{}\n", styled(Style::Bold, model.name), request.board, prepared.board->summary,
                            layer_table(model).text(), print_timeline(model.graph, model.plan));
  for (const std::string& change : prepared.saved) result.text += "  " + wrapped(change, terminal().width - 2, "  ") + "\n";
  if (!prepared.saved.empty()) result.text += "\n";
  result.text += sizes ? memory_text(*prepared.board, *sizes) : planned_memory_text(*prepared.board, model, why_not);
  std::string wrote;
  for (const fs::path& file : files)
    wrote += (wrote.empty() ? "" : &file == &files.back() ? " and " : ", ") + styled(Style::Bold, file.lexically_normal().string());
  result.text += fmt::format("\nwrote {}\n", wrote);

  Json::Array paths;
  for (const fs::path& file : files) paths.push_back(file.string());
  result.json.set("model", request.model).set("board", request.board).set("name", model.name).set("exact", sizes.has_value());
  set_memory(result.json, sizes ? *sizes : planned_sizes(model));
  result.json.set("saved_ram", Json::Array(prepared.saved.begin(), prepared.saved.end()));
  result.json.set("lower_bound", model.plan.lower_bound).set("layers", layers_json(model));
  result.json.set("compiler_level", model.compiler_level).set("files", paths);
  if (request.run) play_project(request, prepared, result, progress);
  if (prepared.origin)
    result.text +=
        keep_run(prepared.origin->project, {.kind = "compile",
                                            .board = request.board,
                                            .config = prepared.origin->project.text,
                                            .data_hash = prepared.origin->learnt.data_hash,
                                            .metrics = metrics_of(model, sizes),
                                            .files = files,
                                            .seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()});
  return result;
}

}  // namespace

std::span<const Step> compile_steps() {
  static const Step kRows[] = {
      {.name = "compile",
       .summary = "turn a model or a project into one .c and one .h, with the RAM and flash it will take",
       .stage = Stage::Build,
       .details = "The C is freestanding C99: no heap, no library, no dependency. Where the board's compiler is here, a firmware is linked "
                  "against the board's true limits, so that the sizes printed are exact and a model that does not fit is told now. Of a "
                  "project that is "
                  "trained, signal blocks, network and smoothing become one library that takes samples in physical units as they come "
                  "(<name>_push) or a whole window (<name>_run).",
       .examples = "thimble compile kws.tflite --board nano33ble\n"
                   "thimble compile --run                            # in the folder of a project\n"
                   "thimble compile kws.tflite --board pico --out firmware/model --optimize flash\n"
                   "thimble compile kws.tflite --plan-only            # no compiler needed: sizes from the plan\n"
                   "thimble compile gestures --run                   # the impulse of a project, played to on the board\n"
                   "thimble compile kws.tflite --json | jq .ram.total",
       .positional = {"model"},
       .required = 0,
       .fields = request_fields<CompileRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble
