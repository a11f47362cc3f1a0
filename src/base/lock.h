/// One process at a time: a file that is held while its work goes on. The system holds it, so that a process that was killed leaves nothing
/// behind.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace thimble {

class FileLock {
 public:
  struct Holder {
    int64_t process = 0;  ///< 0 where it has not told yet
    std::string since;    ///< UTC: "2026-11-21 18:03:07"
    int64_t work = 0;     ///< what it told to be working at

    /// As a sentence names it: "process 4711 (since 2026-11-21 18:03:07 UTC)", "another process".
    std::string text() const;
  };

  /// Takes it where nobody has it; makes the file and its folder. An Environment error where that cannot be. A file system without locks
  /// keeps nobody out.
  explicit FileLock(const std::filesystem::path& file);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  /// The one who has it instead of this object.
  const std::optional<Holder>& other() const { return other_; }

  /// Tells who asks, from now on, what this process works at.
  void works_at(int64_t work);

  /// Whoever has it now, without taking it.
  static std::optional<Holder> holder_of(const std::filesystem::path& file);

 private:
  int file_ = -1;
  std::string since_;
  std::optional<Holder> other_;
};

}  // namespace thimble
