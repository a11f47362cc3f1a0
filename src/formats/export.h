/// Our graph becomes one of another format: the inverse of the import.
#pragma once

#include "ir/foreign.h"
#include "ir/graph.h"

namespace thimble {

/// One foreign tensor per value, in the same order; tensors that an op needs in the other format (axes, shapes) follow. An Unsupported
/// error lists every node that TFLite cannot express.
ForeignGraph export_graph(const Graph& graph);

}  // namespace thimble
