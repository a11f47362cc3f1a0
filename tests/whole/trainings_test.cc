// Trainings that are not the plain one: interrupted, failed, in folds, with nothing to judge by, calibrated. All on data so small that each
// takes a moment.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "base/files.h"
#include "base/subprocess.h"
#include "program.h"

namespace thimble::testing {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Trainings : public ::testing::Test {
 protected:
  /// A project of two classes, recorded by two persons: slow and fast tones of 20 samples.
  Trainings() {
    for (int i = 0; i < 24; ++i) {
      std::string text = "x,y\n";
      const bool fast = i % 2 == 1;
      for (int t = 0; t < 20; ++t)
        text += fmt::format("{:.4f},{:.4f}\n", std::sin((fast ? 1.3 : 0.4) * t + i), 0.1 * i + std::cos((fast ? 1.1 : 0.3) * t));
      write_text(folder() / "data" / fmt::format("{}_{}_{}.csv", fast ? "fast" : "slow", i / 2 % 2 == 0 ? "ann" : "ben", i), text);
    }
    set("");
  }

  fs::path folder() const { return dir_.path() / "tones"; }

  void set(const std::string& more, const std::string& train = "epochs = 2\nqat_epochs = 1\n") const {
    write_text(folder() / "thimble.toml",
               "[project]\nname = \"tones\"\n[data]\npath = \"data\"\nnames = \"{label}_{group}_{}.csv\"\nrate = 50\n"
               "[network]\narchitecture = \"mlp\"\n[train]\n" +
                   train + more);
  }

  Said verb(std::vector<std::string> words) const {
    words.insert(words.begin() + 1, folder().string());
    return run_thimble(words);
  }
  Json json_of(std::vector<std::string> words) const {
    words.emplace_back("--json");
    const Said said = verb(words);
    EXPECT_EQ(said.status, 0) << said.out << said.err;
    return said.status == 0 ? said.json() : Json();
  }
  Json runs() const { return run_thimble({"runs", "--project", folder().string(), "--json"}).json(); }

  TempDir dir_;
};

double number_at(const Json& json, std::string_view key) { return json.find(key) ? json.find(key)->number(-1) : -1; }
std::string text_at(const Json& json, std::string_view key) {
  const Json* at = json.find(key);
  return at && at->as_string() ? *at->as_string() : "";
}

TEST_F(Trainings, AreTakenUpWhereTheyWereInterrupted) {
  set("", "epochs = 1200\nqat_epochs = 1\n");
  // Ended while it trains: behind the line of its 120th epoch, long before its last one.
  const std::string command = fmt::format(
      R"({{ sh -c 'echo $$; exec "$0" train "$1" 2>&1' {} {}; echo status $?; }} | {{ read pid; while read line; do
         echo "$line"; case "$line" in "float epoch 120 of"*) kill -TERM $pid;; esac; done; }})",
      THIMBLE_PROGRAM, folder().string());
  const CommandResult ended = run_command({"sh", "-c", command});
  EXPECT_THAT(ended.out, HasSubstr("\nending as soon as nothing is lost by it; once more ends at once\n"));
  EXPECT_THAT(ended.out, ::testing::ContainsRegex("\nerror: interrupted behind epoch [0-9]+ of 1202\n"
                                                  "the same command goes on from there\n"
                                                  "while training, epoch [0-9]+\n"
                                                  "while running `thimble train`\nstatus 1\n"));
  const Json interrupted = runs().find("runs")->as_array()->at(0);
  EXPECT_EQ(text_at(interrupted, "state"), "interrupted");
  const size_t done = interrupted.find("epochs")->as_array()->size();

  const Said resumed = verb({"train"});
  EXPECT_THAT(resumed.err, StartsWith(fmt::format("  goes on behind epoch {} of 1202 (run 1); --fresh would begin anew\n", done)));
  EXPECT_THAT(resumed.err, Not(HasSubstr("epoch   1 of")));
  const Json all = runs();
  ASSERT_EQ(all.find("runs")->as_array()->size(), 1U) << "the row went on";
  const Json& run = all.find("runs")->as_array()->at(0);
  EXPECT_EQ(text_at(run, "state"), "done");
  EXPECT_EQ(run.find("epochs")->as_array()->size(), 1202U);
  const std::string csv = run_thimble({"runs", "export", "1", "--project", folder().string()}).out;
  std::set<std::string> figures;
  size_t lines = 0;
  for (size_t at = 0; at < csv.size(); at = csv.find('\n', at) + 1, ++lines)
    figures.insert(csv.substr(at, csv.rfind(',', csv.find('\n', at)) - at));
  EXPECT_EQ(figures.size(), lines) << "no figure is there twice";
}

