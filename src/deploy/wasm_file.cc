#include "deploy/wasm_file.h"

#include "base/error.h"
#include "base/files.h"

namespace thimble {

WasmSizes read_wasm_sizes(const std::filesystem::path& path) {
  constexpr int kCode = 10, kData = 11;
  const std::vector<std::byte> bytes = read_bytes(path);
  require(bytes.size() >= 8 && std::to_integer<int>(bytes[0]) == 0 && std::to_integer<char>(bytes[1]) == 'a',
          "'" + path.string() + "' is no WebAssembly");
  WasmSizes sizes;
  for (size_t at = 8; at < bytes.size();) {
    const int id = std::to_integer<int>(bytes[at++]);
    int64_t size = 0;
    for (int shift = 0; at < bytes.size(); shift += 7) {  // unsigned LEB128
      const int part = std::to_integer<int>(bytes[at++]);
      size |= int64_t{part & 127} << shift;
      if (part < 128) break;
    }
    if (id == kCode) sizes.code += size;
    if (id == kData) sizes.data += size;
    at += static_cast<size_t>(size);
  }
  return sizes;
}

}  // namespace thimble
