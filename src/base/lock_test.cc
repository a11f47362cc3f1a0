#include "base/lock.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"

namespace thimble {
namespace {

TEST(FileLock, IsHeldByOneAtATime) {
  const TempDir dir;
  const fs::path file = dir.path() / "made" / "work.lock";
  EXPECT_FALSE(FileLock::holder_of(file)) << "there is none yet";
  {
    const FileLock first(file);
    EXPECT_FALSE(first.other());
    const FileLock second(file);
    ASSERT_TRUE(second.other());
    EXPECT_EQ(second.other()->process, getpid());
    EXPECT_THAT(second.other()->since, ::testing::MatchesRegex("20[0-9-]+ [0-9][0-9]:[0-9][0-9]:[0-9][0-9]"));
    ASSERT_TRUE(FileLock::holder_of(file));
    EXPECT_EQ(FileLock::holder_of(file)->process, getpid());
    EXPECT_EQ(FileLock::holder_of(file)->text(), fmt::format("process {} (since {} UTC)", getpid(), second.other()->since));
  }
  EXPECT_FALSE(FileLock::holder_of(file));
  EXPECT_EQ(read_text(file), "") << "nobody is told of who had it before";
  EXPECT_FALSE(FileLock(file).other());
}

TEST(FileLock, GoesWithAProcessThatIsKilled) {
  const TempDir dir;
  const fs::path file = dir.path() / "work.lock";
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const FileLock lock(file);
    (void)!write(ready[1], "x", 1);
    for (;;) pause();
  }
  char told = 0;
  ASSERT_EQ(read(ready[0], &told, 1), 1);
  EXPECT_EQ(FileLock(file).other()->process, child);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]), close(ready[1]);
  EXPECT_FALSE(FileLock(file).other());
}

TEST(FileLock, TellsWhatItsHolderWorksAt) {
  const TempDir dir;
  const fs::path file = dir.path() / "work.lock";
  FileLock lock(file);
  EXPECT_EQ(FileLock::holder_of(file)->work, 0);
  for (const int64_t work : {12, 7}) {
    lock.works_at(work);
    EXPECT_EQ(FileLock::holder_of(file)->work, work);
  }
  FileLock(file).works_at(99);
  EXPECT_EQ(FileLock::holder_of(file)->work, 7) << "only who has it tells";
}

/// What a process that was killed left there is not told of the one who has it now.
TEST(FileLock, TellsNoProcessThatIsGone) {
  const TempDir dir;
  const fs::path file = dir.path() / "work.lock";
  const pid_t gone = fork();
  if (gone == 0) _exit(0);
  waitpid(gone, nullptr, 0);
  const FileLock lock(file);
  write_text(dir.path() / "left", fmt::format("{} 2026-11-21 18:03:07 5\n", gone));
  fs::copy_file(dir.path() / "left", file, fs::copy_options::overwrite_existing);  // write_text would make another file of that name
  ASSERT_TRUE(FileLock::holder_of(file));
  EXPECT_EQ(FileLock::holder_of(file)->process, 0);
  EXPECT_EQ(FileLock::holder_of(file)->text(), "another process");
}

TEST(FileLock, IsAskedForWithoutKeepingAnybodyOut) {
  const TempDir dir;
  const fs::path file = dir.path() / "work.lock";
  { const FileLock makes_it(file); }
  const pid_t child = fork();
  if (child == 0)
    for (;;) FileLock::holder_of(file);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) refused += FileLock(file).other().has_value();
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(refused, 0);
}

TEST(FileLock, TellsWhereItCannotBe) {
  const TempDir dir;
  write_text(dir.path() / "file", "");
  try {
    FileLock(dir.path() / "file" / "work.lock");
    FAIL();
  } catch (const Error& error) {
    const std::string in_the_way = (dir.path() / "file").string();
    EXPECT_EQ(explain(error), "error: cannot write '" + in_the_way + "/work.lock': Not a directory\n  the file '" + in_the_way +
                                  "' is in the way of a folder: move it away\n");
  }
}

}  // namespace
}  // namespace thimble
