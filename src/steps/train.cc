#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "base/files.h"
#include "base/table.h"
#include "base/version.h"
#include "codegen/compiled.h"
#include "formats/export.h"
#include "formats/tflite.h"
#include "runs/store.h"
#include "steps/pipeline.h"
#include "steps/report.h"
#include "steps/training.h"

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
    v("folds", folds, "train as many times, each time judged by another part of the data; 0: once", at_least(0));
    v("fresh", fresh, "begin anew where a training was interrupted");
  }
};

/// What the command line sets, as a section of its own behind the thimble.toml: a run tells all that it was made with.
std::string config_of(const Project& project, const TrainRequest& request) {
  std::string given;
  if (request.seed >= 0) given += fmt::format("seed = {}\n", request.seed);
  if (request.epochs >= 0) given += fmt::format("epochs = {}\n", request.epochs);
  if (request.qat_epochs >= 0) given += fmt::format("qat_epochs = {}\n", request.qat_epochs);
  return given.empty() ? project.text : project.text + "\n[given]\n" + given;
}

Project project_of(const TrainRequest& request) {
  Project project = load_project(request.project);
  if (!request.data.empty()) project = with_recordings(project, request.data);
  if (request.seed >= 0) project.train.seed = request.seed;
  if (request.epochs >= 0) project.train.epochs = request.epochs;
  if (request.qat_epochs >= 0) project.train.qat_epochs = request.qat_epochs;
  return project;
}

/// Are there windows to choose the best epoch by?
bool validated(const Epoch& epoch) { return epoch.validation_loss != 0 || epoch.validation_accuracy != 0; }

/// Tells of the epochs: a bar of all, a line of some. Between the float epochs and those of the int8 graph lies one that only measures.
class Teller {
 public:
  Teller(const Project& project, Progress& progress)
      : total_(project.train.epochs + 1 + project.train.qat_epochs), task_(project.project.task), progress_(progress) {}

  void operator()(const Epoch& epoch) {
    const bool first_int8 = epoch.qat && !int8_;
    int8_ |= epoch.qat;
    const std::string line = line_of(epoch);
    progress_.begin("training, " + line);
    progress_.update(epoch.number, total_);
    const int64_t every = std::max<int64_t>(1, total_ / 10);
    if (epoch.number == 1 || epoch.number == total_ || epoch.number % every == 0 || first_int8) progress_.say("  " + line);
  }

 private:
  std::string line_of(const Epoch& epoch) const {
    const bool shares = task_ == Task::Classification || task_ == Task::MultiLabel;
    std::string text = fmt::format("{} epoch {:>3} of {}   loss {:.4f}", epoch.qat ? "int8 " : "float", epoch.number, total_, epoch.loss);
    if (validated(epoch)) text += fmt::format("   validation {:.4f}", epoch.validation_loss);
    if (shares) text += fmt::format("   accuracy {:5.1f} %", 100 * epoch.accuracy);
    if (shares && validated(epoch)) text += fmt::format(" / {:5.1f} %", 100 * epoch.validation_accuracy);
    return text + fmt::format("   {:.2f} s", epoch.seconds);
  }

  int64_t total_;
  Task task_;
  Progress& progress_;
  bool int8_ = false;
};

void keep(RunStore& store, int64_t id, const Epoch& epoch, Task task) {
  store.add(id, Metric{epoch.number, "loss", epoch.loss});
  const bool shares = task == Task::Classification || task == Task::MultiLabel;
  if (validated(epoch)) store.add(id, Metric{epoch.number, "validation_loss", epoch.validation_loss});
  if (shares) store.add(id, Metric{epoch.number, "accuracy", epoch.accuracy});
  if (shares && validated(epoch)) store.add(id, Metric{epoch.number, "validation_accuracy", epoch.validation_accuracy});
  store.add(id, Metric{epoch.number, "learning_rate", epoch.learning_rate});
  store.add(id, Metric{epoch.number, "qat", epoch.qat ? 1.0 : 0.0});
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
  write_bytes(out / "model.tflite", write_tflite(export_graph(result.trained.quantised)));
  write_bytes(out / "model_float.tflite", write_tflite(export_graph(result.trained.network)));
  write_learnt(project, result.learnt);
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
  for (const auto& [name, value] : result.int8.figures())
    if (std::isfinite(value)) store.add(id, Metric{Metric::kWhole, result.judged_by + "_" + name, value});
  const auto [name, value] = result.float32.headline();
  store.add(id, Metric{Metric::kWhole, result.judged_by + "_" + name + "_float", value});
  store.add(id, Metric{Metric::kWhole, "parameters", static_cast<double>(parameters_of(result.trained.network))});
  store.add(id, Metric{Metric::kWhole, "planned_ram_bytes", static_cast<double>(compiled.arena_bytes + compiled.state_bytes)});
  store.add(id, Metric{Metric::kWhole, "constant_bytes", static_cast<double>(compiled.constant_bytes)});
}

std::string headline_text(const Scores& scores) {
  const auto [name, value] = scores.headline();
  return name == "accuracy" ? fmt::format("{:.1f} %", 100 * value) : fmt::format("{} {:.4g}", name, value);
}

