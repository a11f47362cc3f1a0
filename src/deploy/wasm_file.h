/// Section sizes of a WebAssembly file.
#pragma once

#include <cstdint>
#include <filesystem>

namespace thimble {

struct WasmSizes {
  int64_t code = 0, data = 0;
};

/// WebAssembly core specification 1.0, 5.5: the code and data sections. A file that is none is a Bug.
WasmSizes read_wasm_sizes(const std::filesystem::path& path);

}  // namespace thimble
