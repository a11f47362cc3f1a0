// What is found wrong with recordings, to the letter.
#include "data/check.h"

#include <gmock/gmock.h>

namespace thimble {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Samples that never repeat, different for every seed.
Recording recording(std::string label, int seed, std::string split = "") {
  Recording r{.name = "r" + std::to_string(seed) + ".csv", .label = std::move(label), .group = "", .split = std::move(split), .file = ""};
  r.rate = 50;
  r.channels = {{"x", ""}};
  for (int i = 0; i < 20; ++i) r.samples.push_back(static_cast<float>((seed * 131 + i * i * 17) % 97));
  return r;
}

std::vector<Recording> good() {
  std::vector<Recording> all;
  for (int i = 0; i < 6; ++i) all.push_back(recording("up", i)), all.push_back(recording("down", i + 50));
  return all;
}

std::vector<std::string> texts(const std::vector<Recording>& recordings) {
  std::vector<std::string> texts;
  for (const Finding& finding : check_recordings(recordings))
    if (finding.kind != "suspect") texts.push_back(finding.kind + ": " + finding.text);
  return texts;
}

TEST(Check, FindsNothingWhereNothingIsWrong) { EXPECT_THAT(texts(good()), IsEmpty()); }

TEST(Check, FindsDeadAndClippedChannels) {
  auto all = good();
  all[0].samples.assign(20, 9.8f);
  for (size_t i = 5; i < 14; ++i) all[1].samples[i] = 200;
  EXPECT_THAT(texts(all), ElementsAre("dead: channels that never change: x in r0.csv",
                                      "clipped: channels that stay at the end of their range for 8 samples and more: x in r50.csv"));
}

TEST(Check, FindsOddRatesAndChannels) {
  auto all = good();
  all[2].rate = 25;
  all[3].channels[0].name = "y";
  EXPECT_THAT(texts(all), ElementsAre("channels: most recordings have the channels x, but not: r51.csv (y)",
                                      "rates: most recordings have a rate of 50 Hz, but not: r1.csv (25 Hz)"));
  for (Recording& r : all) r.rate = 0, r.channels[0].name = "x";
  EXPECT_THAT(texts(all), ElementsAre("rate: nothing tells how many samples a second there are: r0.csv"));
}

TEST(Check, FindsTheSameSamplesTwice) {
  auto all = good();
  all.push_back(recording("up", 0));
  all.back().name = "copy.csv";
  EXPECT_THAT(texts(all), ElementsAre("duplicate: the same samples twice: r0.csv and copy.csv"));
  all.back().label = "down";
  EXPECT_THAT(texts(all), ElementsAre("contradiction: the same samples under two labels: r0.csv and copy.csv"));
  all.back().label = "up", all.back().split = "test";
  EXPECT_THAT(texts(all), ElementsAre("leak: the same samples in two splits: r0.csv and copy.csv"));
}

TEST(Check, FindsTheSameStretchInTwoRecordings) {
  auto all = good();
  for (Recording& r : all)
    for (int i = 20; i < 300; ++i) r.samples.push_back(static_cast<float>((static_cast<int>(r.samples[3]) * 131 + i * i * 17 + i) % 1009));
  EXPECT_THAT(texts(all), IsEmpty());
  std::copy_n(all[1].samples.begin() + 30, 130, all[4].samples.begin() + 100);
  EXPECT_THAT(texts(all),
              ElementsAre("overlap: the same stretch of samples in two recordings: r50.csv from sample 65 and r2.csv from sample 135"));
  all[4].split = "test";
  EXPECT_THAT(texts(all),
              ElementsAre("leak: the same stretch of samples in two splits: r50.csv from sample 65 and r2.csv from sample 135"));
}

TEST(Check, FindsLabelsThatAreRareOrAlike) {
  std::vector<Recording> all;
  for (int i = 0; i < 30; ++i) all.push_back(recording("circle", i));
  for (int i = 0; i < 6; ++i) all.push_back(recording("square", i + 40));
  all.push_back(recording("cirlce", 60));
  all.push_back(recording("", 61));
  EXPECT_THAT(texts(all), ElementsAre("unlabelled: recordings without a label: r61.csv",
                                      "typo: labels that differ by little, one of them rare: 'cirlce' (1) and 'circle' (30)",
                                      "few: labels with fewer than 5 recordings: 'cirlce' (1)",
                                      "imbalance: labels that are very unequal: 'circle' has 30 recordings, 'cirlce' 1"));
}

TEST(Check, NumbersAreNoClasses) {
  std::vector<Recording> all;
  for (int i = 0; i < 30; ++i) all.push_back(recording(std::to_string(20 + 0.37 * i), i));
  EXPECT_TRUE(labels_are_numbers(all));
  EXPECT_THAT(texts(all), IsEmpty());
  EXPECT_FALSE(labels_are_numbers(good()));
  for (int i = 0; i < 30; ++i) all[static_cast<size_t>(i)].label = std::to_string(i % 10);
  EXPECT_FALSE(labels_are_numbers(all)) << "digits are classes";
}

TEST(Check, OneLabelIsNoClassification) {
  EXPECT_THAT(texts({recording("up", 1), recording("up", 2), recording("up", 3), recording("up", 4), recording("up", 5)}),
              ElementsAre("one-label: all recordings have the one label: 'up'"));
}

TEST(Check, SuspectsALabelThatAllNeighboursContradict) {
  std::vector<Recording> all;
  for (int i = 0; i < 12; ++i) {
    Recording loud = recording("loud", i), quiet = recording("quiet", i + 50);
    for (float& x : loud.samples) x *= 100;
    all.push_back(std::move(loud)), all.push_back(std::move(quiet));
  }
  all[4].label = "quiet";
  const std::vector<Finding> findings = check_recordings(all);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].text, "recordings that look like another label's: r2.csv is called 'quiet' and looks like 'loud'");
}

}  // namespace
}  // namespace thimble
