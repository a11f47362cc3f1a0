#include "base/files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"

namespace thimble {
namespace {

std::string fault_of(auto body) {
  try {
    body();
  } catch (const Error& error) {
    return explain(error);
  }
  return "nothing was thrown";
}

TEST(Files, WritesIntoNewFoldersAndLeavesNothingElse) {
  const TempDir dir;
  const fs::path file = dir.path() / "a/b/c.txt";
  write_text(file, "one\n");
  write_text(file, std::string("two\0x", 5));
  EXPECT_EQ(read_text(file), std::string("two\0x", 5));
  EXPECT_EQ(read_bytes(file).size(), 5u);
  EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), {}), 1);
}

TEST(Files, EmptyFile) {
  const TempDir dir;
  write_bytes(dir.path() / "empty", {});
  EXPECT_TRUE(read_bytes(dir.path() / "empty").empty());
}

TEST(Files, FaultsNameThePath) {
  const TempDir dir;
  const std::string at = dir.path().string();
  EXPECT_EQ(fault_of([&] { read_text(dir.path() / "none"); }), "error: there is no file '" + at + "/none'\n");
  EXPECT_EQ(fault_of([&] { read_text(dir.path()); }), "error: '" + at + "' is a folder, not a file\n");
  write_text(dir.path() / "file", "");
  EXPECT_EQ(fault_of([&] { write_text(dir.path() / "file/below", ""); }), "error: cannot write '" + at + "/file/below': Not a directory\n");
  fs::create_directory(dir.path() / "folder");
  EXPECT_EQ(fault_of([&] { write_text(dir.path() / "folder", ""); }), "error: cannot write '" + at + "/folder': Is a directory\n");
  EXPECT_FALSE(fs::exists(dir.path() / ("folder." + std::to_string(getpid()) + ".tmp")));
}

TEST(Files, TempDirGoesWithItsContents) {
  fs::path where;
  {
    const TempDir dir;
    where = dir.path();
    write_text(where / "x/y", "z");
  }
  EXPECT_FALSE(fs::exists(where));
}

TEST(Files, RuntimeDirHoldsTheRuntime) { EXPECT_TRUE(fs::exists(runtime_dir() / "core/base.h")); }

}  // namespace
}  // namespace thimble
