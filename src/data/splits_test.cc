// Who learns and who judges: by class, by group, in folds, in order, as given.
#include "data/splits.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "data/data_test.h"

namespace thimble {
namespace {

std::map<std::string, int> counts_of(const std::vector<Recording>& recordings) {
  std::map<std::string, int> counts;
  for (const Recording& r : recordings) ++counts[r.split + " " + r.label];
  return counts;
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

}  // namespace
}  // namespace thimble
