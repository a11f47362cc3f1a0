/// Pieces of C as text: identifiers, arrays, and the runtime's headers pasted in the order they need one another.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/tensor.h"

namespace thimble {

/// A valid C identifier close to `name`.
std::string c_identifier(std::string_view name);
/// The same in capitals, for macros.
std::string c_macro(std::string_view name);

/// "{1, -2, 3, ...}" over lines of at most 120 columns.
std::string c_array(DType dtype, std::span<const std::byte> bytes);

/// How a type is spelled as a pointer target in the exported API: bool tensors are uint8_t.
std::string c_pointer(DType dtype, bool constant);

/// The text of the named headers below runtime_dir() and of all they include with quotes, each once, dependencies first; their
/// `#include "..."` lines are gone, system includes stay.
std::string paste_headers(const std::vector<std::string>& headers);

}  // namespace thimble
