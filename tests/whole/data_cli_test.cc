// `thimble data check` and `thimble synthesize` as a user runs them: bad data, to the letter.
#include <gmock/gmock.h>

#include <cstdlib>

#include "base/files.h"
#include "program.h"

namespace thimble::testing {
namespace {

using ::testing::HasSubstr;

/// A folder of recordings: two gestures, six files each, and whatever a test adds.
class DataCheck : public ::testing::Test {
 protected:
  DataCheck() {
    for (int i = 0; i < 6; ++i) put("up", i), put("down", i + 10);
  }
  void put(const std::string& label, int number, double step = 0.02) {
    std::string text = "time,x,y\n";
    for (int t = 0; t < 20; ++t)
      text += std::to_string(step * t) + "," + std::to_string((number * 131 + t * t * 17) % 97) + "," +
              std::to_string((number * 37 + t * 29) % 53) + "\n";
    add(label + "/" + std::to_string(number) + ".csv", text);
  }
  void add(const std::string& name, const std::string& text) { write_text(path() / name, text); }
  fs::path path() const { return dir_.path() / "data"; }
  Said check(std::vector<std::string> flags = {}) const {
    flags.insert(flags.begin(), {"data", "check", path().string()});
    return run_thimble(flags);
  }
  /// What is said, with the folder's own name taken out.
  std::string fault() const {
    const Said said = check();
    EXPECT_EQ(said.status, 1) << said.out << said.err;
    std::string text = said.err;
    for (size_t at; (at = text.find(path().string())) != std::string::npos;) text.replace(at, path().string().size(), "DATA");
    return text;
  }
  /// The findings' part of what is printed.
  std::string findings() const {
    const Said said = check();
    EXPECT_EQ(said.err, "");
    return said.out.substr(said.out.rfind("\n\n") + 2);
  }
  TempDir dir_;
};

TEST_F(DataCheck, GoodDataIsGood) {
  const Said said = check();
  EXPECT_EQ(said.status, 0);
  EXPECT_THAT(said.out, HasSubstr("12 recordings at 50 samples a second"));
  EXPECT_THAT(said.out, HasSubstr("nothing looks wrong"));
  EXPECT_EQ(run_thimble({"data", path().string()}).out, said.out) << "'check' may be left out";
}

TEST_F(DataCheck, NotANumber) {
  add("up/9.csv", "time,x,y\n0,1,2\n0.02,nan,4\n");
  EXPECT_EQ(fault(),
            "error: up/9.csv:3: column 'x' is nan\n  leave lines out where the sensor gave nothing\n  while running `thimble data`\n");
}

TEST_F(DataCheck, WrongColumns) {
  add("up/9.csv", "time,x,y\n0,1,2\n0.02,3\n");
  EXPECT_EQ(fault(), "error: up/9.csv:3: 2 columns where the first line has 3\n  while running `thimble data`\n");
}

TEST_F(DataCheck, NoNumber) {
  add("up/9.csv", "time,x,y\n0,1,2\n0.02,3,l2\n");
  EXPECT_EQ(fault(), "error: up/9.csv:3: 'l2' in column 'y' is not a number\n  while running `thimble data`\n");
}

TEST_F(DataCheck, TruncatedSound) {
  std::string wav("RIFF\x44\x08\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\x20\x08\0\0", 44);
  add("up/9.wav", wav + std::string(1000, 'x'));
  EXPECT_EQ(fault(),
            "error: 'up/9.wav' is cut off: 1044 bytes where its header says 2124\n  copy it again, or leave it out\n  while running "
            "`thimble data`\n");
}

TEST_F(DataCheck, BrokenDocuments) {
  add("up/9.json", "{\"payload\":\n{,}}");
  EXPECT_EQ(fault(), "error: not valid JSON (line 2)\n  while reading 'up/9.json'\n  while running `thimble data`\n");
  fs::remove(path() / "up/9.json");
  add("up/9.cbor", "\xA1\x67payload");
  EXPECT_EQ(fault(), "error: not valid CBOR (byte 10)\n  while reading 'up/9.cbor'\n  while running `thimble data`\n");
  fs::remove(path() / "up/9.cbor");
  add("up/9.png", "\x89PNG\r\n\x1a\n and no more");
  EXPECT_THAT(fault(), HasSubstr("error: 'up/9.png' is damaged or cut off: "));
}

TEST_F(DataCheck, MixedRates) {
  put("up", 9, 0.04);
  EXPECT_EQ(findings(),
            "  warning  most recordings have a rate of 50 Hz, but not: up/9.csv:2 (25 Hz)\n"
            "           they are resampled if the project says so; a wrong rate shifts every frequency\n");
}

TEST_F(DataCheck, EmptyClass) {
  fs::create_directories(path() / "left");
  EXPECT_EQ(fault(),
            "error: the folder 'DATA/left' holds no recordings\n"
            "  record into it, or begin its name with '_', and it is passed over\n  while running `thimble data`\n");
}

TEST_F(DataCheck, OneClassOnly) {
  fs::remove_all(path() / "down");
  EXPECT_EQ(check().status, 1);
  EXPECT_EQ(findings(),
            "  fault    all recordings have the one label: 'up'\n"
            "           a classifier needs two at least; record something that is not it\n");
}

TEST_F(DataCheck, LabelTypos) {
  for (int i = 20; i < 40; ++i) put("circle", i);
  put("cirlce", 50);
  EXPECT_THAT(findings(), HasSubstr("  warning  labels that differ by little, one of them rare: 'cirlce' (1) and 'circle' (20)\n"
                                    "           is one a typing error?\n"));
}

TEST_F(DataCheck, ThePageShowsEveryLabel) {
  const fs::path page = dir_.path() / "look.html";
  EXPECT_EQ(check({"--plot", page.string()}).status, 0);
  const std::string text = read_text(page);
  for (const char* part : {"<h2>up <small>6</small></h2>", "<h2>down <small>6</small></h2>", "Nothing looks wrong.", "<svg"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST_F(DataCheck, SaysHowItIsUsed) {
  EXPECT_EQ(run_thimble({"data", "chekc", path().string()}).err,
            "error: thimble data cannot 'chekc'; did you mean 'check'?\n  while running `thimble data`\n");
  EXPECT_EQ(run_thimble({"data", "check"}).err,
            "error: thimble data check needs a path\n  for example: thimble data check gestures/\n  while running `thimble data`\n");
}

TEST(Synthesize, WritesWhatCheckReads) {
  const TempDir dir;
  const std::string out = (dir.path() / "made").string();
  const Said said =
      run_thimble({"synthesize", "motion", "--out", out, "--set", "each=6", "--set", "gestures=circle,shake", "--set", "persons=3"});
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(said.out, HasSubstr("thimble data check " + out + " --names '{label}/{group}.{}.csv' --plot look.html"));
  const Said check = run_thimble({"data", "check", out, "--names", "{label}/{group}.{}.csv", "--json"});
  EXPECT_EQ(check.status, 0) << check.err;
  EXPECT_EQ(check.json().find("recordings")->number(), 12);
  EXPECT_EQ(check.json().find("channels")->as_array()->size(), 6u);
  const Said shapes = run_thimble({"synthesize", "shapes", "--out", out + "2", "--set", "each=2"});
  EXPECT_EQ(shapes.status, 0) << shapes.err;
  EXPECT_EQ(run_thimble({"data", out + "2", "--json"}).json().find("recordings")->number(), 8);
}

TEST(Synthesize, SaysHowItIsUsed) {
  EXPECT_THAT(run_thimble({"synthesize", "machine"}).out,
              HasSubstr("thimble synthesize machine --out DIR --set states=normal,imbalance,bearing,loose"));
  EXPECT_EQ(run_thimble({"synthesize", "shapes", "--out", "x", "--set", "eich=2"}).err,
            "error: there is no 'eich' to set; did you mean 'each'?\n  while running `thimble synthesize`\n");
  EXPECT_EQ(run_thimble({"synthesize", "motoin"}).err,
            "error: there is no synthetic source 'motoin'; did you mean 'motion'?\n  while running `thimble synthesize`\n");
}

/// The data of the project's own goals, where it is at hand.
TEST(SharedData, IsRead) {
  const char* chosen = std::getenv("THIMBLE_SHARED");
  fs::path shared = chosen ? fs::path(chosen) : fs::path(THIMBLE_SOURCE_DIR).parent_path() / "shared";
  if (!fs::exists(shared / "data/motion")) GTEST_SKIP() << "no shared data here";
  const auto summed = [&](const std::string& folder, std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"data", "check", (shared / "data" / folder).string(), "--json"});
    const Said said = run_thimble(flags);
    EXPECT_EQ(said.err, "");
    return said.json();
  };
  const Json wand = summed("motion/magic-wand", {"--names", "{split}/{label}.csv", "--rows", "119", "--rate", "119"});
  EXPECT_EQ(wand.find("recordings")->number(), 125);
  EXPECT_EQ(wand.find("labels")->as_object()->size(), 5u);
  EXPECT_EQ(wand.find("labels")->find("Revelio")->find("test")->number(), 4);
  const Json digits = summed("speech/spoken-digits", {"--names", "{label}_{group}_{}.wav", "--test-files", "*_[0-4].wav"});
  EXPECT_EQ(digits.find("recordings")->number(), 3000);
  EXPECT_EQ(digits.find("labels")->find("7")->find("test")->number(), 30);
  EXPECT_EQ(digits.find("labels")->find("7")->find("train")->number(), 270);
  const Json mnist = summed("vision/mnist", {});
  EXPECT_EQ(mnist.find("recordings")->number(), 10000);
  EXPECT_EQ(mnist.find("labels")->as_object()->size(), 10u);
}

}  // namespace
}  // namespace thimble::testing
