/// A graph of one signal block, and its parameters as they are typed.
#pragma once

#include <map>

#include "dsp/block.h"

namespace thimble {

/// Every parameter of every block as a field of text, empty where it is not given; `help` names the blocks that have it.
std::vector<FieldInfo> block_fields();
/// What was given of them as the attributes of `block`; a User error for what it does not have.
Attrs block_attrs(const Block& block, const std::map<std::string, std::string, std::less<>>& given);

/// Input "samples" -> block -> output "features".
Graph block_graph(const Block& block, const TensorType& input, const Attrs& attrs);
/// The same over the window for which the block shows what it costs.
Graph example_graph(const Block& block);

}  // namespace thimble
