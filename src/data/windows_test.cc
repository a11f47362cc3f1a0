// Windows, rates and splits, and what is refused, to the letter.
#include "data/windows.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <numbers>
#include <set>

#include "base/machine.h"
#include "data/data_test.h"
#include "data/resample.h"
#include "data/splits.h"

namespace thimble {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

Recording recording(std::string label, int seed, int64_t length = 10, std::string group = "") {
  Recording r{.name = "r" + std::to_string(seed) + ".csv", .label = std::move(label), .group = std::move(group), .split = "", .file = ""};
  r.rate = 10;
  r.channels = {{"x", "g"}, {"y", "g"}};
  for (int64_t i = 0; i < 2 * length; ++i) r.samples.push_back(static_cast<float>(seed * 1000 + i));
  return r;
}

/// `each` recordings of "a" and of "b", in turn by the persons given.
std::vector<Recording> set_of(int each, const std::vector<std::string>& groups = {""}) {
  std::vector<Recording> all;
  for (int i = 0; i < each; ++i)
    for (const char* label : {"a", "b"})
      all.push_back(recording(label, static_cast<int>(all.size()) + 1, 10, groups[static_cast<size_t>(i) % groups.size()]));
  return all;
}

std::map<std::string, int> counts_of(const std::vector<Recording>& recordings) {
  std::map<std::string, int> counts;
  for (const Recording& r : recordings) ++counts[r.split + " " + r.label];
  return counts;
}

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

TEST(Split, IsAlikeInEveryClass) {
  auto all = set_of(10);
  assign_splits(all, {}, true);
  EXPECT_EQ(counts_of(all), (std::map<std::string, int>{
                                {"train a", 6}, {"train b", 6}, {"validation a", 2}, {"validation b", 2}, {"test a", 2}, {"test b", 2}}));
  auto again = set_of(10), other = set_of(10);
  assign_splits(again, {}, true), assign_splits(other, {.seed = 2}, true);
  const auto splits = [](const std::vector<Recording>& rs) {
    std::string text;
    for (const Recording& r : rs) text += r.split[1];
    return text;
  };
  EXPECT_EQ(splits(all), splits(again));
  EXPECT_NE(splits(all), splits(other));
}

TEST(Split, IsByGroupWhereThereAreGroups) {
  auto all = set_of(20, {"ann", "ben", "cleo", "dan", "eve"});
  assign_splits(all, {}, true);
  std::map<std::string, std::set<std::string>> splits;
  for (const Recording& r : all) splits[r.group].insert(r.split);
  std::map<std::string, int> persons;
  for (const auto& [group, in] : splits) {
    EXPECT_EQ(in.size(), 1u) << group;
    ++persons[*in.begin()];
  }
  EXPECT_EQ(persons, (std::map<std::string, int>{{"train", 3}, {"validation", 1}, {"test", 1}}));
}

TEST(Split, TakesTurnsUnlessOneFoldIsNamed) {
  EXPECT_FALSE(takes_turns({}));
  EXPECT_TRUE(takes_turns({.folds = 5}));
  EXPECT_TRUE(takes_turns({.leave_group_out = true}));
  EXPECT_FALSE(takes_turns({.folds = 5, .fold = 2}));
}

TEST(Split, LeavesEachGroupOutInTurn) {
  for (const int64_t fold : {0, 1, 2}) {
    auto all = set_of(12, {"ann", "ben", "cleo"});
    const SplitOptions options{.fold = fold, .leave_group_out = true};
    EXPECT_EQ(fold_count(all, options), 3);
    assign_splits(all, options, true);
    for (const Recording& r : all)
      EXPECT_EQ(r.split == "test", r.group == (std::vector<std::string>{"ann", "ben", "cleo"})[static_cast<size_t>(fold)]);
  }
}

TEST(Split, FoldsCoverEverythingOnce) {
  std::map<std::string, int> tested;
  for (int64_t fold = 0; fold < 4; ++fold) {
    auto all = set_of(6);
    assign_splits(all, {.folds = 4, .fold = fold}, true);
    for (const Recording& r : all) tested[r.name] += r.split == "test";
  }
  EXPECT_EQ(tested.size(), 12u);
  for (const auto& [name, times] : tested) EXPECT_EQ(times, 1) << name;
}

class FoldsOf : public ::testing::TestWithParam<SplitBy> {};
INSTANTIATE_TEST_SUITE_P(By, FoldsOf, ::testing::Values(SplitBy::Given, SplitBy::Auto));

TEST_P(FoldsOf, AGivenSplitLeaveItsTestAlone) {
  std::map<std::string, int> judged;
  for (int64_t fold = 0; fold < 4; ++fold) {
    auto all = set_of(10);
    for (size_t i = 0; i < all.size(); ++i) all[i].split = i < 4 ? "test" : i < 8 ? "validation" : i < 12 ? "train" : "";
    assign_splits(all, {.by = GetParam(), .folds = 4, .fold = fold}, true);
    for (size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(all[i].split.empty(), i < 4) << all[i].name;
      judged[all[i].name] += all[i].split == "test";
      EXPECT_TRUE(all[i].split != "validation" || (i >= 4 && i < 8)) << all[i].name << ": validation is given";
    }
  }
  EXPECT_EQ(judged.size(), 20u);
  for (const auto& [name, times] : judged) EXPECT_EQ(times, std::stoi(name.substr(1)) > 4) << name;
  auto all = set_of(10);
  for (size_t i = 0; i < 10; ++i) all[i].split = "test";
  const Dataset data = make_dataset(all, {}, {.by = GetParam(), .validation = 0, .folds = 5, .fold = 1});
  EXPECT_EQ(data.train.count(), 8);
  EXPECT_EQ(data.test.count(), 2);
}

TEST(Split, KeepsTheOneGiven) {
  auto all = set_of(10, {"ann", "ben", "cleo"});
  for (size_t i = 0; i < 4; ++i) all[i].split = "test";
  assign_splits(all, {}, true);
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].split == "test", i < 4) << i;
  EXPECT_EQ(counts_of(all)["validation a"], 2) << "persons are on both sides of the given split, so validation has some of each";
}

