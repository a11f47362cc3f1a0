#include "base/files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/error.h"
#include "base/fields.h"

namespace thimble {
namespace {

[[noreturn]] void fail(std::string_view verb, const fs::path& path) {
  throw Error(Blame::Environment, fmt::format("cannot {} '{}': {}", verb, path.string(), std::strerror(errno)));
}

/// Names of the files of the same kind beside one that is not there.
std::vector<std::string> alike_beside(const fs::path& path) {
  std::vector<std::string> names;
  std::error_code ignored;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == path.extension()) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

template <class Container>
Container read_whole(const fs::path& path) {
  require_file(path);
  if (fs::is_directory(path)) throw Error(Blame::User, fmt::format("'{}' is a folder, not a file", path.string()));
  errno = 0;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) fail("read", path);
  Container contents(static_cast<size_t>(file.tellg()), {});
  file.seekg(0);
  file.read(reinterpret_cast<char*>(contents.data()), static_cast<std::streamsize>(contents.size()));
  if (!file) fail("read", path);
  return contents;
}

/// "; did you mean 'x'?", all names where they are few, else those that begin most like `word`.
std::string suggest_few(const std::string& word, std::vector<std::string> names) {
  constexpr size_t kFew = 5;
  if (names.empty()) return "";
  if (names.size() <= kFew || did_you_mean(word, names)) return suggest(word, names);
  const auto alike = [&](const std::string& name) {
    return std::mismatch(name.begin(), name.end(), word.begin(), word.end()).first - name.begin();
  };
  std::stable_sort(names.begin(), names.end(), [&](const auto& a, const auto& b) { return alike(a) > alike(b); });
  const size_t others = names.size() - kFew;
  names.resize(kFew);
  return fmt::format("; known: {} and {} more", fmt::join(names, ", "), others);
}

}  // namespace

void require_file(const fs::path& path) {
  if (fs::exists(path)) return;
  throw Error(Blame::User,
              fmt::format("there is no file '{}'{}", path.string(), suggest_few(path.filename().string(), alike_beside(path))));
}

std::vector<std::byte> read_bytes(const fs::path& path) { return read_whole<std::vector<std::byte>>(path); }
std::string read_text(const fs::path& path) { return read_whole<std::string>(path); }

void write_bytes(const fs::path& path, std::span<const std::byte> bytes) {
  std::error_code ignored, unmade;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), unmade);
  if (unmade) {
    errno = unmade.value();
    fail("write", path);
  }
  const fs::path temporary = path.string() + fmt::format(".{}.tmp", getpid());
  errno = 0;
  std::ofstream file(temporary, std::ios::binary);
  if (!file) fail("write", path);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (file && std::rename(temporary.c_str(), path.c_str()) == 0) return;
  const int fault = errno;
  fs::remove(temporary, ignored);
  errno = fault;
  fail("write", path);
}

void write_text(const fs::path& path, std::string_view text) { write_bytes(path, std::as_bytes(std::span(text))); }

fs::path runtime_dir() {
  if (const char* chosen = std::getenv("THIMBLE_RUNTIME")) return chosen;
  std::error_code fault;
  const fs::path program = fs::read_symlink("/proc/self/exe", fault);
  const fs::path installed = program.parent_path().parent_path() / "share/thimble/runtime";
  if (!fault && fs::exists(installed)) return installed;
  for (fs::path folder = program.parent_path(); folder.has_relative_path(); folder = folder.parent_path())
    if (fs::exists(folder / "runtime/core/base.h")) return folder / "runtime";
  throw Error(Blame::Environment, "cannot find Thimble's runtime folder",
              "install with `cmake --install`, or point THIMBLE_RUNTIME at the folder `runtime` of the sources");
}

TempDir::TempDir() {
  std::error_code fault;
  const fs::path parent = fs::temp_directory_path(fault);
  if (fault)
    throw Error(Blame::Environment, "there is no folder for temporary files: " + fault.message(), "point TMPDIR at one that exists");
  std::string name = (parent / "thimble-XXXXXX").string();
  if (!mkdtemp(name.data())) fail("make a folder like", name);
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace thimble
