/// A signal block: an op from samples [samples, axes] to features, run by the same C everywhere.
#pragma once

#include "ir/call.h"
#include "ir/graph.h"

namespace thimble {

struct Block {
  /// `eval` calls the C below, so the interpreter, training and the device agree to the bit.
  OpDef op;
  std::string_view source;  ///< below runtime/: "dsp/spectral.h"
  bool in_place = false;    ///< the output may be the very buffer of the input
  /// Bytes of working memory.
  int64_t (*scratch)(const Node&, const Graph&) = nullptr;
  /// Float operations and loads, roughly: what a core takes time for.
  double (*work)(const Node&, const Graph&) = nullptr;
  KernelCall (*lower)(const Node&, const Graph&) = nullptr;
};

/// Every block; the registry is written from the file names of src/dsp.
std::span<const Block* const> all_blocks();
/// The block of that name; a User error that suggests one when there is none.
const Block& block_named(std::string_view name);

}  // namespace thimble
