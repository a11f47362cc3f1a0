/// Ranges of a graph's values, found by running examples through it.
#pragma once

#include "base/progress.h"
#include "compress/choose_range.h"
#include "data/windows.h"
#include "ir/interpreter.h"

namespace thimble {

/// The inputs of one inference: a buffer per graph input.
using ExampleInputs = std::vector<Buffer>;

struct CalibrationOptions {
  CalibrationMethod method = CalibrationMethod::Percentile;
  double percentile = 99.99;
  template <class V>
  void fields(V&& v) {
    v("method", method, "how ranges are chosen: all that was seen, all but the outermost, least squared error, or least divergence");
    v("percentile", percentile, "share of a value's numbers, in percent, that lies inside its range at either end, for --method percentile",
      between(50, 100));
  }
};

/// How each value that quantize needs a range of is spread over the examples, by ValueId; state begins anew with each example. The graph is
/// float, as quantize takes it. A User error where there are no examples, or a number is not finite.
std::vector<Histogram> observe(const Graph& graph, std::span<const ExampleInputs> examples, Progress& progress);

Ranges choose_ranges(const Graph& graph, const std::vector<Histogram>& observed, const CalibrationOptions& options);

/// Each example as the inputs of a graph with one float input; a User error where they do not fit it.
std::vector<ExampleInputs> inputs_of(const Graph& graph, const Examples& examples);

/// All of it. The graph keeps no state from one example to the next.
Ranges calibrate(const Graph& graph, const Examples& examples, const CalibrationOptions& options, Progress& progress);
Ranges calibrate(const Graph& graph, std::span<const ExampleInputs> examples, const CalibrationOptions& options, Progress& progress);

}  // namespace thimble
