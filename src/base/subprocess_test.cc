#include "base/subprocess.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"

namespace thimble {
namespace {

TEST(Subprocess, GivesStatusAndBothStreams) {
  const CommandResult result = run_command({"sh", "-c", "echo out; echo err >&2; exit 7"});
  EXPECT_EQ(result.status, 7);
  EXPECT_EQ(result.out, "out\nerr\n");
  EXPECT_FALSE(result.timed_out);
}

TEST(Subprocess, ArgumentsPassUnharmedThroughNoShell) { EXPECT_EQ(run_command({"printf", "%s|%s", "a b;$(c)", ""}).out, "a b;$(c)|"); }

TEST(Subprocess, RunsInTheFolder) {
  const TempDir dir;
  EXPECT_EQ(run_command({"pwd", "-P"}, dir.path()).out, fs::canonical(dir.path()).string() + "\n");
}

TEST(Subprocess, SignalsAre128AndMore) { EXPECT_EQ(run_command({"sh", "-c", "kill -TERM $$"}).status, 128 + 15); }

TEST(Subprocess, ChildReadsNothing) { EXPECT_EQ(run_command({"cat"}).out, ""); }

TEST(Subprocess, MuchOutputDoesNotBlock) { EXPECT_EQ(run_command({"head", "-c", "1000000", "/dev/zero"}).out.size(), 1000000u); }

TEST(Subprocess, TooSlowIsKilled) {
  const auto start = std::chrono::steady_clock::now();
  const CommandResult result = run_command({"sh", "-c", "echo begun; exec sleep 20"}, {}, std::chrono::milliseconds(200));
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.out, "begun\n");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(Subprocess, MissingProgram) {
  try {
    run_command({"no-such-compiler", "--version"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::Environment);
    EXPECT_EQ(explain(error),
              "error: cannot start 'no-such-compiler': No such file or directory\n"
              "  `thimble doctor` tells which tools are missing and how to install them\n");
  }
}

TEST(Subprocess, FindProgram) {
  EXPECT_TRUE(find_program("sh").has_value());
  EXPECT_TRUE(find_program("/bin/sh").has_value());
  EXPECT_EQ(find_program("no-such-compiler"), std::nullopt);
  EXPECT_EQ(find_program("/no/such"), std::nullopt);
}

}  // namespace
}  // namespace thimble
