#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdio>

#include "base/error.h"
#include "base/files.h"
#include "base/subprocess.h"
#include "boards/tiny_model.h"
#include "deploy/deploy.h"
#include "deploy/toolchain.h"
#include "runners/tools.h"

namespace thimble::testing {
namespace {

Progress quiet;

class EveryBoard : public ::testing::TestWithParam<const Board*> {
 protected:
  void SetUp() override {
    if (const std::string why = lacking_processor(*GetParam()); !why.empty()) GTEST_SKIP() << why;
  }

  /// The firmware, or a skipped test with a line that names what is missing.
  std::optional<Firmware> build(const Compiled& model, const BuildOptions& options = {}) {
    try {
      return build_firmware(model, *GetParam(), dir.path(), options, quiet);
    } catch (const Error& error) {
      if (error.blame != Blame::Environment) throw;
      skip = error.what();
      return std::nullopt;
    }
  }

  TempDir dir;
  std::string skip;
};

#define BUILD_OR_SKIP(...)                                     \
  const std::optional<Firmware> firmware = build(__VA_ARGS__); \
  if (!firmware) THIMBLE_SKIP_FOR_WANT_OF(skip)

TEST_P(EveryBoard, AnswersAsTheModelDoes) {
  BUILD_OR_SKIP(tiny_model());
  const std::vector<std::vector<std::byte>> records{tiny_record(0), tiny_record(1), tiny_record(2)};
  const RunResult result = run_firmware(*firmware, records, false, quiet);
  ASSERT_EQ(result.outputs.size(), records.size());
  for (size_t i = 0; i < records.size(); ++i) EXPECT_EQ(result.outputs[i], tiny_answer(records[i])) << "record " << i;
}

TEST_P(EveryBoard, TracesEachLayer) {
  BUILD_OR_SKIP(tiny_model(), {.trace = true});
  const RunResult result = run_firmware(*firmware, {tiny_record(0), tiny_record(1)}, false, quiet);
  ASSERT_EQ(result.trace.size(), 2u);
  EXPECT_EQ(result.trace[0].size(), 8u);
  EXPECT_EQ(result.trace[1], tiny_answer(tiny_record(0)));
}

TEST_P(EveryBoard, CountsExactlyAndAgainTheSame) {
  BUILD_OR_SKIP(tiny_model());
  const RunResult one = run_firmware(*firmware, {tiny_record(0)}, true, quiet),
                  two = run_firmware(*firmware, {tiny_record(0), tiny_record(5)}, true, quiet);
  if (GetParam()->core == "host" || GetParam()->core == "wasm") {
    EXPECT_FALSE(one.instructions.has_value());
    return;
  }
  ASSERT_TRUE(one.instructions && one.cycles);
  EXPECT_EQ(one.instructions, two.instructions);
  ASSERT_EQ(one.layers.size(), 2u);
  uint64_t of_layers = 0, of_functions = 0;
  for (const LayerCost& layer : one.layers) of_layers += layer.instructions;
  for (const FunctionCost& function : one.functions) of_functions += function.instructions;
  EXPECT_EQ(of_functions, *one.instructions);
  EXPECT_LT(of_layers, *one.instructions);
  EXPECT_GT(of_layers + 30, *one.instructions) << "run itself is a handful of instructions";
  EXPECT_GT(one.layers[0].instructions, 128u) << "one per multiplication at least";
  EXPECT_GT(one.layers[1].instructions, one.layers[0].instructions) << "the second layer has the same body and two copies";
  EXPECT_GE(*one.cycles, GetParam()->core == "cortex-m7" || GetParam()->core == "cortex-a53" ? 0.5 * static_cast<double>(*one.instructions)
                                                                                             : static_cast<double>(*one.instructions));
  std::printf("%-12s %6llu instructions %9.0f cycles, stack %lld painted %lld static, code %lld constants %lld support %lld\n",
              std::string(GetParam()->name).c_str(), static_cast<unsigned long long>(*one.instructions), *one.cycles,
              static_cast<long long>(one.stack_painted), static_cast<long long>(firmware->sizes.stack),
              static_cast<long long>(firmware->sizes.code), static_cast<long long>(firmware->sizes.constants),
              static_cast<long long>(firmware->sizes.support_flash));
}

TEST_P(EveryBoard, StackAnalysisAgreesWithPainting) {
  BUILD_OR_SKIP(tiny_model());
  const RunResult result = run_firmware(*firmware, {tiny_record(0)}, false, quiet);
  if (GetParam()->core == "wasm") {
    EXPECT_EQ(result.stack_painted, -1);
    return;
  }
  constexpr int64_t kAlignment = 16;
  EXPECT_LE(result.stack_painted, firmware->sizes.stack);
  const int64_t slack = GetParam()->core == "host" ? 4096 : kAlignment;  // the host's memcpy is found by the loader at its first call
  EXPECT_GE(result.stack_painted, firmware->sizes.stack - slack);
}

/// Sums the sizes of the sections that hold memory, as the toolchain's own `size` tells them.
int64_t size_says(const Board& board, const fs::path& elf, std::initializer_list<std::string_view> sections) {
  const std::string out = run_command({std::string(board.triple) + "size", "-A", "-d", elf.string()}).out;
  int64_t total = 0;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    int64_t bytes = 0;
    if (words >> name >> bytes && std::find(sections.begin(), sections.end(), name) != sections.end()) total += bytes;
  }
  return total;
}

TEST_P(EveryBoard, SizesAreThoseOfTheElf) {
  BUILD_OR_SKIP(tiny_model());
  const FirmwareSizes& sizes = firmware->sizes;
  EXPECT_EQ(sizes.arena, 32);
  EXPECT_EQ(sizes.state, 4);
  EXPECT_EQ(sizes.data, 0) << "no constant may end in RAM";
  EXPECT_GE(sizes.constants, 128);
  EXPECT_LT(sizes.constants, 128 + 32);
  EXPECT_GT(sizes.code, 60);
  if (GetParam()->core == "host" || GetParam()->core == "wasm") return;
  EXPECT_EQ(sizes.flash() + sizes.support_flash,
            size_says(*GetParam(), firmware->elf, {".vectors", ".support", ".model_code", ".model_constants", ".ARM.exidx", ".data"}));
  EXPECT_EQ(sizes.ram() - sizes.stack + sizes.support_ram,
            size_says(*GetParam(), firmware->elf, {".data", ".model", ".support_bss", ".bss"}));
}

std::vector<const Board*> boards() { return {all_boards().begin(), all_boards().end()}; }

INSTANTIATE_TEST_SUITE_P(, EveryBoard, ::testing::ValuesIn(boards()), [](const auto& info) { return std::string(info.param->name); });

}  // namespace
}  // namespace thimble::testing
