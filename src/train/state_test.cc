// What a training stands on besides libtorch: chance, schedules, checkpoints.
#include <gmock/gmock.h>

#include <algorithm>

#include "base/files.h"
#include "train/chance.h"
#include "train/checkpoint.h"
#include "train/schedule.h"

namespace thimble::testing {
namespace {

TEST(Chance, DependsOnSeedAndEpochAlone) {
  EXPECT_EQ(Chance(1, 2).order(50), Chance(1, 2).order(50));
  EXPECT_NE(Chance(1, 2).order(50), Chance(1, 3).order(50));
  EXPECT_NE(Chance(1, 2).order(50), Chance(2, 2).order(50));
  std::vector<int64_t> order = Chance(1, 2).order(50);
  std::sort(order.begin(), order.end());
  for (int64_t i = 0; i < 50; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
}

TEST(Chance, DrawsWhatItSays) {
  Chance chance(7, 0);
  double mean = 0, square = 0, share = 0, share_square = 0;
  constexpr int kDraws = 20000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = chance.normal(), y = chance.beta(0.2);
    mean += x / kDraws, square += x * x / kDraws, share += y / kDraws, share_square += y * y / kDraws;
  }
  EXPECT_NEAR(mean, 0, 0.03);
  EXPECT_NEAR(square, 1, 0.04);
  EXPECT_NEAR(share, 0.5, 0.02);
  EXPECT_NEAR(share_square - share * share, 0.25 / 1.4, 0.01);  // of beta(a, a): 1 / (4 (2 a + 1))
}

TEST(Schedule, GoesAsItSays) {
  EXPECT_EQ(learning_rate_at(Schedule::Constant, 0.1, 0.9), 0.1);
  EXPECT_DOUBLE_EQ(learning_rate_at(Schedule::Cosine, 0.1, 0), 0.1);
  EXPECT_NEAR(learning_rate_at(Schedule::Cosine, 0.1, 0.5), 0.05, 1e-12);
  EXPECT_NEAR(learning_rate_at(Schedule::Cosine, 0.1, 1), 0, 1e-12);
  EXPECT_DOUBLE_EQ(learning_rate_at(Schedule::Step, 0.1, 0.4), 0.01);
  EXPECT_NEAR(learning_rate_at(Schedule::OneCycle, 0.1, 0), 0.004, 1e-12);
  EXPECT_NEAR(learning_rate_at(Schedule::OneCycle, 0.1, 0.3), 0.1, 1e-12);
  EXPECT_NEAR(learning_rate_at(Schedule::OneCycle, 0.1, 1), 0, 1e-12);
}

TEST(Checkpoint, IsWholeOrNotThere) {
  const TempDir folder;
  const fs::path path = folder.path() / "checkpoint";
  EXPECT_FALSE(read_checkpoint(path));
  Checkpoint one;
  one.work = 42, one.epoch = 3, one.step = 99, one.qat = true;
  one.history = {{.number = 1, .qat = false, .loss = 0.5, .accuracy = 0.25, .seconds = 2}};
  one.rows = {{"a", {1, 2, 3}}, {"empty", {}}};
  write_checkpoint(path, one);
  const auto again = read_checkpoint(path);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->work, 42U);
  EXPECT_EQ(again->step, 99);
  EXPECT_TRUE(again->qat);
  EXPECT_EQ(again->rows, one.rows);
  ASSERT_EQ(again->history.size(), 1U);
  EXPECT_EQ(again->history[0].loss, 0.5);
  const std::vector<std::byte> bytes = read_bytes(path);
  for (size_t size = 0; size < bytes.size(); ++size) {
    write_bytes(path, std::span(bytes).first(size));
    EXPECT_FALSE(read_checkpoint(path)) << size << " bytes";
  }
}

TEST(Elsewhere, TellsHowToGetTraining) {
  const fs::path missing = fs::read_symlink("/proc/self/exe").parent_path() / "thimble-train";
  try {
    ensure_training_is_here();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(explain(error),
              "error: this Thimble was built without training: there is no '" + missing.string() +
                  "'\n  install libtorch-dev and build with -DTHIMBLE_TRAIN=ON; a model trained elsewhere (.tflite) needs none "
                  "of it\n");
  }
}

TEST(Checkpoint, KnowsOtherWork) {
  Graph graph{.name = "g"};
  Examples examples{.shape = {1}, .values = {1}, .labels = {0}, .targets = {}, .source = {0}, .start = {}};
  TrainOptions options;
  const uint64_t one = fingerprint(graph, Task::Classification, examples, {}, options, "jitter = 0.1");
  EXPECT_EQ(fingerprint(graph, Task::Classification, examples, {}, options, "jitter = 0.1"), one);
  EXPECT_NE(fingerprint(graph, Task::Classification, examples, {}, options, "jitter = 0.2"), one);
  EXPECT_NE(fingerprint(graph, Task::Regression, examples, {}, options, "jitter = 0.1"), one);
  options.epochs += 1;
  EXPECT_NE(fingerprint(graph, Task::Classification, examples, {}, options, "jitter = 0.1"), one);
  options = {};
  examples.values[0] = 2;
  EXPECT_NE(fingerprint(graph, Task::Classification, examples, {}, options, "jitter = 0.1"), one);
}

}  // namespace
}  // namespace thimble::testing
