// Windows, rates and data sets, and what is refused, to the letter.
#include "data/windows.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <numbers>

#include "base/machine.h"
#include "data/data_test.h"
#include "data/resample.h"

namespace thimble {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

TEST(Windows, MoreThanTheMachineHoldsIsRefusedBeforeItIsMade) {
  const std::vector<Recording> all = {recording("a", 1), recording("b", 2)};
  const double there = machine_bytes() / 1e9;
  EXPECT_EQ(
      message_of([&] { make_dataset(all, {.samples = int64_t{1} << 40}); }),
      fmt::format("2 windows of 1099511627776x2 (samples x channels each) take 1.759e+04 GB, and this machine has {:.4g} GB of memory\n"
                  "take a shorter window, a longer stride, a lower rate or smaller pictures",
                  there));
  std::vector<Recording> slow = all;
  for (Recording& r : slow) r.rate = 1e-6;
  EXPECT_EQ(message_of([&] { make_dataset(slow, {.rate = 1e7}); }),
            fmt::format("resampled to 10000000 Hz, the recordings take 1.6e+06 GB, and this machine has {:.4g} GB of memory\n"
                        "they come at 1e-06 Hz: a higher rate adds nothing to them",
                        there));
}

TEST(Windows, WholeRecordingsAsLongAsTheLongest) {
  const std::vector<Recording> all{recording("a", 1, 3), recording("b", 2, 2)};
  const Examples examples = windows_of(all, {});
  EXPECT_EQ(examples.shape, (Shape{3, 2}));
  EXPECT_THAT(examples.values, ElementsAre(1000, 1001, 1002, 1003, 1004, 1005, 2000, 2001, 2002, 2003, 0, 0));
  EXPECT_THAT(examples.source, ElementsAre(0, 1));
}

TEST(Windows, Strides) {
  const std::vector<Recording> all{recording("a", 1, 10)};
  EXPECT_THAT(windows_of(all, {.window = 0.4, .stride = 0.3}).start, ElementsAre(0, 3, 6));
  EXPECT_THAT(windows_of(all, {.samples = 4, .stride_samples = 6}).start, ElementsAre(0, 6));
  EXPECT_THAT(windows_of(all, {.samples = 11, .stride_samples = 6, .pad = Padding1d::Drop}).start, ElementsAre());
}

TEST(Windows, PadAndAnchor) {
  const std::vector<Recording> one{recording("a", 0, 2)};
  EXPECT_THAT(windows_of(one, {.samples = 4, .pad = Padding1d::Edge}).values, ElementsAre(0, 1, 2, 3, 2, 3, 2, 3));
  EXPECT_THAT(windows_of(one, {.samples = 3, .pad = Padding1d::Repeat}).values, ElementsAre(0, 1, 2, 3, 0, 1));
  EXPECT_THAT(windows_of(one, {.samples = 4, .anchor = Anchor::Middle}).values, ElementsAre(0, 0, 0, 1, 2, 3, 0, 0));
  std::vector<Recording> loud{recording("a", 0, 10)};
  loud[0].samples.assign(20, 1);
  loud[0].samples[12] = 100;
  loud[0].samples[14] = -100;
  EXPECT_THAT(windows_of(loud, {.samples = 2, .anchor = Anchor::Loudest}).start, ElementsAre(6));
}

TEST(Resample, EqualRatesAreExact) {
  const std::vector<float> samples{1, 5, -3, 0.1f};
  EXPECT_EQ(resample(samples, 2, 50, 50), samples);
}

/// What both rates can carry stays; what the lower cannot is gone.
TEST(Resample, IsBandLimited) {
  const auto tone = [](double hz, double rate, size_t count) {
    std::vector<float> out;
    for (size_t i = 0; i < count; ++i)
      out.push_back(static_cast<float>(std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rate)));
    return out;
  };
  const auto worst = [](const std::vector<float>& got, const std::vector<float>& want) {
    float most = 0;
    for (size_t i = 200; i + 200 < want.size(); ++i) most = std::max(most, std::abs(got[i] - want[i]));
    return most;
  };
  const std::vector<float> slower = resample(tone(1000, 22050, 22050), 1, 22050, 16000);
  ASSERT_EQ(slower.size(), 16000u);
  EXPECT_LT(worst(slower, tone(1000, 16000, 16000)), 2e-3f);
  EXPECT_LT(worst(resample(tone(1000, 8000, 8000), 1, 8000, 16000), tone(1000, 16000, 16000)), 2e-3f);
  EXPECT_LT(worst(resample(tone(9500, 22050, 22050), 1, 22050, 16000), std::vector<float>(16000)), 2e-3f);
  EXPECT_THAT(resample(std::vector<float>(50, 7), 1, 3, 7), Each(::testing::FloatEq(7)));
}

