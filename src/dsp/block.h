/// A signal block: an op from samples [samples, axes] to features, run by the same C everywhere.
#pragma once

#include <array>
#include <optional>

#include "ir/call.h"
#include "ir/graph.h"

namespace thimble {

/// How a block is computed as samples come in: the block itself, with the attributes `row`, over `length` samples gives one row of
/// features; `rows` of them, each `stride` samples after the one before, are the features of a window.
struct BlockStream {
  int64_t length, stride, rows, features;
  Attrs row;
  std::optional<Attrs> normalise{};  ///< of the block cmvn, which the rows of a window still have to go through
};

struct Block {
  /// `eval` calls the C below, so the interpreter, training and the device agree to the bit.
  OpDef op;
  std::string_view source;  ///< below runtime/: "dsp/spectral.h"
  bool in_place = false;    ///< the output may be the very buffer of the input
  /// Bytes of working memory.
  int64_t (*scratch)(const Node&, const Graph&) = nullptr;
  /// Float operations and loads, roughly: what a core takes time for.
  double (*work)(const Node&, const Graph&) = nullptr;
  double soft_float = 40;  ///< cycles that a unit of work takes a Cortex-M0+, which calls functions for float operations but not for loads
  KernelCall (*lower)(const Node&, const Graph&) = nullptr;
  /// Null or nothing: only whole windows can be computed.
  std::optional<BlockStream> (*stream)(const Node&, const Graph&) = nullptr;
  /// A window to show the block by: samples and axes, or height, width and channels of bytes.
  std::array<int64_t, 3> example = {125, 3, 0};
  Attrs (*example_attrs)() = nullptr;         ///< for that, where the defaults ask for a choice
  std::span<const std::string_view> names{};  ///< of the features, where each has a meaning of its own
  /// What one should know who runs the block with these attributes, a sentence each.
  std::vector<std::string> (*remarks)(const Node&, const Graph&) = nullptr;
};

/// The type of `example`.
TensorType example_of(const Block& block);
/// Every block; the registry is written from the file names of src/dsp.
std::span<const Block* const> all_blocks();
/// The block of that name; a User error that suggests one when there is none.
const Block& block_named(std::string_view name);

}  // namespace thimble
