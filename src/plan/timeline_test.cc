#include "plan/plan_test.h"

namespace thimble::testing {
namespace {

TEST(Timeline, ShowsLayersAndTheGap) {
  Sketch s;
  const ValueId x = s.input(2000), a = s.node({x}, 1000, {.scratch_bytes = 400}), b = s.node({a}, 1000, kInPlace), y = s.node({b, x}, 600);
  s.graph.nodes[1].name = "model/a_rather_long_path/of_names/relu6;fused/things";
  const std::string text = print_timeline(s.graph, s.plan({y}));
  EXPECT_EQ(text, R"(  # op               layer                    live  0                                      3,600
  0 op               n0                      3,400  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒█████████████▓▓▓▓▓··
  1 op               …ath/of_names/relu6     3,000  ░░░░░░░░░░░░░░░░░░░░░░░░█████████████·······
  2 op               n2                      3,600◂ ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒████████

    █ written  ▒ read  ░ kept for later  ▓ scratch  · free   ◂ peak
    arena 3,600 bytes, lower bound 3,600 bytes, gap none (0.00 %)
)");
}

}  // namespace
}  // namespace thimble::testing
