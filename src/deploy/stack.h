/// Worst-case stack of a function by static analysis: frames from the compiler, calls from the linked code.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "deploy/disassembly.h"

namespace thimble {

/// Frame bytes by function, from the text of a .su file (-fstack-usage). They include a return address that the call pushes.
std::map<std::string, int64_t, std::less<>> parse_stack_usage(std::string_view text);

/// The deepest path from `function`: every call adds the callee's worst case, a tail call replaces the frame. Library functions, for
/// which there is no .su, are read from their instructions; `call_pushes` is what a call itself puts on the stack for them.
int64_t worst_stack(const Disassembly& code, const std::map<std::string, int64_t, std::less<>>& frames, std::string_view function,
                    int call_pushes);

}  // namespace thimble
