// thimble-bench-train: steps per second of our training against a plain libtorch program of the same network, turn by turn in one run.
//
// The network is the keyword spotter of MLPerf Tiny (DS-CNN, 49x10x1, 12 classes), batch 64, Adam. The plain program is written as
// libtorch's documentation writes one: modules, torch::optim::Adam, zero_grad, backward, step.
#include <fmt/format.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "models/architecture.h"
#include "train/chance.h"
#include "train/train.h"

namespace thimble::bench {
namespace {

namespace nn = torch::nn;

constexpr int64_t kRows = 49, kColumns = 10, kClasses = 12, kChannels = 64, kBatch = 64;

struct PlainImpl : nn::Module {
  nn::Sequential layers;

  PlainImpl() {
    convolution(nn::Conv2dOptions(1, kChannels, {10, 4}).stride(2).padding({5, 1}).bias(false));
    for (int block = 0; block < 4; ++block) {
      convolution(nn::Conv2dOptions(kChannels, kChannels, 3).padding(1).groups(kChannels).bias(false));
      convolution(nn::Conv2dOptions(kChannels, kChannels, 1).bias(false));
    }
    layers->push_back(nn::AdaptiveAvgPool2d(1));
    layers->push_back(nn::Flatten());
    layers->push_back(nn::Linear(kChannels, kClasses));
    register_module("layers", layers);
  }
  void convolution(const nn::Conv2dOptions& options) {
    layers->push_back(nn::Conv2d(options));
    layers->push_back(nn::BatchNorm2d(kChannels));
    layers->push_back(nn::ReLU());
  }
};
TORCH_MODULE(Plain);

Examples noise(int64_t count) {
  Examples all{.shape = {kRows, kColumns, 1}, .values = {}, .labels = {}, .targets = {}, .source = {}, .start = {}};
  Chance chance(1, 0);
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t k = 0; k < kRows * kColumns; ++k) all.values.push_back(static_cast<float>(chance.normal()));
    all.labels.push_back(static_cast<int32_t>(i % kClasses));
    all.source.push_back(static_cast<int32_t>(i));
  }
  return all;
}

/// One epoch of the plain program; its steps per second.
class PlainProgram {
 public:
  explicit PlainProgram(const Examples& examples)
      : adam_(net_->parameters(), torch::optim::AdamOptions(1e-3)),
        inputs_(torch::tensor(at::ArrayRef<float>(examples.values)).view({examples.count(), 1, kRows, kColumns})),
        labels_(torch::tensor(at::ArrayRef<int32_t>(examples.labels)).to(torch::kLong)) {}

  double epoch() {
    const auto began = std::chrono::steady_clock::now();
    const torch::Tensor order = torch::randperm(inputs_.size(0));
    int64_t steps = 0;
    double sum = 0;
    for (int64_t first = 0; first < inputs_.size(0); first += kBatch, ++steps) {
      const torch::Tensor index = order.narrow(0, first, kBatch);
      adam_.zero_grad();
      const torch::Tensor loss =
          nn::functional::cross_entropy(net_->layers->forward(inputs_.index_select(0, index)), labels_.index_select(0, index));
      loss.backward();
      adam_.step();
      sum += loss.item<double>();
    }
    return static_cast<double>(steps) / std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  }

 private:
  Plain net_;
  torch::optim::Adam adam_;
  torch::Tensor inputs_, labels_;
};

double median(std::vector<double> all) {
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

int run(int64_t rounds, int64_t steps) {
  const Examples examples = noise(kBatch * steps);
  PlainProgram plain(examples);
  std::vector<double> theirs, ours;
  TrainOptions options;
  options.epochs = rounds, options.qat_epochs = 0, options.batch = kBatch, options.optimizer = Optimizer::Adam, options.weight_decay = 0;
  TrainHooks hooks;
  hooks.epoch = [&](const Epoch& epoch) {
    if (epoch.qat) return;
    ours.push_back(static_cast<double>(steps) / epoch.seconds);
    theirs.push_back(plain.epoch());
  };
  Progress silent;
  train(architecture_named("ds_cnn").build({}, examples.shape, kClasses, Task::Classification, 1), Task::Classification, examples, {},
        options, hooks, silent);
  std::vector<double> ratios;
  for (size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / theirs[i]);
  fmt::print("DS-CNN 49x10x1, 12 classes, batch {}, Adam; {} rounds of {} steps each, in turns, {} threads\n", kBatch, rounds, steps,
             torch::get_num_threads());
  fmt::print(
      "  thimble         {:6.2f} steps/s (median)\n  plain libtorch  {:6.2f} steps/s\n  ratio           {:6.2f} (median of the rounds)\n",
      median(ours), median(theirs), median(ratios));
  return median(ratios) >= 1 ? 0 : 1;
}

}  // namespace
}  // namespace thimble::bench

/// usage: thimble-bench-train [rounds] [steps a round]
int main(int argc, char** argv) {
  const auto word = [&](int i, int64_t otherwise) { return argc > i ? std::atoll(argv[i]) : otherwise; };
  return thimble::bench::run(word(1, 5), word(2, 10));
}
