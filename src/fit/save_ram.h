/// How a model comes to need less RAM than its layers would have it: chains of them run strip by strip, or by kernels that need less; and
/// what that may cost in cycles.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fit/pricing.h"

namespace thimble {

/// What less RAM is worth.
struct RamPolicy {
  int64_t most_ram = 0;      ///< arena and state are to take no more, whatever that costs; 0: no limit
  double most_cycles = 1;    ///< cycles may grow by this factor to save more than that
  double cycles_weight = 1;  ///< a percent of cycles must save at least so many percent of RAM
  int64_t least_saved = 0;   ///< bytes; less is not worth a cycle
};
/// `most_ram`: what the board has, or the user allows.
RamPolicy ram_policy(Optimize optimize, const Board& board, int64_t most_ram);

/// A graph some of whose chains are cut, kernels to take, and a line for people on each of these.
struct RamSaved {
  Graph graph;
  Swaps swaps;
  std::vector<std::string> notes;
};

/// The graph as the policy wants it; unchanged where nothing helps. `graph` is what the passes left.
RamSaved save_ram(Graph graph, const Board& board, const CompileOptions& options, const RamPolicy& policy);

}  // namespace thimble
