#include "base/lock.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <sstream>

#include "base/error.h"

namespace thimble {
namespace {

FileLock::Holder read_holder(int file) {
  std::array<char, 64> text{};
  FileLock::Holder holder;
  std::string day, time;
  if (pread(file, text.data(), text.size() - 1, 0) > 0) std::istringstream(text.data()) >> holder.process >> day >> time;
  if (!time.empty()) holder.since = day + " " + time;
  return holder;
}

void write_holder(int file) {
  const std::string text = fmt::format("{} {:%Y-%m-%d %H:%M:%S}\n", getpid(), fmt::gmtime(std::time(nullptr)));
  // Who waits is told less where this fails.
  if (ftruncate(file, 0) != 0 || pwrite(file, text.data(), text.size(), 0) < 0) return;
}

bool taken_by_another(int file, int how) { return flock(file, how | LOCK_NB) != 0 && errno == EWOULDBLOCK; }

}  // namespace

FileLock::FileLock(const std::filesystem::path& file) {
  std::error_code ignored;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), ignored);
  // Not for programs that are started meanwhile: they would hold it on.
  file_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) throw Error(Blame::Environment, fmt::format("cannot write '{}': {}", file.string(), std::strerror(errno)));
  if (taken_by_another(file_, LOCK_EX))
    other_ = read_holder(file_);
  else
    write_holder(file_);
}

FileLock::~FileLock() { close(file_); }

std::optional<FileLock::Holder> FileLock::holder_of(const std::filesystem::path& file) {
  const int there = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (there < 0) return std::nullopt;
  const std::optional<Holder> holder = taken_by_another(there, LOCK_SH) ? std::optional(read_holder(there)) : std::nullopt;
  close(there);
  return holder;
}

}  // namespace thimble
