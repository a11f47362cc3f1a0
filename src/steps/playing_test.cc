#include "steps/playing.h"

#include <gmock/gmock.h>

#include "steps/cost.h"

namespace thimble {
namespace {

Stream stream() { return {.rate = 100, .stride = 25, .channels = {}, .classes = {"circle", "clap", "idle"}, .smoothing = {}}; }

Playing heard(std::string name, int32_t label, const std::vector<int32_t>& answers) {
  Playing playing{std::move(name), label, {}, {}};
  for (const int32_t answer : answers) playing.results.push_back({0, answer, {0.25f, 0.5f, 0.25f}});
  return playing;
}

TEST(Playing, AResultComesAfterTheIntervalButASampleAtLeast) {
  Impulse impulse;
  impulse.learnt.window = {{200, 1}, {{"x", ""}}, 100};
  const auto stride = [&](double interval) {
    impulse.project.deploy.interval = interval;
    return stream_of(impulse).stride;
  };
  EXPECT_EQ(stride(0), 50) << "a quarter of the window";
  EXPECT_EQ(stride(0.3), 30);
  EXPECT_EQ(stride(0.001), 1) << "not a quarter of the window";
}

TEST(Playing, TheVerdictIsTheAnswerThatCameMostOften) {
  EXPECT_EQ(heard("", 0, {}).verdict(), -1);
  EXPECT_EQ(heard("", 0, {-1, -1}).verdict(), -1);
  EXPECT_EQ(heard("", 0, {-1, 2, -1, -1}).verdict(), 2);
  EXPECT_EQ(heard("", 0, {2, 1, 1, 2}).verdict(), 2) << "the first of equals";
  EXPECT_EQ(heard("", 0, {2, 1, 1}).verdict(), 1);
}

TEST(Playing, TellsWhatWasHeardAsItWentBy) {
  const std::vector<Playing> all = {heard("a.csv", 0, {-1, 0, 0, 1}), heard("b.csv", 1, {2}), heard("c.csv", -1, {1})};
  EXPECT_EQ(timeline_text(all, stream()),
            "     recording  is      was heard as  as it went by\n"
            "  ✓  a.csv      circle  circle        ·ccl\n"
            "  ✗  b.csv      clap    idle          i\n"
            "     c.csv      ?       clap          l\n"
            "  One mark every 0.25 s: c circle, l clap, i idle, · uncertain\n");
  EXPECT_EQ(verdicts_text({heard("", 0, {0}), heard("", 0, {0}), heard("", 1, {-1}), heard("", 2, {0})}, stream()),
            "  truth \\ answer  circle  clap  idle  uncertain\n"
            "  circle               2     .     .          .\n"
            "  clap                 .     .     .          1\n"
            "  idle                 1     .     .          .\n");
  const Json json = played_json(all, stream());
  EXPECT_EQ(json.find("right")->number(), 1);
  EXPECT_EQ(json.find("of")->number(), 2) << "one has no label";
}

TEST(Playing, TakesOneRecordingOfEachClassInTurn) {
  Dataset dataset;
  dataset.classes = {"circle", "clap"};
  for (int i = 0; i < 4; ++i)
    dataset.recordings.push_back(
        {.name = std::to_string(i), .channels = {{"x", ""}}, .samples = std::vector<float>(static_cast<size_t>(i + 1), 1)});
  dataset.test = {
      .shape = {3, 1}, .values = {0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, .labels = {0, 0, 0, 1}, .targets = {}, .source = {1, 2, 2, 3}};
  const std::vector<Playing> all = test_recordings(dataset, 0);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].name, "1");
  EXPECT_EQ(all[0].samples, (std::vector<float>{0, 1, 1})) << "two samples are no window: padded as in training";
  EXPECT_EQ(all[1].name, "3");
  EXPECT_EQ(all[1].label, 1);
  EXPECT_EQ(all[1].samples.size(), 4u);
  EXPECT_EQ(all[2].name, "2");
  EXPECT_EQ(test_recordings(dataset, 2).size(), 2u);
}

TEST(Cost, ACellLastsAsLongAsItsEnergy) {
  EXPECT_DOUBLE_EQ(battery_days(2664e6, 86400), 1) << "200 mAh at 3.7 V are 2664 J";
  EXPECT_DOUBLE_EQ(battery_days(2664, 1), 1e6 / 86400);
}

}  // namespace
}  // namespace thimble
