#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstring>

#include "base/files.h"
#include "base/table.h"
#include "codegen/compiled.h"
#include "deploy/deploy.h"
#include "deploy/host_model.h"
#include "steps/keep_run.h"
#include "steps/memory.h"
#include "steps/pipeline.h"
#include "steps/training.h"

namespace thimble {
namespace {

struct EvalRequest {
  std::string project = ".", board = "host", split = "test";
  int64_t count = 0;
  template <class V>
  void fields(V&& v) {
    v("project", project, "the folder of a project that is trained");
    v("board", board, "where the windows are run: this machine, or an emulated board; `thimble boards` lists them");
    v("split", split, "the windows to judge by", one_of({"test", "validation", "train"}));
    v("count", count, "only the first so many windows; 0: all", at_least(0));
  }
};

const Examples& split_of(const Dataset& dataset, const EvalRequest& request) {
  const Examples& examples = request.split == "test" ? dataset.test : request.split == "validation" ? dataset.validation : dataset.train;
  if (examples.count() == 0)
    throw Error(Blame::User, fmt::format("the {} split is empty", request.split),
                "[split] says how the data is parted; --split names another");
  return examples;
}

/// The first `count` of them.
Examples shortened_to(Examples examples, int64_t count) {
  if (count == 0 || count >= examples.count()) return examples;
  const auto n = static_cast<size_t>(count);
  const size_t targets = examples.targets.size() / static_cast<size_t>(examples.count());
  examples.values.resize(n * static_cast<size_t>(examples.elements()));
  examples.targets.resize(n * targets);
  if (!examples.labels.empty()) examples.labels.resize(n);
  examples.source.resize(n);
  if (!examples.start.empty()) examples.start.resize(n);
  return examples;
}

/// What a board made of the windows, and what it took.
struct OnBoard {
  std::vector<float> outputs;
  FirmwareSizes sizes;
  std::optional<double> cycles;
};

OnBoard run_on(const Board& board, const Graph& graph, const Examples& examples, Progress& progress) {
  const TempDir dir;
  const Firmware firmware = build_firmware(compile(graph, board, {.golden = false}), board, dir.path(), {}, progress);
  std::vector<std::vector<std::byte>> records;
  for (int64_t i = 0; i < examples.count(); ++i) {
    const auto bytes = std::as_bytes(examples.example(i));
    records.emplace_back(bytes.begin(), bytes.end());
  }
  const RunResult run = run_firmware(firmware, records, /*count=*/!board.emulator.empty(), progress);
  OnBoard result{.outputs = {}, .sizes = firmware.sizes, .cycles = run.cycles};
  for (const std::vector<std::byte>& output : run.outputs) {
    const size_t at = result.outputs.size();
    result.outputs.resize(at + output.size() / sizeof(float));
    std::memcpy(result.outputs.data() + at, output.data(), output.size());
  }
  return result;
}

/// Windows of which at least one bit of an output differs.
int64_t differing(const std::vector<float>& a, const std::vector<float>& b, int64_t count) {
  const size_t width = a.size() / static_cast<size_t>(count);
  int64_t windows = 0;
  for (size_t i = 0; i < static_cast<size_t>(count); ++i)
    windows += std::memcmp(a.data() + i * width, b.data() + i * width, width * sizeof(float)) != 0;
  return windows;
}

std::string board_text(const Board& board, const OnBoard& run, int64_t count, int64_t other) {
  std::string text =
      fmt::format("\nOn {}: {}\n{}", styled(Style::Bold, std::string(board.name)), board.summary, memory_text(board, run.sizes));
  if (run.cycles) {
    text += fmt::format("  time   {:.2f} ms a window ({} cycles)", 1e3 * *run.cycles / board.clock_hz, grouped(std::llround(*run.cycles)));
    if (const auto energy = energy_uj(*run.cycles, board)) text += fmt::format(", {:.1f} uJ", *energy);
    text += "\n";
  }
  return text + fmt::format("  {} of {} windows give other bits than on this machine\n",
                            styled(other == 0 ? Style::Good : Style::Bad, grouped(other)), grouped(count));
}

std::vector<Metric> metrics_of(const Scores& scores, const std::string& split, const std::optional<OnBoard>& on_board) {
  std::vector<Metric> metrics;
  const auto note = [&](std::string name, double value) { metrics.push_back({Metric::kWhole, std::move(name), value}); };
  for (const auto& [name, value] : scores.figures())
    if (std::isfinite(value)) note(split + "_" + name, value);
  if (!on_board) return metrics;
  note("ram_bytes", static_cast<double>(on_board->sizes.ram()));
  note("flash_bytes", static_cast<double>(on_board->sizes.flash()));
  if (on_board->cycles) note("cycles", *on_board->cycles);
  return metrics;
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto start = std::chrono::steady_clock::now();
  const auto request = from_bag<EvalRequest>(bag);
  const Board& board = board_named(request.board);
  const Impulse impulse = load_impulse(request.project);
  const Dataset dataset = dataset_of(impulse.project, progress);
  const Examples examples = shortened_to(split_of(dataset, request), request.count);
  const Graph graph = after_passes(impulse.whole);
  std::vector<float> outputs = HostModel(graph, progress).run(examples.values, progress);

  StepResult result;
  const bool elsewhere = board.name != "host";
  std::optional<OnBoard> on_board;
  std::string about;
  if (elsewhere) {
    on_board = run_on(board, graph, examples, progress);
    const int64_t other = differing(on_board->outputs, outputs, examples.count());
    about = board_text(board, *on_board, examples.count(), other);
    outputs = on_board->outputs;
    set_memory(result.json, on_board->sizes);
    result.json.set("differing", other).set("cycles", on_board->cycles ? Json(*on_board->cycles) : Json());
    result.status = other == 0 ? 0 : 1;
  }
  const Scores scores = scores_of(impulse.project.project.task, dataset, examples, outputs);
  const std::string not_kept =
      keep_run(impulse.project, {.kind = "eval",
                                 .board = elsewhere ? request.board : "",
                                 .config = impulse.learnt.config,
                                 .data_hash = dataset.hash,
                                 .metrics = metrics_of(scores, request.split, on_board),
                                 .seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()});
  result.text = fmt::format("{}: {} windows of the {} split through its C {}\n\n{}{}", styled(Style::Bold, impulse.project.project.name),
                            grouped(examples.count()), request.split, elsewhere ? "on the emulated " + request.board : "on this machine",
                            scores_text(scores), about);
  if (dataset.hash != impulse.learnt.data_hash)
    result.text += styled(Style::Warn, "\nThe data is not the one that it was trained with; `thimble train` learns the new one.\n");
  result.text += not_kept;
  Json all = json_of(scores);
  all.set("project", impulse.project.project.name).set("split", request.split).set("board", request.board);
  all.set("same_data", dataset.hash == impulse.learnt.data_hash);
  for (const char* key : {"ram", "flash", "differing", "cycles"})
    if (const Json* value = result.json.find(key)) all.set(key, *value);
  result.json = std::move(all);
  return result;
}

}  // namespace

std::span<const Step> eval_steps() {
  static const Step kRows[] = {
      {.name = "eval",
       .summary = "judge a trained project by what it never saw, through the C that ships",
       .stage = Stage::Measure,
       .details =
           "Signal blocks, standardisation and int8 network are compiled as one, as on the board, and every window of the split goes "
           "through: on this machine, or with --board on the emulated board, where each result must be the same to the bit. Exits "
           "with 1 where it is not.",
       .examples = "thimble eval\n"
                   "thimble eval gestures --board nano33ble\n"
                   "thimble eval gestures --split validation --json",
       .positional = {"project"},
       .required = 0,
       .fields = request_fields<EvalRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble
