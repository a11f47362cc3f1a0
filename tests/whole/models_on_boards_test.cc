// The real models of ../shared, each on every board it fits, held against the outputs of TFLite Micro's reference kernels; and their
// sizes against what TFLite Micro needs for them.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/files.h"
#include "program.h"

namespace thimble::testing {
namespace {

/// Flash for code and RAM in all of the smallest TFLite Micro build of a model on a Cortex-M4 (reference or CMSIS-NN kernels, any level);
/// 0 where nobody measured it. `boards` are those on which the model must be seen to run.
struct Row {
  std::string_view folder, name;
  int64_t peer_code = 0, peer_ram = 0;
  std::set<std::string> boards;
};

const std::set<std::string> kSmall = {"nano33ble",   "l4r5",    "f746disco", "thingy91", "pico",
                                      "corstone300", "esp32c3", "esp8266",   "rpi3",     "wasm"};
const std::set<std::string> kSmallest = [] {
  auto boards = kSmall;
  boards.insert("uno");
  return boards;
}();
const std::set<std::string> kMiddle = {"nano33ble", "l4r5", "f746disco", "thingy91", "pico", "corstone300", "esp32c3", "rpi3", "wasm"};
const std::set<std::string> kLarge = {"l4r5", "corstone300", "rpi3", "wasm"};

const Row kRows[] = {
    {"mlperf-tiny", "kws_int8", 36'707, 23'980, kSmall},
    {"mlperf-tiny", "vww_int8", 36'707, 101'868, kSmall},
    {"mlperf-tiny", "ic_int8", 39'007, 55'624, kSmall},
    {"mlperf-tiny", "ad_int8", 20'439, 3'128, kSmall},
    {"mlperf-tiny", "kws_float", 43'747, 67'508, kSmall},
    {"mlperf-tiny", "kws_hybrid", 0, 0, kSmall},
    {"mlperf-tiny", "vww_float", 43'747, 301'300, kLarge},
    {"mlperf-tiny", "ic_float", 51'999, 200'460, kMiddle},
    {"mlperf-tiny", "ad_float", 21'527, 5'380, {"l4r5", "pico", "corstone300", "esp32c3", "rpi3", "wasm"}},
    {"tflm-examples", "hello_world_int8", 20'439, 1'544, kSmallest},
    {"tflm-examples", "hello_world_float", 0, 0, kSmallest},
    {"tflm-examples", "micro_speech_int8", 30'939, 7'924, kSmall},
    {"tflm-examples", "person_detect_int8", 33'491, 83'464, kSmall},
    {"magic-wand", "wand_int8", 0, 0, kSmall},
    {"magic-wand", "wand_float", 0, 0, kSmall},
};

/// The models of which every board there is shows every layer. Of the others those that are named show what comes out, beside the
/// interpreter. What TFLite Micro made of their layers is held against the interpreter's and one board's below, but for the wand models: of
/// them nobody recorded it.
const std::set<std::string_view> kEveryLayer = {"kws_int8",         "ad_int8",           "ad_float",
                                                "hello_world_int8", "hello_world_float", "micro_speech_int8"};

class Models : public ::testing::TestWithParam<Row> {
 protected:
  void SetUp() override {
    if (!fs::exists(model_)) GTEST_SKIP() << "needs ../shared/data (developers and CI have it)";
  }
  const fs::path data_ = fs::path(THIMBLE_SOURCE_DIR).parent_path() / "shared/data";
  const fs::path model_ = data_ / "models" / GetParam().folder / (std::string(GetParam().name) + ".tflite");
};

TEST_P(Models, VerifyOnEveryBoardTheyFit) {
  const std::string some = fmt::format("{}", fmt::join(GetParam().boards, ","));
  const Said said = kEveryLayer.contains(GetParam().name)
                        ? run_thimble({"verify", model_, "--boards", "all", "--records", "2", "--golden", data_ / "golden/tflm", "--json"})
                        : run_thimble({"verify", model_, "--boards", some, "--records", "1", "--json"});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  std::map<std::string, std::string> seen;
  const Json json = said.json();
  ASSERT_NE(json.find("runs"), nullptr) << said.out;
  for (const Json& run : *json.find("runs")->as_array()) seen[*run.find("on")->as_string()] = *run.find("status")->as_string();
  for (const std::string& board : GetParam().boards) EXPECT_EQ(seen[board], "equal") << board;
}

/// On the board for which the issue asks it, with every golden record.
TEST_P(Models, EqualEveryGoldenRecordOnTheNano) {
  if (GetParam().folder == "magic-wand") GTEST_SKIP() << "nobody recorded golden vectors of the wand models";
  const std::string board = GetParam().boards.contains("nano33ble") ? "nano33ble" : "l4r5";
  const Said said = run_thimble({"verify", model_, "--board", board, "--golden", data_ / "golden/tflm", "--json"});
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_EQ(said.json().find("records")->number(), 32);
}

TEST_P(Models, NeedLessThanTFLiteMicro) {
  const Row& row = GetParam();
  if (row.peer_code == 0) GTEST_SKIP() << "nobody measured what TFLite Micro needs for this model";
  const TempDir dir;
  const Said said = run_thimble({"compile", model_, "--board", "l4r5", "--optimize", "flash", "--out", dir.path(), "--json"});
  ASSERT_EQ(said.status, 0) << said.err;
  const Json json = said.json();
  EXPECT_LT(4 * json.find("flash")->find("code")->number(), static_cast<double>(row.peer_code));
  EXPECT_LT(json.find("ram")->find("total")->number(), static_cast<double>(row.peer_ram));
}

/// The bound takes every layer by itself, its output as far over its input as may be; a chain of layers cannot always have that at both
/// ends. Without such overlap it would be within 2 %.
TEST_P(Models, FillTheirArenaNearTheBound) {
  for (const char* optimize : {"balanced", "flash"}) {
    const TempDir dir;
    const Said said = run_thimble({"compile", model_, "--plan-only", "--optimize", optimize, "--out", dir.path(), "--json"});
    ASSERT_EQ(said.status, 0) << said.err;
    const Json json = said.json();
    EXPECT_LE(json.find("ram")->find("arena")->number(), 1.2 * json.find("lower_bound")->number());
  }
}

INSTANTIATE_TEST_SUITE_P(All, Models, ::testing::ValuesIn(kRows), [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace thimble::testing