StepResult told(const Project& project, const TrainedProject& result, const Compiled& compiled, const std::vector<fs::path>& files,
                int64_t id) {
  StepResult told;
  const Trained& trained = result.trained;
  told.text = fmt::format("{}: {}\n", styled(Style::Bold, project.project.name), split_text(result.dataset));
  told.text += fmt::format("  features {}   parameters {}   best epoch {} of {}   {:.1f} s\n\n", to_string(result.training.shape),
                           grouped(parameters_of(trained.network)), trained.best, trained.history.size(), result.seconds);
  told.text +=
      fmt::format("int8, by the C that ships, on the {} split ({} windows; float: {}, merely rounded: {}):\n{}\n", result.judged_by,
                  grouped(result.int8.examples), headline_text(result.float32), headline_text(result.rounded), scores_text(result.int8));
  told.text +=
      fmt::format("On {}: {} B of RAM, {} B of constants, signal blocks included; `thimble compile {} --run` adds stack and code\n",
                  project.deploy.board, grouped(compiled.arena_bytes + compiled.state_bytes), grouped(compiled.constant_bytes),
                  project.folder.string());
  std::string list;
  for (const fs::path& file : files) list += (list.empty() ? "" : ", ") + file.lexically_normal().string();
  told.text += fmt::format("Wrote {}\nRun {}: `thimble runs show {}` has every figure\n", styled(Style::Bold, list), id, id);

  told.json.set("project", project.project.name).set("run", id).set("seed", project.train.seed).set("data_hash", result.dataset.hash);
  told.json.set("judged_by", result.judged_by).set("int8", json_of(result.int8)).set("float", json_of(result.float32));
  told.json.set("rounded", json_of(result.rounded));
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
          .seed = project.train.seed};
}

StepResult train_once(const Project& project, const TrainRequest& request, Progress& progress) {
  RunStore store(project.runs());
  const int64_t id = store.begin(start_of(project, request));
  const fs::path checkpoint = project.folder / ".thimble" / "checkpoint";
  if (request.fresh) fs::remove_all(checkpoint);
  Teller teller(project, progress);
  const TrainedProject result = train_project(
      project,
      [&](const Epoch& epoch) {
        keep(store, id, epoch, project.project.task);
        teller(epoch);
      },
      checkpoint, progress);
  std::vector<fs::path> files = write_models(project, result);
  const Compiled compiled = planned(project, progress);
  files.push_back(project.out() / "report.html");
  write_text(files.back(), report_html({project, result, compiled}));
  store.set_data_hash(id, result.dataset.hash);
  keep_figures(store, id, result, compiled);
  for (const fs::path& file : files) {
    const FileMark mark = mark_of(file);
    store.add(id, Artefact{fs::relative(file, project.folder).string(), mark.bytes, mark.hash});
  }
  store.finish(id, "done", result.seconds);
  fs::remove_all(checkpoint);
  return told(project, result, compiled, files, id);
}

/// Mean and standard deviation of the folds' headlines.
std::pair<double, double> spread_of(const std::vector<double>& values) {
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  const double mean = sum / static_cast<double>(values.size());
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, values.size() < 2 ? 0 : std::sqrt(squares / static_cast<double>(values.size() - 1))};
}

/// One training for each fold; nothing is written but the figures of each as a run.
StepResult train_folds(Project project, const TrainRequest& request, Progress& progress) {
  const int64_t folds = fold_count(recordings_of(project, progress), project.split);
  RunStore store(project.runs());
  Table table({{"left out"}, {"windows", Align::Right}, {"figure"}, {"int8", Align::Right}, {"float", Align::Right}});
  std::vector<double> values;
  Json::Array rows;
  StepResult result;
  for (project.split.fold = 0; project.split.fold < folds; ++project.split.fold) {
    progress.say(fmt::format("fold {} of {}", project.split.fold + 1, folds));
    const int64_t id = store.begin(start_of(project, request));
    Teller teller(project, progress);
    const TrainedProject fold = train_project(project, teller, {}, progress);
    const auto [name, value] = fold.int8.headline();
    const std::string group = project.split.leave_group_out ? fold.dataset.recordings[static_cast<size_t>(fold.test.source.at(0))].group
                                                            : fmt::format("{}", project.split.fold);
    table.row({Cell(group, Style::Accent), fold.int8.examples, name, headline_text(fold.int8), headline_text(fold.float32)});
    store.set_data_hash(id, fold.dataset.hash);
    store.add(id, Metric{Metric::kWhole, "fold", static_cast<double>(project.split.fold)});
    store.add(id, Metric{Metric::kWhole, "test_" + name, value});
    store.finish(id, "done", fold.seconds);
    values.push_back(value);
    Json row;
    rows.push_back(row.set("left_out", group).set("run", id).set("int8", json_of(fold.int8)).set("float", json_of(fold.float32)));
  }
  const auto [mean, deviation] = spread_of(values);
  result.text = fmt::format("{}: trained {} times, each judged by what it did not see\n\n{}\n  mean {:.4g}, standard deviation {:.2g}\n",
                            styled(Style::Bold, project.project.name), folds, table.text(), mean, deviation);
  result.json.set("folds", rows).set("mean", mean).set("deviation", deviation);
  return result;
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto request = from_bag<TrainRequest>(bag);
  Project project = project_of(request);
  board_named(project.deploy.board);
  ensure_training_is_here();
  if (!request.leave_one_group_out && request.folds == 0) return train_once(project, request, progress);
  project.split.leave_group_out = request.leave_one_group_out;
  project.split.folds = request.leave_one_group_out ? 0 : request.folds;
  return train_folds(std::move(project), request, progress);
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
           "out/model_float.tflite, out/model.json and out/report.html. Interrupted, it goes on where it was. The same seed and data "
           "give the same files.",
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
