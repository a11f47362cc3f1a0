#include "compress/quantize.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/files.h"
#include "base/table.h"
#include "compress/equalize.h"
#include "formats/export.h"
#include "formats/tflite.h"
#include "steps/damage_report.h"
#include "steps/examples.h"
#include "steps/pipeline.h"

namespace thimble {
namespace {

/// CalibrationMethod, and the choice among them.
enum class Method : uint8_t { MinMax, Percentile, Mse, Entropy, Best };
constexpr std::string_view kMethods[] = {"minmax", "percentile", "mse", "entropy", "best"};
std::span<const std::string_view> enum_names(Method) { return kMethods; }

struct QuantizeRequest : ModelRequest {
  std::string data, labels;
  Method method = Method::Percentile;
  double percentile = 99.99;
  int64_t examples = 500, seed = 1, worst = 5;
  bool random = false, equalize = false, correct_bias = false, float_in = false, float_out = false;
  std::string out;
  template <class V>
  void fields(V&& v) {
    ModelRequest::fields(v);
    v("data", data,
      "inputs like those that the model will see: a .npy, .csv or .bin file with one record after the other, or a folder of them");
    v("labels", labels, "the class of each record, counted from 0, in a .npy or .csv file: tells the accuracy before and after");
    v("method", method,
      "how a range is chosen: all that was seen, all but the outermost, least squared error, least divergence; or try all");
    v("percentile", percentile, "with --method percentile: the share of a value's numbers, in percent, that it leaves inside at either end",
      between(50, 100));
    v("examples", examples, "the most records to take, evenly spaced; 0: all", at_least(0));
    v("random", random, "random inputs instead of data: the model's cost is right, its results are not");
    v("seed", seed, "of random inputs", at_least(0));
    v("equalize", equalize, "first scale channels so that those of one layer reach alike; float results stay as they are");
    v("correct_bias", correct_bias, "make up in the biases for what rounding the weights does to mean results");
    v("float_in", float_in, "inputs stay float and are quantised by the model");
    v("float_out", float_out, "outputs become float again");
    v("worst", worst, "how many of the layers that suffer most are explained", at_least(0));
    v("out", out, "the .tflite file to write; none: the model's name with _int8, in the working directory");
  }
};

Graph float_model(const std::string& path) {
  Graph graph = load_model(path);
  float_passes(graph);
  for (ValueId id : needed_ranges(graph)) {
    if (graph.type(id).dtype == DType::F32) return graph;
  }
  throw Error(Blame::User, fmt::format("nothing in '{}' computes on floats that could be int8", graph.name),
              "give the float model that it was made of");
}

ShownExamples examples_of(const QuantizeRequest& request, const Graph& graph) {
  constexpr int64_t kRandom = 16;
  if (request.random) return {.inputs = random_examples(graph, static_cast<uint64_t>(request.seed), kRandom)};
  if (!request.data.empty()) return examples_from(request.data, graph, request.examples);
  std::string wanted;
  for (ValueId id : graph.inputs) wanted += (wanted.empty() ? "" : " and ") + to_string(graph.type(id));
  throw Error(Blame::User, fmt::format("to quantise '{}' some of its inputs are needed: without them nobody knows its ranges", graph.name),
              fmt::format("--data FILE.npy, a hundred records or so of {}; or --random, to learn what the int8 model costs", wanted));
}

struct Candidate {
  Method method = Method::Percentile;
  Graph graph;
  QuantizeReport report;
  Damage damage;
  double db() const { return damage.outputs.empty() ? 0 : damage.outputs[0].error.db(); }
};

std::vector<Candidate> candidates(const QuantizeRequest& request, const Graph& original, const std::vector<ExampleInputs>& examples,
                                  Progress& progress) {
  Graph graph = original;  // rewrites keep the ids of values
  if (request.equalize) thimble::equalize(graph, examples, progress);
  const std::vector<Histogram> observed = observe(graph, examples, progress);
  Graph corrected = graph;
  if (request.correct_bias) correct_biases(corrected, examples, progress);
  std::vector<Candidate> all;
  for (Method method : {Method::MinMax, Method::Percentile, Method::Mse, Method::Entropy}) {
    if (request.method != Method::Best && request.method != method) continue;
    Candidate one{.method = method};
    const Ranges ranges = choose_ranges(graph, observed, {static_cast<CalibrationMethod>(method), request.percentile});
    one.graph = quantize(corrected, ranges, {request.float_in, request.float_out}, &one.report);
    one.damage = damage_of(graph, one.graph, one.report, examples, progress);
    all.push_back(std::move(one));
  }
  std::stable_sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) { return a.db() > b.db(); });
  return all;
}

int64_t constant_bytes(const Graph& graph) {
  int64_t bytes = 0;
  for (const Value& value : graph.values) bytes += value.constant() ? value.type.bytes() : 0;
  return bytes;
}

std::string methods_text(const std::vector<Candidate>& all) {
  if (all.size() < 2) return "";
  Table table({{"method"}, {"output", Align::Right}, {"same largest", Align::Right}});
  for (const Candidate& one : all)
    table.row({std::string(kMethods[static_cast<size_t>(one.method)]), decibels(one.db()), one.damage.outputs[0].same_largest()});
  return table.text() + "\n";
}