TEST(Dataset, HasWindowsOfEachSplit) {
  const Dataset data = make_dataset(set_of(10), {.samples = 5, .stride_samples = 5});
  EXPECT_THAT(data.classes, ElementsAre("a", "b"));
  EXPECT_EQ(data.rate, 10);
  EXPECT_EQ(data.train.shape, (Shape{5, 2}));
  EXPECT_EQ(data.train.count(), 24);
  EXPECT_EQ(data.test.count(), 8);
  for (const Examples* part : {&data.train, &data.validation, &data.test})
    for (int64_t i = 0; i < part->count(); ++i) {
      const Recording& r = data.recordings[static_cast<size_t>(part->source[static_cast<size_t>(i)])];
      EXPECT_EQ(data.classes[static_cast<size_t>(part->labels[static_cast<size_t>(i)])], r.label);
      EXPECT_EQ(part->example(i)[0], r.samples[static_cast<size_t>(2 * part->start[static_cast<size_t>(i)])]);
    }
}

TEST(Dataset, TellsWhichClassesItsTestLacks) {
  auto all = set_of(5);
  std::stable_sort(all.begin(), all.end(), [](const Recording& a, const Recording& b) { return a.label < b.label; });
  const SplitOptions order{.by = SplitBy::Order, .validation = 0.1, .test = 0.2};
  EXPECT_EQ(lacking_text(make_dataset(all, {}, order)), "the test split has no window of 'a': how well it is recognised stays unknown");
  for (size_t i = 0; i < 10; ++i) all[i].label = std::string(1, "abcdbcdaaa"[i]);
  EXPECT_EQ(lacking_text(make_dataset(all, {}, order)),
            "the test split has no window of 'b', 'c' and 'd': how well they are recognised stays unknown");
  EXPECT_EQ(lacking_text(make_dataset(set_of(5))), "");
  EXPECT_EQ(lacking_text(make_dataset(set_of(5), {}, {.test = 0})), "") << "there is nothing to judge by, and that is told";
}

TEST(Dataset, HashTellsWhatDetermines) {
  const std::string hash = make_dataset(set_of(10)).hash;
  EXPECT_EQ(hash.size(), 64u);
  EXPECT_EQ(make_dataset(set_of(10)).hash, hash);
  EXPECT_NE(make_dataset(set_of(10), {.samples = 9}).hash, hash);
  EXPECT_NE(make_dataset(set_of(10), {}, {.seed = 3}).hash, hash);
  auto changed = set_of(10);
  changed[7].samples[3] += 1;
  EXPECT_NE(make_dataset(changed).hash, hash);
}

TEST(Dataset, LearnsNumbersAndSeveralLabels) {
  auto all = set_of(5);
  for (Recording& r : all) r.label = r.label == "a" ? "36.5" : "40";
  const Dataset numbers = make_dataset(all, {}, {}, Labels::Number);
  EXPECT_THAT(numbers.train.targets, Each(::testing::AnyOf(36.5f, 40.0f)));
  EXPECT_TRUE(numbers.classes.empty());
  all[0].label = "warm";
  EXPECT_EQ(message_of([&] { make_dataset(all, {}, {}, Labels::Number); }),
            "r1.csv: its label 'warm' is not a number\na regression learns numbers; classes are for classification");
  all = set_of(5);
  for (size_t i = 0; i < 4; ++i) all[i].label = "a+b";
  const Dataset several = make_dataset(all, {}, {}, Labels::Several);
  EXPECT_THAT(several.classes, ElementsAre("a", "b"));
  EXPECT_EQ(static_cast<int64_t>(several.train.targets.size()), 2 * several.train.count());
}

