// Trainings that are not the plain one: interrupted, failed, in folds, with nothing to judge by, calibrated. All on data so small that each
// takes a moment.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cmath>
#include <set>

#include "base/files.h"
#include "base/lock.h"
#include "base/subprocess.h"
#include "program.h"
#include "runs/store.h"

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
  /// What a training says that is asked to end behind a line of it; first somebody wants to remove its row.
  std::string interrupted(const std::string& flags, const std::string& line) const {
    const std::string command = fmt::format(
        R"({{ sh -c 'echo $$; exec "$0" train "$1" {0} 2>&1' {1} {2}; echo status $?; }} | {{ read pid; while read line; do
           echo "$line"; case "$line" in "{3}"*) {1} runs rm 1 --project {2} 2>&1; kill -TERM $pid;; esac; done; }})",
        flags, THIMBLE_PROGRAM, folder().string(), line);
    return run_command({"sh", "-c", command}).out;
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
  const std::string ended = interrupted("", "float epoch 120 of");  // long before its last one
  EXPECT_THAT(ended, HasSubstr("\nerror: run 1 goes on: it is being trained by process "));
  EXPECT_THAT(ended, HasSubstr("\nending as soon as nothing is lost by it; once more ends at once\n"));
  EXPECT_THAT(ended, ::testing::ContainsRegex("\nerror: interrupted behind epoch [0-9]+ of 1202\n"
                                              "the same command goes on from there\n"
                                              "while training, epoch [0-9]+\n"
                                              "while running `thimble train`\nstatus 1\n"));
  const Json half = runs().find("runs")->as_array()->at(0);
  EXPECT_EQ(text_at(half, "state"), "interrupted");
  const size_t done = half.find("epochs")->as_array()->size();

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

TEST_F(Trainings, RunOneAtATimeInAFolder) {
  for (int i = 0; i < 2; ++i) RunStore(folder() / ".thimble/runs.sqlite").begin({.kind = "train"});
  std::optional<FileLock> lock(std::in_place, folder() / ".thimble/training.lock");
  lock->works_at(1);
  const std::string who =
      fmt::format("process {} (since {} UTC)", getpid(), FileLock::holder_of(folder() / ".thimble/training.lock")->since);
  for (const std::vector<std::string>& flags : {{"--fresh"}, {"--folds", "2"}, std::vector<std::string>{"--leave-one-group-out"}}) {
    std::vector<std::string> words = {"train"};
    words.insert(words.end(), flags.begin(), flags.end());
    EXPECT_EQ(verb(words).err, "error: 'tones' is being trained already, by " + who +
                                   "\n  wait for its end, or end it with Ctrl-C where it runs; a copy of the folder can be trained at the "
                                   "same time\n  while running `thimble train`\n");
  }
  const auto removed = [&](const char* run) { return run_thimble({"runs", "rm", run, "--project", folder().string()}); };
  EXPECT_EQ(removed("2").status, 0) << "a training that was killed is not the one that goes on";
  EXPECT_EQ(removed("1").err, "error: run 1 goes on: it is being trained by " + who +
                                  "\n  wait for its end, or end it first with Ctrl-C where it runs\n  while running `thimble runs`\n");
  const Json all = runs();
  ASSERT_EQ(all.find("runs")->as_array()->size(), 1U);
  EXPECT_EQ(text_at(all.find("runs")->as_array()->at(0), "state"), "running");
  lock.reset();
  EXPECT_EQ(removed("1").status, 0) << "it was killed";
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

TEST_F(Trainings, InFoldsAreNotTakenUpAgain) {
  set("", "epochs = 1200\nqat_epochs = 1\n");
  const std::string ended = interrupted("--folds 2", "float epoch 120 of");
  EXPECT_THAT(ended, HasSubstr("\nerror: run 1 goes on: it is being trained by process "));
  EXPECT_THAT(
      ended, ::testing::ContainsRegex("\nerror: interrupted behind epoch [0-9]+ of 1202\n"
                                      "folds and groups are not taken up again; `thimble runs` has the figures of those that came to their "
                                      "end\nwhile training, epoch [0-9]+\n"
                                      "while running `thimble train`\nstatus 1\n"));
}

TEST_F(Trainings, TellWhichClassesTheirTestLacks) {
  set("[split]\nby = \"order\"\n");
  EXPECT_THAT(verb({"train"}).err, HasSubstr("  the test split has no window of 'fast': how well it is recognised stays unknown\n"));
  EXPECT_THAT(run_thimble({"data", "check", folder().string()}).out,
              HasSubstr("  the test split has no window of 'fast': how well it is recognised stays unknown\n"));
}

/// What was computed is told all the same.
TEST_F(Trainings, AreJudgedBesideABrokenStoreOfRuns) {
  ASSERT_EQ(verb({"train"}).status, 0);
  const fs::path store = folder() / ".thimble/runs.sqlite";
  write_text(store, std::string(4096, 'x'));
  for (const char* end : {"-wal", "-shm"}) fs::remove(store.string() + end);
  const std::string not_kept = "\nNot kept as a run: '" + store.string() + "' is not a store of runs\n  move it away; a new one is made\n";
  for (const std::vector<std::string>& words : {{"eval"}, std::vector<std::string>{"compile", "--plan-only"}}) {
    const Said said = verb(words);
    EXPECT_EQ(said.status, 0) << said.err;
    EXPECT_THAT(said.out, AllOf(HasSubstr("tones"), EndsWith(not_kept)));
  }
}

/// Its folder, however it is written, or the file in it.
TEST_F(Trainings, AreOfAProjectThatEveryVerbFinds) {
  const std::string file = (folder() / "thimble.toml").string();
  EXPECT_EQ(run_thimble({"train", file}).status, 0);
  for (const std::string& path : {folder().string() + "/", folder().string() + "/.", file}) {
    EXPECT_THAT(run_thimble({"data", "check", path}).out, HasSubstr("validation")) << path;
    const Said said = run_thimble({"compile", path, "--plan-only"});
    EXPECT_THAT(said.out, HasSubstr("wrote " + (folder() / "out/firmware/tones.c").string())) << path << said.err;
    EXPECT_EQ(run_thimble({"runs", "--project", path}).status, 0) << path;
  }
  EXPECT_THAT(run_thimble({"eval", file}).out, StartsWith("tones: "));
  EXPECT_THAT(run_thimble({"inspect", file}).out, HasSubstr("fully_connected"));
  const CommandResult here =
      run_command({"sh", "-c", fmt::format("cd {} && {} compile . --plan-only", folder().string(), THIMBLE_PROGRAM)});
  EXPECT_THAT(here.out, HasSubstr("wrote out/firmware/tones.c"));
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

  // As if this moment a training had written one file and not yet the other.
  const std::string model = (folder() / "out/model.tflite").string();
  for (const std::string& bytes : rounded) {
    if (bytes == read_text(model)) continue;
    write_text(model, bytes);
    break;
  }
  EXPECT_EQ(verb({"eval"}).err, "error: '" + model +
                                    "' is not the network that model.json beside it tells of\n  where a training is writing them this "
                                    "moment, try again; else `thimble train " +
                                    folder().string() + "` makes both\n  while running `thimble eval`\n");
}

}  // namespace
}  // namespace thimble::testing