/// Of float and of int8, over the examples.
struct Accuracy {
  int64_t before = 0, after = 0, examples = 0;
};
std::optional<Accuracy> accuracy_of(const Candidate& made, const std::vector<int64_t>& labels) {
  if (labels.empty()) return std::nullopt;
  const OutputDamage& output = made.damage.outputs[0];
  Accuracy accuracy{.examples = std::ssize(labels)};
  for (size_t i = 0; i < labels.size(); ++i) {
    accuracy.before += output.largest[i] == labels[i];
    accuracy.after += output.largest_int8[i] == labels[i];
  }
  return accuracy;
}

std::string accuracy_text(const std::optional<Accuracy>& accuracy) {
  if (!accuracy) return "";
  const auto all = static_cast<double>(accuracy->examples);
  return fmt::format("accuracy {} in float, {} in int8\n", percent(static_cast<double>(accuracy->before), all),
                     styled(Style::Bold, percent(static_cast<double>(accuracy->after), all)));
}

std::string head(const Graph& graph, const Candidate& made, size_t examples, bool random) {
  std::string text = fmt::format("{}: {} of {} layers become int8, constants {} -> {} bytes; ranges by {} over {} {}examples\n",
                                 styled(Style::Bold, graph.name), graph.nodes.size() - made.report.stays_float.size(), graph.nodes.size(),
                                 grouped(constant_bytes(graph)), grouped(constant_bytes(made.graph)),
                                 kMethods[static_cast<size_t>(made.method)], examples, random ? "random " : "");
  for (size_t i = 0; i < made.damage.outputs.size(); ++i) {
    const OutputDamage& output = made.damage.outputs[i];
    const std::string same = agreement(output, graph.type(graph.outputs[i]));
    text += fmt::format("output '{}': signal {} above the noise{}\n", short_name(output.name), decibels(output.error.db()),
                        same.empty() ? "" : "; " + same);
  }
  if (random) text += styled(Style::Warn, "The inputs were random: do not use this file for its results.") + "\n";
  return text;
}

/// kws_float.tflite becomes kws_int8.tflite.
std::string default_out(const std::string& model) {
  std::string stem = stem_of(model);
  if (stem.ends_with("_float")) stem.resize(stem.size() - std::string_view("_float").size());
  return stem + "_int8.tflite";
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto request = from_bag<QuantizeRequest>(bag);
  const Graph graph = float_model(request.model);
  const ShownExamples examples = examples_of(request, graph);
  std::vector<int64_t> labels;
  if (!request.labels.empty()) labels = labels_from(request.labels, examples, graph.type(graph.outputs[0]).elements());
  const std::vector<Candidate> all = candidates(request, graph, examples.inputs, progress);
  const Candidate& made = all[0];
  const std::string out = request.out.empty() ? default_out(request.model) : request.out;
  write_bytes(out, write_tflite(export_graph(made.graph)));
  Json json;
  json.set("model", request.model).set("out", out).set("method", kMethods[static_cast<size_t>(made.method)]);
  json.set("examples", std::ssize(examples.inputs)).set("random", request.random);
  json.set("float_constant_bytes", constant_bytes(graph)).set("constant_bytes", constant_bytes(made.graph));
  const std::optional<Accuracy> accuracy = accuracy_of(made, labels);
  if (accuracy) {
    const auto share = [&](int64_t right) { return static_cast<double>(right) / static_cast<double>(accuracy->examples); };
    json.set("float_accuracy", share(accuracy->before)).set("accuracy", share(accuracy->after));
  }
  json.set("damage", damage_json(made.damage, made.report));
  return {.text = methods_text(all) + head(graph, made, examples.inputs.size(), request.random) + accuracy_text(accuracy) + "\n" +
                  damage_text(made.damage, made.report, static_cast<size_t>(request.worst)) +
                  fmt::format("\nwrote {}\n", styled(Style::Bold, out)),
          .json = std::move(json)};
}

}  // namespace

std::span<const Step> quantize_steps() {
  static const Step kRows[] = {
      {.name = "quantize",
       .summary = "turn a float model into int8, and see what each layer loses",
       .stage = Stage::Build,
       .details =
           "Runs examples through the float model to find the range of every value, then writes an int8 .tflite by TensorFlow Lite's "
           "conventions: weights with a scale per channel, activations with a zero point. Layers without an int8 form stay float. "
           "'alone' is the noise that a layer adds by itself, 'so far' what has gathered up to it, both in dB of signal above noise.",
       .examples = "thimble quantize kws.tflite --data clips.npy --out kws_int8.tflite\n"
                   "thimble quantize kws.tflite --data clips.npy --method best           # all four methods, the best is kept\n"
                   "thimble quantize kws.tflite --data clips/ --float-in --float-out     # a drop-in for the float model\n"
                   "thimble quantize kws.tflite --random --out try.tflite                # only to learn what int8 costs",
       .positional = {"model"},
       .required = 1,
       .fields = request_fields<QuantizeRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble
