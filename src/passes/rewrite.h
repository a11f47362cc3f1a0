/// What rewrites share: who else sees a value, taking nodes out, changing one attribute, proving integer rewrites by trying every code.
#pragma once

#include <initializer_list>
#include <optional>

#include "ir/interpreter.h"
#include "ir/pass.h"

namespace thimble {

bool is_op(const Node& node, std::initializer_list<std::string_view> names);
bool is_graph_output(const Graph& graph, ValueId id);
/// Operand `i`, or kAbsent where the node has none.
ValueId operand(const Node& node, size_t i);
/// Operand `i` when it is a constant; null otherwise.
const Value* constant_operand(const Graph& graph, const Node& node, size_t i);

/// The node that computes operand `i`, when this operand is all that its value is used for (no other reader, no graph output); else null.
Node* sole_producer(Graph& graph, const Uses& uses, const Node& node, size_t i);

/// Takes out the nodes for which `dead` holds, by index; their values stay, unused.
void erase_nodes(Graph& graph, const std::vector<bool>& dead);

/// Takes out the nodes of one op whose output nothing reads.
void erase_unread(Graph& graph, std::string_view op);

/// The attributes with one of them changed.
Attrs with_attr(const Attrs& attrs, std::string_view key, FieldValue value);
/// Attribute `key` as text, number or list; nothing when the op has none of that name and kind.
template <class T>
std::optional<T> attr(const Node& node, std::string_view key) {
  const AttrBag bag = node.attrs.bag();
  const auto it = bag.find(key);
  if (it == bag.end()) return std::nullopt;
  const T* value = std::get_if<T>(&it->second);
  return value ? std::optional<T>(*value) : std::nullopt;
}

/// The types that the node's operands make, or nothing when they do not fit it.
std::optional<std::vector<TensorType>> inferred(const Graph& graph, const Node& node);

/// Replaces node `n`'s only output by `by` everywhere and marks the node dead. Refused (false) where `by` is a state, and where a
/// graph output would become a graph input, a constant or another graph output.
bool replace_output(Graph& graph, const Uses& uses, size_t n, ValueId by, std::vector<bool>& dead);

/// A tensor that holds every code of an 8-bit type once, -128 or 0 first, with the quantisation of `like`.
struct Codes {
  TensorType type;
  Buffer bytes;
};
std::optional<Codes> all_codes(const TensorType& like);
/// What a one-operand elementwise node makes of `codes`; its output has the element type and quantisation of `to`.
Codes apply(const Node& node, Codes codes, const TensorType& to);

}  // namespace thimble
