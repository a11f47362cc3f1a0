#include "ops/ops.h"

#include <algorithm>

namespace thimble {

const OpDef* find_op(std::string_view name) {
  const auto ops = all_ops();
  const auto it = std::find_if(ops.begin(), ops.end(), [&](const OpDef* op) { return op->name == name; });
  return it == ops.end() ? nullptr : *it;
}

const OpDef& op_named(std::string_view name) {
  const OpDef* op = find_op(name);
  require(op != nullptr, "no op named '" + std::string(name) + "'");
  return *op;
}

ValueId add_node(Graph& graph, std::string_view op, std::string name, std::vector<ValueId> in, Attrs attrs, std::vector<Quant> quant) {
  return graph.add_node(op_named(op), std::move(name), std::move(in), std::move(attrs), std::move(quant));
}

}  // namespace thimble
