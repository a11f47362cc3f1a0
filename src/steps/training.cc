#include "steps/training.h"

#include <fmt/format.h>

#include <chrono>

#include "base/files.h"
#include "base/sha256.h"
#include "base/version.h"
#include "deploy/host_model.h"
#include "steps/pipeline.h"
#include "train/integer.h"

namespace thimble {
namespace {

/// The same arithmetic as the graph's add and mul.
void standardise(Examples& features, const Standard& standard) {
  const size_t columns = standard.scale.size();
  if (columns == 0) return;
  for (size_t i = 0; i < features.values.size(); ++i)
    features.values[i] = (features.values[i] + standard.offset[i % columns]) * standard.scale[i % columns];
}

/// Without the hook `run` the int8 graph is judged by the interpreter, which gives the same bits as its C. Where that would take longer
/// than the C compiler, it is compiled.
bool worth_compiling(const Graph& graph, const Examples& examples) {
  int64_t macs = 0;
  for (const Node& node : graph.nodes) macs += macs_of(graph, node);
  return macs * examples.count() > 200'000'000;
}

int outputs_of(const Project& project, const Dataset& dataset) {
  if (project.project.task == Task::Regression) return 1;
  return static_cast<int>(dataset.classes.size());
}

bool augments(const AugmentOptions& options) {
  AttrBag said = to_bag(options), nothing = to_bag(AugmentOptions{});
  said.erase("chance"), nothing.erase("chance");
  return said != nothing;
}

std::vector<float> run_by_c(const Graph& graph, const Examples& examples, Progress& progress) {
  return HostModel(after_passes(graph), progress).run(examples.values, progress);
}

Graph network_for(const Project& project, const Dataset& dataset, const Shape& features) {
  const NetworkSection& network = project.network;
  const Doing doing([&] { return fmt::format("building the network of {} for {} features", network.place, to_string(features)); });
  Graph graph = network.row->build(network.given, features, outputs_of(project, dataset), project.project.task,
                                   static_cast<uint64_t>(project.train.seed));
  graph.name = project.project.name;
  return graph;
}

/// The int8 network by what a sample of the training windows does to the float one.
void calibrate_instead(Trained& trained, const Examples& training, const QuantizeSection& options, Progress& progress) {
  std::vector<ExampleInputs> inputs;
  const int64_t every = std::max<int64_t>(1, training.count() / options.examples);
  for (int64_t i = 0; i < training.count(); i += every) {
    const auto bytes = std::as_bytes(training.example(i));
    inputs.push_back({Buffer(bytes.begin(), bytes.end())});
  }
  trained.ranges = calibrate(trained.network, inputs, options, progress);
  trained.quantised = quantize(trained.network, trained.ranges);
}

/// What the report draws beside the scores.
void draw(TrainedProject& result, const Examples& judge, const std::vector<float>& outputs, Task task) {
  if (task == Task::Regression) result.agreement = bland_altman(outputs, judge.targets);
  if (task != Task::Classification || result.dataset.classes.size() != 2) return;
  std::vector<float> scores;
  std::vector<uint8_t> positive;
  for (size_t i = 0; i < judge.labels.size(); ++i) scores.push_back(outputs[2 * i + 1]), positive.push_back(judge.labels[i] == 1);
  result.roc = roc(scores, positive);
}

/// Scores of the test split, else of validation; none where both are empty.
void judge(TrainedProject& result, Task task, bool calibrated, Progress& progress) {
  const bool tested = result.test.count() > 0;
  const Examples& judge = tested ? result.test : result.validation;
  if (judge.count() == 0) return;
  result.judged_by = tested ? "test" : "validation";
  const std::vector<float> outputs = run_by_c(result.trained.quantised, judge, progress);
  result.int8 = scores_of(task, result.dataset, judge, outputs);
  draw(result, judge, outputs, task);
  const Graph& rounded = calibrated ? result.trained.quantised : result.trained.rounded;
  result.rounded = scores_of(task, result.dataset, judge,
                             worth_compiling(rounded, judge) ? run_by_c(rounded, judge, progress) : run_by_interpreter(rounded, judge));
  result.float32 = scores_of(task, result.dataset, judge, run_by_c(result.trained.network, judge, progress));
}

}  // namespace

TrainedProject train_project(const Project& project, const TrainingHooks& told, const std::filesystem::path& checkpoint,
                             Progress& progress) {
  const auto start = std::chrono::steady_clock::now();
  TrainedProject result;
  result.dataset = dataset_of(project, progress);
  const Dataset& dataset = result.dataset;
  result.learnt.classes = dataset.classes;
  result.learnt.window = {dataset.train.shape, dataset.channels, dataset.rate};
  result.learnt.data_hash = dataset.hash;
  result.learnt.config = project.text;
  result.learnt.version = version();
  const Graph features = feature_graph(project, result.learnt.window);
  result.training = features_of(features, dataset.train, progress);
  result.validation = features_of(features, dataset.validation, progress);
  result.test = features_of(features, dataset.test, progress);
  if (project.network.standardise) result.learnt.standard = standard_of(result.training);
  for (Examples* split : {&result.training, &result.validation, &result.test}) standardise(*split, result.learnt.standard);

  TrainHooks hooks;
  hooks.begin = [&](std::span<const Epoch> before) { told.begin(dataset, before); };
  hooks.epoch = told.epoch;
  hooks.checkpoint = checkpoint;
  Progress silent;
  if (augments(project.augment)) {
    hooks.fresh = fmt::format("{} Hz", dataset.rate);
    for (const auto& [key, value] : to_bag(project.augment)) hooks.fresh += fmt::format("; {} = {}", key, to_string(value));
    hooks.examples = [&](int number) {
      const auto seed = static_cast<uint64_t>(project.train.seed) * 1'000'003 + static_cast<uint64_t>(number);
      Examples fresh = features_of(features, augmented(dataset.train, project.augment, dataset.rate, seed), silent);
      standardise(fresh, result.learnt.standard);
      return masked(fresh, project.augment, seed);
    };
  }
  Graph network = network_for(project, dataset, result.training.shape);
  if (worth_compiling(network, result.validation))
    hooks.run = [&](const Graph& graph, const Examples& examples) { return run_by_c(graph, examples, silent); };
  progress.begin("training");
  TrainOptions options = project.train;
  const bool calibrated = project.quantize.ranges == RangesFrom::Calibration;
  if (calibrated) options.qat_epochs = 0;
  result.trained = train(std::move(network), project.project.task, result.training, result.validation, options, hooks, progress);
  if (calibrated) calibrate_instead(result.trained, result.training, project.quantize, progress);

  judge(result, project.project.task, calibrated, progress);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

Impulse load_impulse(const std::filesystem::path& path) {
  const Project project = load_project(path);
  Impulse impulse;
  impulse.learnt = read_learnt(project);
  impulse.project = project_as_trained(project, impulse.learnt);
  impulse.features = features_as_trained(project, impulse.learnt);
  const std::filesystem::path model = project.out() / "model.tflite";
  impulse.network = after_passes(load_model(model));
  // Looked at behind the reading: what a training replaced meanwhile is seen.
  if (!impulse.learnt.network.empty() && mark_of(model).hash != impulse.learnt.network)
    throw Error(Blame::User, fmt::format("'{}' is not the network that model.json beside it tells of", model.string()),
                fmt::format("where a training is writing them this moment, try again; else `thimble train {}` makes both",
                            project.folder.string()));
  impulse.whole = impulse_graph(impulse.features, impulse.network);
  impulse.whole.name = project.project.name;
  return impulse;
}

FileMark mark_of(const std::filesystem::path& file) {
  const std::vector<std::byte> bytes = read_bytes(file);
  return {Sha256().add(bytes).hex(), static_cast<int64_t>(bytes.size())};
}

}  // namespace thimble
