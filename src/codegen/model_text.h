/// The text of the exported model: <name>.h (the API) and <name>.c (everything else).
#pragma once

#include <string>
#include <vector>

#include "codegen/compiled.h"

namespace thimble {

/// What a layer's C function does: the calls of its kernel, or a plain copy where an alias could not share memory.
struct LayerCode {
  int node = -1;
  std::vector<KernelCall> calls;  ///< empty: copy operand 0 to output 0
};

/// A value's address in the generated C, as an expression of `self` or a constant's name.
struct Addresses {
  std::vector<std::string> of;       ///< per value; empty where no layer uses it
  std::vector<std::string> scratch;  ///< per node
};

/// One recorded inference: buffers per graph input and output.
struct GoldenRecord {
  std::vector<std::vector<std::byte>> inputs, outputs;
};

/// The .c file, and what its tables take: in all, and what each layer was the first to need.
struct SourceText {
  std::string text;
  int64_t constant_bytes = 0;
  std::vector<int64_t> layer_constant_bytes;
};

std::string header_text(const Compiled& model);
/// Golden vectors and <name>_selftest, behind THIMBLE_SELFTEST.
std::string selftest_text(const Compiled& model, const std::vector<GoldenRecord>& golden);
SourceText source_text(const Compiled& model, const std::vector<LayerCode>& code, const std::string& runtime, const Addresses& addresses,
                       const std::vector<GoldenRecord>& golden, const CompileOptions& options);

}  // namespace thimble
