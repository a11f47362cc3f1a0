/// An impulse in two halves, for a device that listens without end: what each new frame of samples needs, and what each window needs. The
/// samples and rows in between are kept by the exported C (codegen/stream_text); features come out the same to the bit as over the whole
/// window at once.
#pragma once

#include <optional>

#include "ir/graph.h"

namespace thimble {

struct Streamed {
  std::optional<Graph> row;  ///< [length, axes] -> [1, features]; nothing: a row is the sample as it comes
  Graph window;              ///< [rows x features] -> what the impulse computes
  /// Values of a sample, samples of a frame, samples between frames, frames of a window, values of a row.
  int64_t axes, length, stride, rows, features;
};

/// Of a graph whose one input is [samples, axes]: frame by frame where its first block can be computed so, else sample by sample.
Streamed streamed(const Graph& impulse);

}  // namespace thimble
