/// Reading and writing whole files, and where Thimble's own files are. Failures are Environment errors that name the path.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thimble {

namespace fs = std::filesystem;

/// A User error when there is no such file; it suggests one of the same kind beside it.
void require_file(const fs::path& path);
std::vector<std::byte> read_bytes(const fs::path& path);
std::string read_text(const fs::path& path);
/// Written to a temporary beside it and renamed, so that nothing half-written is ever seen. Makes missing folders.
void write_bytes(const fs::path& path, std::span<const std::byte> bytes);
void write_text(const fs::path& path, std::string_view text);

/// The folder of the C that ships: $THIMBLE_RUNTIME, else beside the installed program, else in the source tree.
fs::path runtime_dir();

/// A fresh folder that is removed when the object goes.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace thimble
