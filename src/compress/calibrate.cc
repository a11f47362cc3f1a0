#include "compress/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "base/parallel.h"
#include "compress/quantize.h"
#include "compress/recurrent.h"
#include "ops/lstm.h"

namespace thimble {
namespace {

/// The cell state of an lstm after every step of the sequence: the node is run again, a step at a time, from its first contents.
class LstmSteps {
 public:
  LstmSteps(const Graph& graph, const Node& node) : node_(node) {
    const std::vector<TensorView> views = input_views(graph, node);
    const LstmSizes sizes = lstm_sizes(node.attrs.as<LstmAttrs>(), views);
    steps_ = sizes.batches == 1 ? sizes.steps : 1;  // steps of several batches do not lie one after the other
    step_type_ = graph.type(node.in[0]);
    out_type_ = graph.type(node.out[0]);
    if (steps_ > 1) step_type_.shape = {1, 1, sizes.features}, out_type_.shape = {1, 1, sizes.cells};
  }

  void observe(const Interpreter& at, Histogram& histogram) const {
    std::vector<TensorView> in;
    for (ValueId id : node_.in) in.push_back(at.value(id));
    const TensorView sequence = in[LstmOperands::input];
    Buffer states[2];
    for (size_t i : {LstmOperands::output_state, LstmOperands::cell_state}) {
      Buffer& state = states[i - LstmOperands::output_state];
      state.assign(static_cast<size_t>(in[i].type->bytes()), std::byte{});
      in[i].data = state.data();
    }
    Buffer out(static_cast<size_t>(out_type_.bytes()));
    const TensorView result{&out_type_, out.data()};
    for (int64_t step = 0; step < steps_; ++step) {
      in[LstmOperands::input] = {&step_type_, sequence.data + step * step_type_.bytes()};
      node_.op->eval(node_.attrs, in, {&result, 1});
      histogram.add(in[LstmOperands::cell_state].as<const float>());
    }
  }

 private:
  const Node& node_;
  int64_t steps_ = 1;
  TensorType step_type_, out_type_;
};

/// One thread's share of the examples.
class Observer {
 public:
  explicit Observer(const Graph& graph) : graph_(graph), interpreter_(graph), spread_(graph.values.size()), wanted_(graph.values.size()) {
    for (ValueId id : needed_ranges(graph)) wanted_[static_cast<size_t>(id)] = true;
  }

  void add(const ExampleInputs& example) {
    interpreter_.reset();
    interpreter_.run(example, [&](size_t n, Outputs) { look_at(graph_.nodes[n]); });
    for (ValueId id : graph_.inputs) look_at(id);
  }
  void merge_into(std::vector<Histogram>& all) const {
    for (size_t v = 0; v < all.size(); ++v) all[v].add(spread_[v]);
  }

 private:
  void look_at(ValueId id) {
    if (!wanted_[static_cast<size_t>(id)]) return;
    const Doing doing([&] { return "looking at '" + graph_.value(id).name + "'"; });
    spread_[static_cast<size_t>(id)].add(interpreter_.value(id).as<const float>());
  }
  void look_at(const Node& node) {
    for (ValueId id : node.out) look_at(id);
    for (size_t state : measured_states(*node.op)) {
      if (!wanted_[static_cast<size_t>(node.in[state])]) continue;
      if (node.op->name == "lstm")
        LstmSteps(graph_, node).observe(interpreter_, spread_[static_cast<size_t>(node.in[state])]);
      else
        look_at(node.in[state]);
    }
  }

  const Graph& graph_;
  Interpreter interpreter_;
  std::vector<Histogram> spread_;
  std::vector<bool> wanted_;
};

}  // namespace

std::vector<Histogram> observe(const Graph& graph, std::span<const ExampleInputs> examples, Progress& progress) {
  if (examples.empty())
    throw Error(Blame::User, "there are no examples to find ranges with", "give some dozens that look like what the model will see");
  std::vector<Histogram> all(graph.values.size());
  std::mutex merging;
  const size_t shares = std::min<size_t>(examples.size(), 16);
  in_parallel(shares, "finding the ranges of " + graph.name, progress, [&](size_t share) {
    Observer observer(graph);
    for (size_t i = share; i < examples.size(); i += shares) observer.add(examples[i]);
    const std::lock_guard lock(merging);
    observer.merge_into(all);
  });
  return all;
}

Ranges choose_ranges(const Graph& graph, const std::vector<Histogram>& observed, const CalibrationOptions& options) {
  Ranges ranges(graph.values.size());
  for (size_t v = 0; v < observed.size(); ++v)
    if (observed[v].count() > 0) ranges[v] = choose_range(observed[v], options.method, options.percentile);
  return ranges;
}

std::vector<ExampleInputs> inputs_of(const Graph& graph, const Examples& examples) {
  const size_t inputs = graph.inputs.size();
  if (inputs != 1) throw Error(Blame::User, fmt::format("the model has {} inputs; examples are of one", inputs));
  const TensorType& type = graph.type(graph.inputs[0]);
  if (type.dtype != DType::F32 || type.elements() != examples.elements())
    throw Error(Blame::User,
                fmt::format("examples of {} do not fit the model's input, which is {}", to_string(examples.shape), to_string(type)));
  std::vector<ExampleInputs> all;
  for (int64_t i = 0; i < examples.count(); ++i) {
    const auto bytes = std::as_bytes(examples.example(i));
    all.push_back({Buffer(bytes.begin(), bytes.end())});
  }
  return all;
}

Ranges calibrate(const Graph& graph, const Examples& examples, const CalibrationOptions& options, Progress& progress) {
  return calibrate(graph, inputs_of(graph, examples), options, progress);
}

Ranges calibrate(const Graph& graph, std::span<const ExampleInputs> examples, const CalibrationOptions& options, Progress& progress) {
  return choose_ranges(graph, observe(graph, examples, progress), options);
}

}  // namespace thimble
