/// The part of the exported model that takes samples one by one: <name>_push, <name>_run(window), the answer.
#pragma once

#include <string>

#include "codegen/compiled.h"

namespace thimble {

/// Bytes that the stream adds to the model's struct beside arena and state.
int64_t stream_bytes(const CompiledStream& stream);

/// Macros with what the stream is: rate, channels, window, classes.
std::string stream_macros(const Compiled& model);
/// Members of the model's struct.
std::string stream_members(const Compiled& model);
/// Declarations of the functions.
std::string stream_declarations(const Compiled& model);

/// Statements that bring the members to their beginning.
std::string stream_init(const Compiled& model);
/// `row_calls` and `window_calls`: the calls of the layers that make a row, and of the others. `frame`: the input as an expression.
std::string stream_functions(const Compiled& model, const std::string& row_calls, const std::string& window_calls,
                             const std::string& frame);

}  // namespace thimble