TEST_F(Trainings, ThatFailAreNotLeftRunning) {
  for (int i = 0; i < 24; ++i)
    write_text(folder() / "data" / fmt::format("{}_ann_{}.csv", i % 2 ? "fast" : "slow", i),
               fmt::format("x,y\n3e38,-3e38\n-3e38,3.{:02}e38\n", i));
  write_text(
      folder() / "thimble.toml",
      "[project]\nname = \"tones\"\n[data]\npath = \"data\"\nnames = \"{label}_{group}_{}.csv\"\nrate = 50\n[window]\nsamples = 2\n"
      "[split]\nby = \"stratified\"\nleaks = \"drop\"\n[network]\narchitecture = \"mlp\"\nstandardise = false\n[train]\nepochs = 2\n");
  const Said said = verb({"train"});
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.err,
            "error: the training diverged: the loss of epoch 1 is not a finite number\n"
            "  a smaller learning_rate, or clip = 1, keeps it together; features far from the range -1 to 1 make it likely\n"
            "  while training, epoch 1\n  while running `thimble train`\n");
  EXPECT_EQ(text_at(runs().find("runs")->as_array()->at(0), "state"), "failed");
}

TEST_F(Trainings, WithoutWindowsToJudgeBySaySo) {
  set("[split]\nvalidation = 0\ntest = 0\n");
  const Said said = verb({"train"});
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(said.err, HasSubstr("  float epoch   1 of 4   loss "));
  EXPECT_THAT(said.err, Not(HasSubstr("validation")));
  EXPECT_THAT(said.out,
              HasSubstr("No window was left for validation: the last epoch was kept, whether or not it is the best.\n"
                        "No window was left for test either: there is nothing to judge it by. [split] test and validation keep a part of "
                        "the recordings back; where they do and nothing is left, there are too few recordings.\n\nOn nano33ble: "));
  EXPECT_THAT(said.out, Not(HasSubstr("accuracy")));
  const Json run = runs().find("runs")->as_array()->at(0);
  EXPECT_EQ(run.find("metrics")->find("test_accuracy"), nullptr);
  EXPECT_EQ(run.find("epochs")->as_array()->at(0).find("validation_accuracy"), nullptr);
  EXPECT_THAT(read_text(folder() / "out/report.html"), AllOf(HasSubstr("No window was left to judge it by."), Not(HasSubstr("0.0 %"))));
  EXPECT_EQ(
      verb({"eval"}).err,
      "error: the test split is empty\n  [split] says how the data is parted; --split names another\n  while running `thimble eval`\n");
}

TEST_F(Trainings, InFoldsJudgeByEveryRecordingOnce) {
  const Json told = json_of({"train", "--folds", "2"});
  ASSERT_EQ(told.find("folds")->as_array()->size(), 2U);
  double judged = 0;
  for (const Json& fold : *told.find("folds")->as_array()) judged += number_at(*fold.find("int8"), "examples");
  EXPECT_EQ(judged, 24);
  const Json kept = runs();
  ASSERT_EQ(kept.find("runs")->as_array()->size(), 2U);
  for (const Json& run : *kept.find("runs")->as_array()) EXPECT_EQ(text_at(run, "state"), "done");
  EXPECT_FALSE(fs::exists(folder() / "out/model.tflite"));

  EXPECT_EQ(verb({"train", "--folds", "1"}).err,
            "error: --folds 1 is out of range; it must be at least 2\n  without --folds the project is trained once\n"
            "  while running `thimble train`\n");
  EXPECT_EQ(verb({"train", "--folds", "3", "--leave-one-group-out"}).err,
            "error: --folds and --leave-one-group-out exclude each other\n  each tells what is left out in turn: take one of them\n"
            "  while running `thimble train`\n");
}

/// As [split] says, without a flag.
TEST_F(Trainings, LeaveOutTheGroupsOfTheRecordings) {
  set("[split]\nleave_group_out = true\n");
  const Said said = verb({"train"});
  EXPECT_THAT(said.out,
              AllOf(StartsWith("tones: trained 2 times, each judged by what it did not see\n"),
                    ::testing::ContainsRegex("\n  ann +12 +accuracy "), ::testing::ContainsRegex("\n  ben +12 +accuracy "),
                    EndsWith("No model was written: for one, take folds or leave_group_out out of [split], or set fold there.\n")))
      << said.err;
}

TEST_F(Trainings, CanBeRoundedByCalibrationAlone) {
  std::set<std::string> floats, rounded;
  for (const char* method : {"minmax", "percentile"}) {
    set(fmt::format("[quantize]\nranges = \"calibration\"\nmethod = \"{}\"\npercentile = 90.0\n", method));
    const Json told = json_of({"train"});
    EXPECT_EQ(number_at(told, "epochs"), 3) << "two of floats, and one that measures: none that trains int8";
    floats.insert(read_text(folder() / "out/model_float.tflite"));
    rounded.insert(read_text(folder() / "out/model.tflite"));
  }
  EXPECT_EQ(floats.size(), 1U) << "the method decides about the rounding only";
  EXPECT_EQ(rounded.size(), 2U) << "each method finds other ranges";
}

}  // namespace
}  // namespace thimble::testing
