/// Chains of layers run strip by strip: a few rows go through all layers of the chain before the next few, so that what lies between the
/// layers never exists as a whole. Rows that neighbouring strips both need are computed twice; results stay the same to the bit.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"

namespace thimble {

/// Nodes by index, each the only one to read the output of the one before; operand 0 is what comes from there.
using Chain = std::vector<int>;

/// The longest chain that begins with node `first` and can be cut into strips: convolutions, pools and elementwise ops on one image.
/// Empty when `first` itself cannot.
Chain strip_chain(const Graph& graph, const Uses& uses, int first);

/// `rows` in `strips` parts as even as they can be, but for the last, which is the smaller one.
std::vector<int64_t> strip_heights(int64_t rows, int64_t strips);

/// The graph with the chain cut into strips of so many rows of the last layer's output; the values of the chain's input and of its result
/// keep their ids. Nothing when a strip would see nothing but padding. The chain must be a part of what strip_chain gives.
std::optional<Graph> split_into_strips(const Graph& graph, std::span<const int> chain, std::span<const int64_t> heights);

/// "conv rows 0-11": what nodes and values of strips are called.
struct StripName {
  std::string_view whole;       ///< "conv"
  int64_t first = 0, last = 0;  ///< rows of it, both included
};
std::string strip_name(const StripName& name);
std::optional<StripName> parse_strip_name(std::string_view name);
/// A layer's or tensor's name as a table shows it: TFLite joins the names of everything fused with ';' and '/';
/// a strip keeps its rows.
std::string short_name(std::string_view name, int columns = 32);

}  // namespace thimble
