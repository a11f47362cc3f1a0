/// A graph that takes a window, made to be fed sample by sample.
#pragma once

#include "codegen/stream.h"
#include "ir/graph.h"

namespace thimble {

/// Its input is a frame of `length` samples that outlives a run; every `stride` samples a new frame is complete. The first `row_layers`
/// layers then add a row to what the others read; those run when there are `rows` of them, and again each `rows_between` later.
struct StreamGraph {
  Graph graph;
  int64_t window = 0, axes = 0;    ///< of the window that the frames make
  int64_t length = 0, stride = 0;  ///< of a frame
  int64_t rows = 1, rows_between = 1;
  size_t row_layers = 0;
};

/// `graph`, whose input is a window of floats, [samples, axes]. Where its signal block can be computed frame by frame, only a frame and
/// the features of the window are kept; else the frame is the window.
StreamGraph fed_by_samples(Graph graph, const Stream& stream);

}  // namespace thimble
