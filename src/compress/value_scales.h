/// Which values of a float graph become int8, which of them must share a scale, and which scale that is.
#pragma once

#include <string>

#include "compress/scales.h"

namespace thimble {

/// The least and the greatest of a float constant.
Range range_of(const Value& value);

/// The part of the decision that needs no ranges.
struct Int8Plan {
  std::vector<std::optional<std::string>> stays;  ///< by node: why it does not become int8, or nothing
  std::vector<int> group;                         ///< by ValueId: values of one group share a scale; -1: no int8 form is needed
  std::vector<std::optional<Quant>> fixed;        ///< by group: the scale that its op lays down
  std::vector<bool> source;                       ///< by ValueId: what the group's range is made of
  std::vector<std::optional<Range>> floor;        ///< by group: what its range holds in any case (constants, cut operands)

  bool int8(size_t node) const { return !stays[node]; }
};
Int8Plan plan_int8(const Graph& graph);

/// Values whose ranges must be known to quantise the graph: graph inputs, results of layers, states.
std::vector<ValueId> measured_values(const Graph& graph, const Int8Plan& plan);

/// By ValueId: the scale of its int8 form; empty where it has none. A User error names all values whose range is needed and unknown.
std::vector<std::optional<Quant>> value_scales(const Graph& graph, const Int8Plan& plan, const Ranges& ranges);

}  // namespace thimble