TEST(Split, TakesTheLastInTheirOrder) {
  auto all = set_of(10, {"ann", "ben", "cleo"});
  all[0].split = "test";  // order is asked for, whatever the data says
  assign_splits(all, {.by = SplitBy::Order, .validation = 0.1, .test = 0.25}, true);
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].split, i < 13 ? "train" : i < 15 ? "validation" : "test") << i;
}

TEST(Split, KeepsTheSameSamplesTogether) {
  for (int64_t seed = 0; seed < 20; ++seed) {
    auto all = set_of(10);
    for (size_t i = 2; i < 8; i += 2) all[i].samples = all[0].samples;
    assign_splits(all, {.seed = seed}, true);
    for (size_t i = 2; i < 8; i += 2) EXPECT_EQ(all[i].split, all[0].split) << seed;
  }
}

TEST(Split, TellsWhatItLacks) {
  auto all = set_of(4);
  EXPECT_EQ(message_of([&] { assign_splits(all, {.by = SplitBy::Given}, true); }),
            "by = given, and no recording tells its split\n"
            "name folders train and test, put {split} into names, or say which files with test_files");
  EXPECT_EQ(message_of([&] { assign_splits(all, {.by = SplitBy::Group}, true); }),
            "by = group, and there are fewer than two groups\n"
            "tell the person or session of each recording: a column called group, or {group} in names");
  EXPECT_EQ(message_of([&] { assign_splits(all, {.leave_group_out = true}, true); }),
            "no group can be left out: there are no groups\n"
            "tell the person or session of each recording: a column called group, or {group} in names");
  EXPECT_EQ(message_of([&] { assign_splits(all, {.folds = 3, .fold = 3}, true); }),
            "fold = 3 is out of range; there are 3 folds, from 0\nfold = -1 takes each of them in turn");
  EXPECT_EQ(message_of([&] { assign_splits(all, {.folds = 1}, true); }), "folds = 1 is out of range; it must be 0 (none) or at least 2");
  EXPECT_EQ(message_of([&] { assign_splits(all, {.folds = 2, .leave_group_out = true}, true); }),
            "folds and leave_group_out exclude each other\neach tells what is left out in turn: take one of them away");
  EXPECT_EQ(message_of([&] { assign_splits(all, {.validation = 0.6, .test = 0.4}, true); }),
            "validation = 0.6 and test = 0.4 leave nothing to learn from; together they must stay below 1\n"
            "with test = 0.4, validation may be from 0 to less than 0.6");
  EXPECT_EQ(message_of([&] { assign_splits(all, {.folds = 9}, true); }),
            "folds = 9 is too much for 8 recordings\nevery fold needs one at least: take fewer folds, or record more");
  EXPECT_EQ(message_of([&] { assign_splits(all, {.by = SplitBy::Order, .folds = 2}, true); }),
            "by = order has one test split: the last recordings\n"
            "take folds and leave_group_out away; or say by = auto, and every recording is judged in its turn");
  auto two = set_of(1);
  EXPECT_EQ(message_of([&] { assign_splits(two, {.by = SplitBy::Order, .validation = 0.45, .test = 0.5}, true); }),
            "of 2 recordings, test = 0.5 and validation = 0.45 leave nothing to learn from\ntake smaller parts, or record more");
  auto persons = set_of(4, {"ann", "ben"});
  EXPECT_EQ(message_of([&] { assign_splits(persons, {.fold = 2, .leave_group_out = true}, true); }),
            "fold = 2 is out of range; there are 2 groups, from 0\nfold = -1 leaves out each of them in turn");
  EXPECT_EQ(message_of([&] { assign_splits(all, {.by = SplitBy::Order, .validation = 0.5, .test = 0.5}, true); }),
            "validation = 0.5 and test = 0.5 leave nothing to learn from; together they must stay below 1\n"
            "with test = 0.5, validation may be from 0 to less than 0.5");
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