TEST(Dataset, RefusesWhatDoesNotFitTogether) {
  EXPECT_EQ(message_of([] { make_dataset({}); }), "there are no recordings");
  auto all = set_of(5);
  all[3].channels[1].unit = "m/s2";
  EXPECT_EQ(message_of([&] { make_dataset(all); }),
            "r4.csv: its channels are x in g, y in m/s2, those of r1.csv are x in g, y in g\n"
            "all recordings need the same channels in the same units; name the columns alike, or leave some files out");
  all = set_of(5);
  all[2].rate = 20, all[2].file = "wand.csv", all[2].line = 121;
  EXPECT_EQ(message_of([&] { make_dataset(all); }),
            "wand.csv:121: its rate is 20 Hz, that of r1.csv is 10 Hz\nsay to which rate they are resampled: rate = ...");
  EXPECT_EQ(make_dataset(all, {.rate = 10}).train.shape, (Shape{10, 2}));
  all[2].rate = 0;
  EXPECT_EQ(message_of([&] { make_dataset(all, {.rate = 10}); }),
            "wand.csv:121: nothing tells its rate, so that it cannot be resampled to 10 Hz\nsay the rate of the files when they are read");
  for (Recording& r : all) r.rate = 0;
  EXPECT_EQ(
      message_of([&] { make_dataset(all, {.window = 1}); }),
      "window = 1 s, and nothing tells how many samples a second there are\ngive the rate of the recordings, or the window in samples");
  all = set_of(5);
  all[1].samples[5] = NAN;
  EXPECT_EQ(message_of([&] { make_dataset(all); }), "r2.csv: sample 3 of channel 'y' is nan\nleave out what the sensor did not give");
}

TEST(Dataset, RefusesLabelsThatTeachNothing) {
  auto all = set_of(5);
  all[4].label = "";
  EXPECT_EQ(message_of([&] { make_dataset(all); }),
            "r5.csv: it has no label\nput it into a folder named after its class, say the class in names, or leave it out");
  for (Recording& r : all) r.label = "up";
  EXPECT_EQ(message_of([&] { make_dataset(all); }),
            "all recordings have the one label 'up'\na classifier needs two at least; record something that is not it");
  EXPECT_EQ(make_dataset(all, {}, {}, Labels::Optional).classes, (std::vector<std::string>{"up"}));
  all = set_of(5);
  for (Recording& r : all) r.split = r.label == "a" ? "train" : "test";
  EXPECT_EQ(message_of([&] { make_dataset(all); }),
            "class 'b' has nothing to learn from: 5 recordings, none in training (r2.csv)\nrecord more of it, or leave it out");
  EXPECT_EQ(message_of([&] { make_dataset(set_of(5), {.samples = 11, .pad = Padding1d::Drop}); }),
            "no recording is as long as the window of 11 samples\nchoose a shorter window, or pad = zero");
}

TEST(Dataset, RefusesTheSameSamplesInTwoSplits) {
  auto all = set_of(10);
  for (size_t i = 0; i < 20; ++i) all[i].split = i < 16 ? "train" : "test";
  for (size_t i = 0; i < 10; ++i) all[18].samples[10 + i] = all[2].samples[i];  // a piece, elsewhere in the recording
  const SplitOptions none{.validation = 0};
  EXPECT_EQ(message_of([&] { make_dataset(all, {.samples = 5, .stride_samples = 5}, none); }),
            "the same samples are in two splits: train, r3.csv, from sample 1; and test, r19.csv, from sample 6\n"
            "a test on what was learnt tells nothing: remove one of them, or say leaks = drop");
  const Dataset data = make_dataset(all, {.samples = 5, .stride_samples = 5}, {.validation = 0, .leaks = Leaks::Drop});
  EXPECT_EQ(data.test.count(), 7);
  EXPECT_EQ(data.test.labels.size(), 7u);
  EXPECT_EQ(data.train.count(), 32);
}

}  // namespace
}  // namespace thimble
