#include "base/lock.h"

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
  }
  EXPECT_FALSE(FileLock::holder_of(file));
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

TEST(FileLock, TellsWhereItCannotBe) {
  const TempDir dir;
  write_text(dir.path() / "file", "");
  try {
    FileLock(dir.path() / "file" / "work.lock");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(explain(error), "error: cannot write '" + (dir.path() / "file" / "work.lock").string() + "': Not a directory\n");
  }
}

}  // namespace
}  // namespace thimble
