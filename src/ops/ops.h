/// The table of ops that the build wrote from the files of this folder, and the way to use it by name.
#pragma once

#include "ir/graph.h"

namespace thimble {

/// All ops, in file order, then row order.
std::span<const OpDef* const> all_ops();
/// The op of that name; null when there is none.
const OpDef* find_op(std::string_view name);
/// The op of that name; a Bug when there is none.
const OpDef& op_named(std::string_view name);

/// Graph::add_node by the op's name.
ValueId add_node(Graph& graph, std::string_view op, std::string name, std::vector<ValueId> in, Attrs attrs = {},
                 std::vector<Quant> quant = {});

}  // namespace thimble
