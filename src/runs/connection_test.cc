// A store where it is only read, and where nothing can be written.
#include "runs/connection.h"

#include <sqlite3.h>
#include <unistd.h>

#include "runs/runs_test.h"

namespace thimble {
namespace {

TEST_F(Runs, ReadingChangesNothing) {
  EXPECT_EQ(
      text_of([&] { RunStore(file_, Access::Read); }),
      "error: the store of runs '" + file_.string() +
          "' cannot be used: unable to open database file\n  a copy of the project in a folder of your own can be read and written\n");
  EXPECT_FALSE(fs::exists(file_));
  { trained(*std::make_unique<RunStore>(file_)); }
  sqlite3* plain = nullptr;
  ASSERT_EQ(sqlite3_open(file_.c_str(), &plain), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(plain, "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(plain);
  const std::string before = read_text(file_);
  EXPECT_EQ(RunStore(file_, Access::Read).all().size(), 1u);
  EXPECT_TRUE(read_text(file_) == before);
}

/// While it lives, the folder can be read but not written: root, whom no mode keeps out, is somebody else.
class ReadOnly {
 public:
  explicit ReadOnly(const fs::path& folder) : folder_(folder), user_(geteuid()) {
    fs::permissions(folder.parent_path(), fs::perms(0755));
    fs::permissions(folder, fs::perms(0555));
    if (user_ == 0) become(65534);
  }
  ~ReadOnly() {
    if (user_ == 0) become(user_);
    fs::permissions(folder_, fs::perms(0755));
  }

 private:
  static void become(uid_t user) { EXPECT_EQ(seteuid(user), 0); }

  fs::path folder_;
  uid_t user_;
};

TEST_F(Runs, AreReadWhereNothingCanBeWritten) {
  { trained(*std::make_unique<RunStore>(file_)); }
  EXPECT_EQ(RunStore::why_not_written(file_), "");
  const ReadOnly folder(file_.parent_path());
  EXPECT_EQ(RunStore(file_, Access::Read).get(1).metrics.size(), 3u);
  EXPECT_EQ(text_of([&] { RunStore{file_}; }),
            "error: the store of runs '" + file_.string() +
                "' cannot be written: Permission denied\n  a copy of the project in a folder of your own can be read and written\n");
  EXPECT_EQ(RunStore::why_not_written(file_), "Permission denied");
  EXPECT_EQ(RunStore::why_not_written(file_.parent_path() / "not/there/runs.sqlite"), "Permission denied");
}

TEST_F(Runs, WhatCannotBeReadWhereNothingCanBeWrittenIsTold) {
  const std::string hint = "  a copy of the project in a folder of your own can be read and written\n";
  const fs::path half = dir_.path() / "half", old = dir_.path() / "old";
  const fs::path broken = dir_.path() / "broken";
  for (const fs::path& folder : {half, old, broken}) fs::create_directories(folder);
  {
    RunStore store(file_);
    trained(store);
    for (const char* end : {"", "-wal"}) fs::copy_file(file_.string() + end, half / ("runs.sqlite" + std::string(end)));
  }
  for (const fs::path& folder : {old, broken}) fs::copy_file(file_, folder / "runs.sqlite");
  write_text(broken / "runs.sqlite-journal", "what was there before");
  sqlite3* older = nullptr;
  ASSERT_EQ(sqlite3_open((old / "runs.sqlite").c_str(), &older), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(older, "PRAGMA user_version = 1", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(older);
  {
    const ReadOnly folder(half);
    const std::string file = (half / "runs.sqlite").string();
    EXPECT_EQ(text_of([&] { RunStore(file, Access::Read).all(); }), "error: the store of runs '" + file +
                                                                        "' cannot be read where it cannot be written: its last changes are "
                                                                        "still in '" +
                                                                        file + "-wal'\n" + hint);
  }
  {
    const ReadOnly folder(broken);
    const std::string file = (broken / "runs.sqlite").string();
    EXPECT_EQ(text_of([&] { RunStore(file, Access::Read).all(); }),
              "error: the store of runs '" + file +
                  "' cannot be read where it cannot be written: a change that broke off is to be taken back from '" + file + "-journal'\n" +
                  hint);
  }
  const ReadOnly folder(old);
  const std::string file = (old / "runs.sqlite").string();
  EXPECT_EQ(text_of([&] { RunStore(file, Access::Read).all(); }),
            "error: the store of runs '" + file +
                "' was written by an older thimble, and is brought up to date only where it can be written\n" + hint);
}

}  // namespace
}  // namespace thimble
