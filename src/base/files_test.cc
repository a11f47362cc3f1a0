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

TEST(Files, WhereNoFolderCanBeMadeTheReasonIsTold) {
  const TempDir dir;
  fs::permissions(dir.path(), fs::perms(0555));
  const uid_t user = geteuid();
  if (user == 0) {  // whom no mode keeps out
    ASSERT_EQ(seteuid(65534), 0);
  }
  const std::string fault = fault_of([&] { write_text(dir.path() / "new/file", ""); });
  if (user == 0) {
    ASSERT_EQ(seteuid(user), 0);
  }
  fs::permissions(dir.path(), fs::perms(0755));
  EXPECT_EQ(fault, "error: cannot write '" + dir.path().string() + "/new/file': Permission denied\n");
}

TEST(Files, OfManyOthersOnlyAFewAreNamed) {
  const TempDir dir;
  const std::string at = dir.path().string();
  const auto told = [&](const char* name) { return fault_of([&] { read_text(dir.path() / name); }); };
  for (const char* name : {"tree", "house", "street", "river", "hill"}) fs::create_directory(dir.path() / name);
  EXPECT_EQ(told("wand"), "error: there is no file '" + at + "/wand'; known: hill, house, river, street, tree\n");
  for (int i = 0; i < 100; ++i) fs::create_directory(dir.path() / ("a" + std::to_string(100 + i)));
  EXPECT_EQ(told("trousers"), "error: there is no file '" + at + "/trousers'; known: tree, a100, a101, a102, a103 and 100 more\n");
  EXPECT_EQ(told("rivre"), "error: there is no file '" + at + "/rivre'; did you mean 'river'?\n");
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
