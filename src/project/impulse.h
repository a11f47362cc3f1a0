/// The impulse: what becomes of a window of samples in physical units, as one graph: signal blocks, standardisation, network.
#pragma once

#include "data/windows.h"
#include "project/project.h"

namespace thimble {

/// What every feature is brought to: (x + offset) * scale, one pair for each place along the last axis. Empty: features stay as they are.
struct Standard {
  std::vector<float> offset, scale;
  bool operator==(const Standard&) const = default;
};
/// From the training examples alone. A feature that never changes becomes 0.
Standard standard_of(const Examples& features);

/// What the data says that a graph needs to know.
struct WindowInfo {
  Shape shape;  ///< {samples, channels} or {height, width, channels}
  std::vector<Channel> channels;
  double rate = 0;
  bool operator==(const WindowInfo&) const = default;
};

/// The signal blocks: input "samples" of the window's shape; output "features": [1, frames, columns], or [1, n].
/// Several blocks that no other reads follow each other in one row. A block's rate is the data's unless the file says otherwise.
Graph feature_graph(const Project& project, const WindowInfo& window);

/// `features` followed by the standardisation.
Graph standardised(Graph features, const Standard& standard);

/// Every example through the graph, by the interpreter, in parallel; labels and sources are kept.
Examples features_of(const Graph& features, const Examples& windows, Progress& progress);

/// `features`, standardised, with `network` behind it: float or int8 (a quantize op lies between, dequantised outputs behind). The output
/// is float. The network's input is that of one example with a batch of 1.
Graph impulse_graph(const Graph& features, const Graph& network);

}  // namespace thimble
