// A GRU is many small layers that share weights: its int8 form on a board is that of the desk, whatever is remembered.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/files.h"
#include "codegen/compiled.h"
#include "compress/calibrate.h"
#include "compress/damage.h"
#include "compress/quantize.h"
#include "deploy/deploy.h"
#include "ir/interpreter.h"
#include "models/architecture.h"
#include "passes/passes.h"
#include "runners/tools.h"

namespace thimble::testing {
namespace {

std::vector<ExampleInputs> slow_waves(const TensorType& type, int count) {
  std::mt19937 random(5);
  std::vector<ExampleInputs> all;
  for (int i = 0; i < count; ++i) {
    std::vector<float> x(static_cast<size_t>(type.elements()));
    float level = 0;
    for (float& v : x) v = level = 0.8F * level + static_cast<float>(random() % 2001) / 1000 - 1;
    const auto bytes = std::as_bytes(std::span(x));
    all.push_back({Buffer(bytes.begin(), bytes.end())});
  }
  return all;
}

TEST(Gru, IsTheSameOnTheBoardInInt8) {
  Progress quiet;
  Graph graph = architecture_named("gru").build({{"cells", int64_t{5}}, {"steps", int64_t{4}}}, {14, 3}, 3, Task::Classification, 7);
  float_passes(graph);
  const auto examples = slow_waves(graph.type(graph.inputs[0]), 20);
  Graph made = quantize(graph, calibrate(graph, examples, {}, quiet));
  run_pipeline(made);
  Interpreter desk(made);
  std::vector<std::vector<std::byte>> records;
  for (const ExampleInputs& one : examples) records.push_back(inputs_for(made, one)[0]);
  RunResult result;
  try {
    const TempDir dir;
    const Board& board = board_named("nano33ble");
    result = run_firmware(build_firmware(compile(made, board, {.golden = false}), board, dir.path(), {}, quiet), records, false, quiet);
  } catch (const Error& error) {
    if (error.blame != Blame::Environment) throw;
    THIMBLE_SKIP_FOR_WANT_OF(error.what());
  }
  std::set<std::string> different;
  for (size_t i = 0; i < records.size(); ++i) {
    const std::vector<Buffer> in = {records[i]}, wanted = desk.run(in);
    EXPECT_TRUE(std::ranges::equal(result.outputs[i], wanted[0])) << i;
    different.emplace(reinterpret_cast<const char*>(wanted[0].data()), wanted[0].size());
  }
  EXPECT_GT(different.size(), records.size() / 2) << "examples must not all look the same to it";
}

}  // namespace
}  // namespace thimble::testing
