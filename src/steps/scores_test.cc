#include "steps/scores.h"

#include <gmock/gmock.h>

namespace thimble {
namespace {

/// Four windows of two persons, of which the last is taken for a circle.
struct Judged {
  Judged() {
    dataset.classes = {"circle", "idle"};
    for (const char* group : {"ann", "ann", "bob", "bob"}) {
      Recording recording;
      recording.group = group;
      dataset.recordings.push_back(recording);
    }
    examples.shape = {1};
    examples.values = {0, 0, 0, 0};
    examples.labels = {0, 1, 0, 1};
    examples.source = {0, 1, 2, 3};
  }
  Dataset dataset;
  Examples examples;
  std::vector<float> outputs = {0.9f, 0.1f, 0.2f, 0.8f, 0.7f, 0.3f, 0.6f, 0.4f};
};

TEST(Scores, AreShownWithTheConfusionAndWithEachGroup) {
  const Judged j;
  const Scores scores = scores_of(Task::Classification, j.dataset, j.examples, j.outputs);
  EXPECT_EQ(scores.headline(), (std::pair<std::string, double>{"accuracy", 0.75}));
  EXPECT_EQ(scores_text(scores),
            "  accuracy 75.0 %   balanced accuracy 75.0 %   macro f1 73.3 %   weighted f1 73.3 %   macro auc 1\n"
            "\n"
            "  truth \\ answer  circle  idle   recall      F1\n"
            "  circle               2     .  100.0 %  80.0 %\n"
            "  idle                 1     1   50.0 %  66.7 %\n"
            "\n"
            "  group  examples  accuracy\n"
            "  ann           2   100.0 %\n"
            "  bob           2    50.0 %\n");
}

TEST(Scores, AsJsonHaveTheSame) {
  const Judged j;
  const Json json = json_of(scores_of(Task::Classification, j.dataset, j.examples, j.outputs));
  EXPECT_EQ(json.find("accuracy")->number(), 0.75);
  EXPECT_EQ(json.find("confusion")->dump(false), "[[2,0],[1,1]]");
  EXPECT_EQ(json.find("answers")->dump(false), "[0,1,0,0]");
  EXPECT_EQ((*json.find("groups")->as_array())[1].find("accuracy")->number(), 0.5);
}

TEST(Scores, OfNumbersAreTheirErrors) {
  Judged j;
  j.examples.labels.clear();
  j.examples.targets = {1, 2, 3, 4};
  const Scores scores = scores_of(Task::Regression, j.dataset, j.examples, {1, 2, 3, 6});
  EXPECT_EQ(scores.headline(), (std::pair<std::string, double>{"mae", 0.5}));
  ASSERT_EQ(scores.groups.size(), 2u);
  EXPECT_EQ(scores.groups[1].value, 1);
}

TEST(Scores, WithoutGroupsShowNone) {
  Judged j;
  for (Recording& recording : j.dataset.recordings) recording.group.clear();
  EXPECT_TRUE(scores_of(Task::Classification, j.dataset, j.examples, j.outputs).groups.empty());
}

}  // namespace
}  // namespace thimble
