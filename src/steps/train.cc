#include <fmt/format.h>

#include <cmath>

#include "base/files.h"
#include "base/table.h"
#include "base/version.h"
#include "codegen/compiled.h"
#include "formats/export.h"
#include "formats/tflite.h"
#include "steps/pipeline.h"
#include "steps/report.h"
#include "steps/train_folds.h"
#include "steps/training_run.h"

namespace thimble {
namespace {

struct TrainRequest {
  std::string project = ".", data;
  int64_t seed = -1, epochs = -1, qat_epochs = -1, folds = 0;
  bool leave_one_group_out = false, fresh = false;
  template <class V>
  void fields(V&& v) {
    v("project", project, "the folder of the project, with its thimble.toml");
    v("data", data, "the folder of the recordings, in the place of [data] path");
    v("seed", seed, "in the place of [train] seed; -1: as the project says", at_least(-1));
    v("epochs", epochs, "in the place of [train] epochs; -1: as the project says", at_least(-1));
    v("qat_epochs", qat_epochs, "in the place of [train] qat_epochs; -1: as the project says", at_least(-1));
    v("leave_one_group_out", leave_one_group_out, "train once for each group (person, session) that is left out, and judge by that group");
    v("folds", folds, "train as many times, each time judged by another part of the data; 0: as [split] folds says", at_least(0));
    v("fresh", fresh, "begin anew where a training was interrupted");
  }
};

/// What the command line sets, as a section of its own behind the thimble.toml: a run tells all that it was made with.
std::string config_of(const Project& project, const TrainRequest& request) {
  std::string given;
  if (request.seed >= 0) given += fmt::format("seed = {}\n", request.seed);
  if (request.epochs >= 0) given += fmt::format("epochs = {}\n", request.epochs);
  if (request.qat_epochs >= 0) given += fmt::format("qat_epochs = {}\n", request.qat_epochs);
  if (request.folds > 0) given += fmt::format("folds = {}\n", request.folds);
  if (request.leave_one_group_out) given += "leave_one_group_out = true\n";
  return given.empty() ? project.text : project.text + "\n[given]\n" + given;
}

/// The flags tell what is left out in the place of what [split] says.
void refuse_contradictions(const TrainRequest& request) {
  if (request.folds == 1)
    throw Error(Blame::User, "--folds 1 is out of range; it must be at least 2", "without --folds the project is trained once");
  if (request.folds > 0 && request.leave_one_group_out)
    throw Error(Blame::User, "--folds and --leave-one-group-out exclude each other",
                "each tells what is left out in turn: take one of them");
}

Project project_of(const TrainRequest& request) {
  refuse_contradictions(request);
  Project project = load_project(request.project);
  if (!request.data.empty()) project = with_recordings(project, request.data);
  if (request.seed >= 0) project.train.seed = request.seed;
  if (request.epochs >= 0) project.train.epochs = request.epochs;
  if (request.qat_epochs >= 0) project.train.qat_epochs = request.qat_epochs;
  if (request.folds > 0 || request.leave_one_group_out) {
    project.split.folds = request.folds;
    project.split.leave_group_out = request.leave_one_group_out;
    project.split.fold = -1;
  }
  return project;
}

int64_t parameters_of(const Graph& graph) {
  int64_t count = 0;
  for (const Value& value : graph.values)
    if (value.constant() && value.type.dtype == DType::F32) count += value.type.elements();
  return count;
}

/// The files of a training; their paths are told as the user sees them.
std::vector<fs::path> write_models(const Project& project, const TrainedProject& result) {
  const fs::path out = project.out();
  write_bytes(out / "model_float.tflite", write_tflite(export_graph(result.trained.network)));
  write_bytes(out / "model.tflite", write_tflite(export_graph(result.trained.quantised)));
  Learnt learnt = result.learnt;
  learnt.network = mark_of(out / "model.tflite").hash;
  write_learnt(project, learnt);
  return {out / "model.tflite", out / "model_float.tflite", out / "model.json"};
}

std::string split_text(const Dataset& dataset) {
  std::string shape;
  for (const int64_t extent : dataset.train.shape) shape += (shape.empty() ? "" : " x ") + grouped(extent);
  return fmt::format("{} recordings{}: {} / {} / {} windows of {} to train / validate / test",
                     grouped(static_cast<int64_t>(dataset.recordings.size())),
                     dataset.classes.empty() ? "" : fmt::format(" of {} classes", dataset.classes.size()), grouped(dataset.train.count()),
                     grouped(dataset.validation.count()), grouped(dataset.test.count()), shape);
}

/// What was just written, on the project's board as `thimble compile` would have it.
Compiled planned(const Project& project, Progress& progress) {
  ModelOnBoard request;
  request.model = project.folder.string();
  request.board = project.deploy.board;
  return prepare(request, progress).compiled;
}

void keep_figures(RunStore& store, int64_t id, const TrainedProject& result, const Compiled& compiled) {
  std::vector<Metric> all;
  const auto note = [&](std::string name, double value) { all.push_back({Metric::kWhole, std::move(name), value}); };
  if (!result.judged_by.empty()) {
    for (const auto& [name, value] : result.int8.figures())
      if (std::isfinite(value)) note(result.judged_by + "_" + name, value);
    const auto [name, value] = result.float32.headline();
    note(result.judged_by + "_" + name + "_float", value);
  }
  note("parameters", static_cast<double>(parameters_of(result.trained.network)));
  note("planned_ram_bytes", static_cast<double>(compiled.arena_bytes + compiled.state_bytes));
  note("constant_bytes", static_cast<double>(compiled.constant_bytes));
  store.add(id, all);
}

/// Scores by the split that there is, and what that split is worth.
std::string verdict_text(const TrainedProject& result) {
  std::string text;
  if (result.validation.count() == 0) text = "No window was left for validation: the last epoch was kept, whether or not it is the best.\n";
  if (result.judged_by.empty())
    return text +
           "No window was left for test either: there is nothing to judge it by. [split] test and validation keep a part of the recordings "
           "back; where they do and nothing is left, there are too few recordings.\n\n";
  if (result.judged_by != "test")
    text += "No window was left for test: it is judged by the windows that chose the best epoch, which flatters it.\n";
  return text + fmt::format("int8, by the C that ships, on the {} split ({} windows; float: {}, merely rounded: {}):\n{}\n",
                            result.judged_by, grouped(result.int8.examples), headline_text(result.float32), headline_text(result.rounded),
                            scores_text(result.int8));
}

StepResult told(const Project& project, const TrainedProject& result, const Compiled& compiled, const std::vector<fs::path>& files,
                int64_t id) {
  StepResult told;
  const Trained& trained = result.trained;
  told.text = fmt::format("{}: {}\n", styled(Style::Bold, project.project.name), split_text(result.dataset));
  told.text += fmt::format("  features {}   parameters {}   best epoch {} of {}   {:.1f} s\n\n", to_string(result.training.shape),
                           grouped(parameters_of(trained.network)), trained.best, trained.history.size(), result.seconds);
  told.text += verdict_text(result);
  told.text +=
      fmt::format("On {}: {} B of RAM, {} B of constants, signal blocks included; `thimble compile {} --run` adds stack and code\n",
                  project.deploy.board, grouped(compiled.arena_bytes + compiled.state_bytes), grouped(compiled.constant_bytes),
                  project.folder.string());
  std::string list;
  for (const fs::path& file : files) list += (list.empty() ? "" : ", ") + file.lexically_normal().string();
  const std::string where = project.folder.lexically_normal() == "." ? "" : fmt::format(" --project {}", project.folder.string());
  told.text += fmt::format("Wrote {}\nRun {}: `thimble runs show {}{}` has every figure\n", styled(Style::Bold, list), id, id, where);

  told.json.set("project", project.project.name).set("run", id).set("seed", project.train.seed).set("data_hash", result.dataset.hash);
  const bool judged = !result.judged_by.empty();
  told.json.set("judged_by", result.judged_by).set("int8", judged ? json_of(result.int8) : Json());
  told.json.set("float", judged ? json_of(result.float32) : Json());
  told.json.set("rounded", judged ? json_of(result.rounded) : Json());
  told.json.set("parameters", parameters_of(trained.network))
      .set("best_epoch", trained.best)
      .set("epochs", static_cast<int64_t>(trained.history.size()));
  told.json.set("planned_ram_bytes", compiled.arena_bytes + compiled.state_bytes)
      .set("constant_bytes", compiled.constant_bytes)
      .set("seconds", result.seconds);
  Json::Array paths;
  for (const fs::path& file : files) paths.push_back(file.string());
  told.json.set("files", paths);
  return told;
}

RunStart start_of(const Project& project, const TrainRequest& request) {
  return {.kind = "train",
          .project = project.project.name,
          .config = config_of(project, request),
          .data_hash = "",
          .version = version(),
          .board = project.deploy.board,
          .seed = project.train.seed};
}

StepResult train_once(const Project& project, const TrainRequest& request, TrainingAlone& alone, Progress& progress) {
  const fs::path checkpoint = project.folder / ".thimble" / "checkpoint";
  if (request.fresh) fs::remove_all(checkpoint);
  TrainingRun run(project, alone, start_of(project, request), checkpoint, progress);
  const TrainedProject result = run.train();
  std::vector<fs::path> files = write_models(project, result);
  const Compiled compiled = planned(project, progress);
  files.push_back(project.out() / "report.html");
  write_text(files.back(), report_html({project, result, compiled}));
  run.store().set_data_hash(run.id(), result.dataset.hash);
  keep_figures(run.store(), run.id(), result, compiled);
  for (const fs::path& file : files) {
    const FileMark mark = mark_of(file);
    run.store().add(run.id(), Artefact{fs::relative(file, project.folder).string(), mark.bytes, mark.hash});
  }
  run.finish(result.seconds);
  fs::remove_all(checkpoint);
  return told(project, result, compiled, files, run.id());
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto request = from_bag<TrainRequest>(bag);
  Project project = project_of(request);
  board_named(project.deploy.board);
  ensure_training_is_here();
  TrainingAlone alone(project);
  if (!takes_turns(project.split)) return train_once(project, request, alone, progress);
  const RunStart start = start_of(project, request);
  const bool asked = request.folds > 0 || request.leave_one_group_out;
  return train_folds(std::move(project), start, asked, alone, progress);
}

}  // namespace

std::span<const Step> train_steps() {
  static const Step kRows[] = {
      {.name = "train",
       .summary = "learn a project: recordings to features to an int8 model, with a report",
       .stage = Stage::Build,
       .details =
           "Reads thimble.toml, computes the features with the C that runs on the board, trains, then trains on as the int8 graph that "
           "ships (quantisation-aware), and judges the C of that graph by windows it never saw. Writes out/model.tflite, "
           "out/model_float.tflite, out/model.json and out/report.html. Interrupted, it goes on where it was (not with folds or groups, of "
           "which no model is written). The same seed and data give the same files.",
       .examples = "thimble train\n"
                   "thimble train gestures --epochs 10\n"
                   "thimble train gestures --leave-one-group-out    # how good for somebody it never met?\n"
                   "thimble train examples/mnist --data ~/mnist",
       .positional = {"project"},
       .required = 0,
       .fields = request_fields<TrainRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble
