#include "steps/alone.h"

#include <fmt/format.h>

#include "base/files.h"
#include "deploy/deploy.h"
#include "fit/one_layer.h"
#include "steps/records.h"

namespace thimble {

AloneCost measure_alone(const Graph& graph, const Node& node, const Kernel& kernel, const Board& board, Optimize optimize) {
  const Doing doing([&] { return fmt::format("measuring {} on {}", kernel.name, board.name); });
  Progress silent;
  const auto prefer = [&](const Node&, const Graph&) { return std::string(kernel.name); };
  const Compiled model = compile(alone(graph, node), board, {.optimize = optimize, .golden = false, .prefer = prefer});
  const TempDir dir;
  const Firmware firmware = build_firmware(model, board, dir.path(), {}, silent);
  const RunResult run = run_firmware(firmware, random_records(input_types(model), Texture::Uniform, 1, 1), /*count=*/true, silent);
  if (!run.cycles || !run.instructions)
    throw Error(Blame::Unsupported, fmt::format("the emulator of the board '{}' does not count cycles", board.name),
                "`thimble boards` lists others");
  AloneCost cost;
  for (const LayerCost& layer : run.layers) {
    cost.instructions += static_cast<int64_t>(layer.instructions);
    cost.cycles += static_cast<int64_t>(layer.cycles);
  }
  return cost;
}

}  // namespace thimble
