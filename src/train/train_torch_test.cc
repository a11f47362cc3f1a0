// Networks learn; what they learn is the same whenever it is learnt; the int8 graph is what was validated.
#include "train/train.h"

#include <gmock/gmock.h>

#include <cmath>

#include "base/files.h"
#include "data/metrics.h"
#include "models/architecture.h"
#include "train/chance.h"
#include "train/integer.h"

namespace thimble::testing {
namespace {

using ::testing::StartsWith;

/// Waves of three shapes with noise, by class: [samples, 2].
Examples waves(int64_t count, uint64_t seed, int64_t samples = 32) {
  Examples all{.shape = {samples, 2}, .values = {}, .labels = {}, .targets = {}, .source = {}, .start = {}};
  Chance chance(seed, 0);
  for (int64_t i = 0; i < count; ++i) {
    const auto label = static_cast<int32_t>(i % 3);
    const double phase = 6.28 * chance.uniform(), size = 0.5 + chance.uniform();
    for (int64_t t = 0; t < samples; ++t) {
      const double x = std::sin(phase + 0.25 * (label + 1) * static_cast<double>(t));
      all.values.push_back(static_cast<float>(size * x + 0.3 * chance.normal()));
      all.values.push_back(static_cast<float>(0.3 * chance.normal()));
    }
    all.labels.push_back(label);
    all.source.push_back(static_cast<int32_t>(i));
  }
  return all;
}

Graph small_net(const Shape& shape = {32, 2}) {
  return architecture_named("cnn1d").build({{"filters", std::vector<int64_t>{8, 8}}}, shape, 3, Task::Classification, 1);
}

TrainOptions quick(int64_t epochs = 6, int64_t qat_epochs = 2) {
  TrainOptions options;
  options.epochs = epochs, options.qat_epochs = qat_epochs, options.batch = 16, options.learning_rate = 0.01;
  return options;
}

Trained learnt(const TrainOptions& options, const TrainHooks& hooks = {}, Graph network = small_net()) {
  Progress silent;
  return train(std::move(network), Task::Classification, waves(192, 1), waves(60, 2), options, hooks, silent);
}

std::vector<std::byte> bytes_of(const Trained& trained) {
  std::vector<std::byte> all;
  for (const Graph* graph : {&trained.network, &trained.quantised})
    for (const Value& value : graph->values) {
      if (value.data) all.insert(all.end(), value.data->begin(), value.data->end());
      for (float scale : value.type.quant.scale) {
        const auto raw = std::as_bytes(std::span(&scale, 1));
        all.insert(all.end(), raw.begin(), raw.end());
      }
    }
  return all;
}

std::string told(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& error) {
    return explain(error);
  }
  return "no error";
}

TEST(Train, LearnsAndReturnsWhatItValidated) {
  const Trained trained = learnt(quick());
  ASSERT_EQ(trained.history.size(), 9U);  // six epochs of floats, one of rounding alone, two of rounding
  EXPECT_FALSE(trained.history[5].qat);
  EXPECT_TRUE(trained.history[6].qat);
  EXPECT_EQ(trained.history[6].learning_rate, 0);
  const Epoch& best = trained.history[static_cast<size_t>(trained.best) - 1];
  EXPECT_TRUE(best.qat);
  EXPECT_GE(best.validation_accuracy, 0.95);
  const Examples validation = waves(60, 2);
  const Classification score = score_classes(run_by_interpreter(trained.quantised, validation), validation.labels, 3);
  EXPECT_DOUBLE_EQ(score.accuracy, best.validation_accuracy);
  for (const Node& node : trained.network.nodes) EXPECT_NE(node.op->name, "batch_norm");
  EXPECT_EQ(trained.quantised.type(trained.quantised.inputs[0]).dtype, DType::I8);
}

TEST(Train, TheSameSeedGivesTheSameBytes) {
  TrainOptions options = quick(2, 1);
  options.mixup = 0.2, options.dropout = 0.3, options.label_smoothing = 0.1, options.clip = 1;
  const auto bytes = bytes_of(learnt(options));
  EXPECT_EQ(bytes_of(learnt(options)), bytes);
  options.seed = 2;
  EXPECT_NE(bytes_of(learnt(options)), bytes);
}

/// Killed after each epoch in turn, then resumed.
TEST(Train, ResumesToTheSameBytes) {
  struct Killed {};
  TrainOptions options = quick(3, 2);
  options.mixup = 0.2, options.dropout = 0.3;
  const auto bytes = bytes_of(learnt(options));
  const TempDir folder;
  for (const int last : {1, 3, 4, 5}) {
    TrainHooks hooks;
    hooks.checkpoint = folder.path() / std::to_string(last);
    hooks.begin = [](std::span<const Epoch> before) { EXPECT_TRUE(before.empty()); };
    hooks.epoch = [&](const Epoch& epoch) {
      if (epoch.number == last) throw Killed{};  // its checkpoint is written
    };
    EXPECT_THROW(learnt(options, hooks), Killed);
    std::vector<int> before, numbers;
    hooks.begin = [&](std::span<const Epoch> epochs) {
      for (const Epoch& epoch : epochs) before.push_back(epoch.number);
    };
    hooks.epoch = [&](const Epoch& epoch) { numbers.push_back(epoch.number); };
    EXPECT_EQ(bytes_of(learnt(options, hooks)), bytes) << "killed after epoch " << last;
    EXPECT_EQ(before.size(), static_cast<size_t>(last));
    before.insert(before.end(), numbers.begin(), numbers.end());
    EXPECT_EQ(before, (std::vector<int>{1, 2, 3, 4, 5, 6})) << "each epoch is told once";
  }
}

TEST(Train, ACheckpointOfOtherWorkIsNotTaken) {
  const TempDir folder;
  TrainHooks hooks;
  hooks.checkpoint = folder.path() / "checkpoint";
  learnt(quick(2, 0), hooks);
  EXPECT_EQ(bytes_of(learnt(quick(3, 0), hooks)), bytes_of(learnt(quick(3, 0))));
}

TEST(Train, StopsWhenPatienceEnds) {
  TrainOptions options = quick(60, 0);
  options.patience = 2;
  EXPECT_LT(learnt(options).history.size(), 40U);
}

TEST(Train, TakesExamplesOfEachEpoch) {
  std::vector<int> asked;
  TrainHooks hooks;
  hooks.examples = [&](int epoch) {
    asked.push_back(epoch);
    return waves(48, static_cast<uint64_t>(100 + epoch));
  };
  learnt(quick(2, 1), hooks);
  EXPECT_EQ(asked, (std::vector<int>{1, 2, 3, 4}));
}

TEST(Train, AsksTheHookForTheInt8Graph) {
  int asked = 0;
  TrainHooks hooks;
  hooks.run = [&](const Graph& graph, const Examples& examples) {
    ++asked;
    EXPECT_EQ(graph.type(graph.inputs[0]).dtype, DType::I8);
    return run_by_interpreter(graph, examples);
  };
  learnt(quick(1, 1), hooks);
  EXPECT_EQ(asked, 2);
}

TEST(Train, EveryOptimizerAndScheduleLearns) {
  for (const Optimizer optimizer : {Optimizer::Adam, Optimizer::Sgd})
    for (const Schedule schedule : {Schedule::OneCycle, Schedule::Step}) {
      TrainOptions options = quick(6, 0);
      options.optimizer = optimizer, options.schedule = schedule;
      options.learning_rate = optimizer == Optimizer::Sgd ? 0.1 : 0.01;
      const Trained trained = learnt(options);
      EXPECT_GE(trained.history.back().validation_accuracy, 0.85) << to_string(to_bag(options)["optimizer"]);
    }
}

/// Its steps share their weights, in floats and in int8.
TEST(Train, AGruLearns) {
  const Trained trained =
      learnt(quick(8, 2), {}, architecture_named("gru").build({{"steps", int64_t{8}}}, {32, 2}, 3, Task::Classification, 1));
  EXPECT_GE(trained.history[static_cast<size_t>(trained.best) - 1].validation_accuracy, 0.9);
}

/// Numbers and several labels at once.
TEST(Train, LearnsOtherTasks) {
  Examples all = waves(192, 1);
  Examples numbers = all, labels = all, itself = all;
  numbers.labels.clear(), labels.labels.clear();
  for (int32_t label : all.labels) {
    numbers.targets.push_back(static_cast<float>(label));
    for (int i = 0; i < 2; ++i) labels.targets.push_back(label > i ? 1.0F : 0.0F);
  }
  const auto last = [&](std::string_view name, Task task, int outputs, const Examples& examples) {
    Progress silent;
    const AttrBag fields = name == "cnn1d" ? AttrBag{{"filters", std::vector<int64_t>{8, 8}}} : AttrBag{};
    Graph network = architecture_named(name).build(fields, {32, 2}, outputs, task, 1);
    const Trained trained = train(std::move(network), task, examples, examples, quick(10, 2), {}, silent);
    return trained.history[static_cast<size_t>(trained.best) - 1];
  };
  EXPECT_LT(last("cnn1d", Task::Regression, 1, numbers).validation_loss, 0.1);
  EXPECT_GT(last("cnn1d", Task::MultiLabel, 2, labels).validation_accuracy, 0.95);
  EXPECT_LT(last("autoencoder", Task::Reconstruction, 0, itself).validation_loss, 0.3);  // 0.45 is the data's own variance
}

TEST(Train, SaysWhatDoesNotFit) {
  Progress silent;
  const auto attempt = [&](Graph network, const Examples& examples, Task task = Task::Classification) {
    return told([&] { train(std::move(network), task, examples, {}, quick(1, 0), {}, silent); });
  };
  EXPECT_EQ(attempt(small_net(), {.shape = {32, 2}, .values = {}, .labels = {}, .targets = {}, .source = {}, .start = {}}),
            "error: there are no examples to learn from\n  see that the training split is not empty\n");
  EXPECT_EQ(attempt(small_net(), waves(3, 1, 16)), "error: an example is [16x2], 32 numbers, but the network takes 64 ([1x32x2])\n");
  Examples odd = waves(6, 1);
  odd.values[65] = NAN;
  EXPECT_EQ(attempt(small_net(), odd),
            "error: example 1 holds a number that is not finite\n  `thimble data check` tells which recordings have such numbers\n");
  odd = waves(6, 1);
  for (float& x : odd.values) x = std::copysign(3e38F, x);
  EXPECT_EQ(attempt(architecture_named("mlp").build({}, {32, 2}, 3, Task::Classification, 1), odd),
            "error: the training diverged: the loss of epoch 1 is not a finite number\n"
            "  a smaller learning_rate, or clip = 1, keeps it together; features far from the range -1 to 1 make it likely\n"
            "  while training, epoch 1\n");
  odd = waves(6, 1);
  odd.labels[2] = 3;
  EXPECT_EQ(attempt(small_net(), odd), "error: an example is of class 3, but the network tells 3 classes apart (0 to 2)\n");
  EXPECT_EQ(attempt(small_net(), waves(6, 1), Task::MultiLabel),
            "error: the network's last layer is not logistic, as learning several labels needs it\n"
            "  take the task that it was made for, or end it in logistic\n");
}

}  // namespace
}  // namespace thimble::testing
