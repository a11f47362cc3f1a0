/// Rewrites of a float graph that change no result and lose less in int8.
#pragma once

#include "compress/calibrate.h"

namespace thimble {

/// Between a layer and the only layer that reads it, channels are scaled so that they reach alike (activations have one scale for all
/// channels), and the reader's weights take it back. With none or relu between them, through pools, too. Returns the layers that were
/// scaled. `examples` show how far the channels reach.
int equalize(Graph& graph, std::span<const ExampleInputs> examples, Progress& progress);

/// Adds to each bias what rounding the weights takes from the layer's mean output: the weights' errors times the mean of each input
/// channel. Returns the layers that were corrected. This does change the float results a little, in favour of those of int8.
int correct_biases(Graph& graph, std::span<const ExampleInputs> examples, Progress& progress);

}  // namespace thimble
