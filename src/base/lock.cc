#include "base/lock.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <sstream>

#include "base/error.h"

namespace thimble {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& file, int fault) {
  std::error_code ignored;
  std::string hint = "it needs a folder that can be written: a copy of this one in a folder of your own can";
  if (fault == ENOSPC) hint = "make room on its disk";
  for (fs::path folder = file.parent_path(); fault == ENOTDIR && folder.has_relative_path(); folder = folder.parent_path())
    if (fs::is_regular_file(fs::status(folder, ignored)))
      hint = fmt::format("the file '{}' is in the way of a folder: move it away", folder.string());
  throw Error(Blame::Environment, fmt::format("cannot write '{}': {}", file.string(), std::strerror(fault)), hint);
}

FileLock::Holder read_holder(int file) {
  std::array<char, 64> text{};
  FileLock::Holder holder;
  std::string day, time;
  if (pread(file, text.data(), text.size() - 1, 0) > 0) std::istringstream(text.data()) >> holder.process >> day >> time >> holder.work;
  holder.since = day + " " + time;
  // What one that was killed has left there, until its successor has written.
  const bool gone = holder.process > 0 && kill(static_cast<pid_t>(holder.process), 0) != 0 && errno == ESRCH;
  if (time.empty() || holder.process <= 0 || gone) holder.process = 0, holder.since = "";
  return holder;
}

void write_holder(int file, const std::string& since, int64_t work) {
  const std::string text = fmt::format("{} {} {}\n", getpid(), since, work);
  // Who waits is told less where this fails.
  if (pwrite(file, text.data(), text.size(), 0) < 0 || ftruncate(file, static_cast<off_t>(text.size())) != 0) return;
}

/// The whole file, for the one who opened it: who opens it a second time in the same process is another.
struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK, lock.l_whence = SEEK_SET;
  return lock;
}

bool taken_by_another(int file) {
  struct flock lock = whole_file();
  return fcntl(file, F_OFD_SETLK, &lock) != 0 && (errno == EAGAIN || errno == EACCES);
}

/// Asks without taking it, so that nobody who wants it meanwhile is kept out.
bool is_taken(int file) {
  struct flock lock = whole_file();
  return fcntl(file, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace

std::string FileLock::Holder::text() const {
  return process == 0 ? "another process" : fmt::format("process {} (since {} UTC)", process, since);
}

FileLock::FileLock(const std::filesystem::path& file) {
  std::error_code unmade;
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), unmade);
  if (unmade) fail(file, unmade.value());
  // Not for programs that are started meanwhile: they would hold it on.
  file_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) fail(file, errno);
  if (taken_by_another(file_)) {
    other_ = read_holder(file_);
    return;
  }
  since_ = fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::gmtime(std::time(nullptr)));
  works_at(0);
}

FileLock::~FileLock() {
  // Emptied while it is still held: what stays behind would be told of its next holder.
  if (!other_) (void)!ftruncate(file_, 0);
  close(file_);
}

void FileLock::works_at(int64_t work) {
  if (!other_) write_holder(file_, since_, work);
}

std::optional<FileLock::Holder> FileLock::holder_of(const std::filesystem::path& file) {
  const int there = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (there < 0) return std::nullopt;
  const std::optional<Holder> holder = is_taken(there) ? std::optional(read_holder(there)) : std::nullopt;
  close(there);
  return holder;
}

}  // namespace thimble
