/// Graphs that nobody wrote: a seed makes 5 to 12 nodes over all ops, with random shapes, strides, paddings and quantisation.
#pragma once

#include "ir/graph.h"

namespace thimble::testing {

/// The same graph for the same seed, on every machine. Every node has a kernel on the host and can be evaluated.
Graph random_graph(uint32_t seed);

}  // namespace thimble::testing
