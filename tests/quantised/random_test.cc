// Graphs that nobody wrote: whatever is float in them becomes int8 without complaint, runs, and has a kernel for every layer.
#include <gmock/gmock.h>

#include "codegen/compiled.h"
#include "compress/damage.h"
#include "passes/passes.h"
#include "random_graphs/random_graph.h"
#include "runners/compare.h"
#include "targets/board.h"

namespace thimble::testing {
namespace {

constexpr uint32_t kSeeds = 200;

TEST(QuantisedRandomGraphs, RunAndHaveKernels) {
  Progress quiet;
  int quantised = 0;
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    OpCase one{.name = "random", .graph = random_graph(seed), .seed = seed, .records = 3};
    float_passes(one.graph);
    if (needed_ranges(one.graph).empty()) continue;
    ++quantised;
    try {
      const auto records = records_of(one);
      QuantizeReport report;
      const Graph made = quantize(one.graph, calibrate(one.graph, records, {}, quiet), {}, &report);
      damage_of(one.graph, made, report, records, quiet);
      Graph ready = made;
      run_pipeline(ready);
      compile(ready, board_named("nano33ble"), {.golden = false});
    } catch (const Error& error) {
      if (std::string_view(error.what()).starts_with("a value is ")) continue;  // roots and logarithms of random numbers
      ADD_FAILURE() << explain(error) << print(one.graph);
    }
  }
  EXPECT_GT(quantised, 50);
}

}  // namespace
}  // namespace thimble::testing
