#include "train/phase_torch.h"

#include <ATen/ATen.h>

namespace thimble {
namespace {

using at::Tensor;

std::vector<float> row_of(const Tensor& tensor) {
  const Tensor plain = tensor.detach().contiguous().cpu();
  return {plain.data_ptr<float>(), plain.data_ptr<float>() + plain.numel()};
}

void fill(const Tensor& tensor, const Rows& rows, const std::string& name) {
  const auto row = rows.find(name);
  require(row != rows.end() && static_cast<int64_t>(row->second.size()) == tensor.numel(), "a state of another network");
  const at::NoGradGuard none;
  tensor.detach().copy_(at::from_blob(const_cast<float*>(row->second.data()), tensor.sizes(), at::kFloat));
}

}  // namespace

struct Phase::Named {
  std::string name;
  Tensor tensor;
};

Phase::Phase(const Graph& graph, Task task, const TrainOptions& options, bool cuda, const Ranges* ranges)
    : options_(options), rounded_(ranges != nullptr), network_(graph, cuda), scores_(scores_of(graph, task)) {
  // What rounding leaves is mended in small steps, for which adam needs no tuning.
  stepper_.emplace(options, rounded_ && options.optimizer == Optimizer::Sgd ? Optimizer::Adamw : options.optimizer, network_.parameters(),
                   network_.gradients(), network_.decayed());
  if (!rounded_) return;
  network_.begin_rounding(*ranges);
  range_stepper_.emplace(options, Optimizer::Adam, network_.range_parameters(), network_.range_gradients(), Tensor());
}

Passage Phase::passage(bool training) const {
  return {.training = training, .dropout = options_.dropout, .rounded = rounded_, .until = scores_};
}

void Phase::step(double learning_rate) {
  if (options_.clip > 0) {
    const double norm = network_.gradients().norm().item<double>();
    if (norm > options_.clip) network_.gradients().mul_(options_.clip / norm);
  }
  stepper_->step(learning_rate, steps);
  if (range_stepper_) range_stepper_->step(learning_rate, steps);
  ++steps;
}

std::vector<Phase::Named> Phase::model() const {
  auto& network = const_cast<TorchNetwork&>(network_);
  std::vector<Named> all = {{"parameters", network.parameters()}};
  const std::vector<Tensor> statistics = network.statistics();
  for (size_t i = 0; i < statistics.size(); ++i) all.push_back({"statistics " + std::to_string(i), statistics[i]});
  if (rounded_) all.push_back({"ranges", network.range_parameters()});
  return all;
}

std::vector<Phase::Named> Phase::all() const {
  std::vector<Named> all = model();
  const auto add = [&](const std::string& name, const Stepper& stepper) {
    const std::vector<Tensor> memory = stepper.memory();
    for (size_t i = 0; i < memory.size(); ++i) all.push_back({name + std::to_string(i), memory[i]});
  };
  add("memory ", *stepper_);
  if (range_stepper_) add("range memory ", *range_stepper_);
  return all;
}

void Phase::keep_best() {
  for (const Named& one : model()) best_[one.name] = row_of(one.tensor);
}

void Phase::restore_best() {
  for (const Named& one : model()) fill(one.tensor, best_, one.name);
}

void Phase::save(Rows& rows) const {
  for (const Named& one : all()) rows[one.name] = row_of(one.tensor);
  for (const auto& [name, row] : best_) rows["best " + name] = row;
}

void Phase::load(const Rows& rows) {
  for (const Named& one : all()) fill(one.tensor, rows, one.name);
  for (const Named& one : model()) best_[one.name] = rows.at("best " + one.name);
}

}  // namespace thimble
