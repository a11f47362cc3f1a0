#include "base/interrupt.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "base/subprocess.h"

namespace thimble {
namespace {

TEST(Interrupt, IsAskedForOnceAndThenEndsTheProgram) {
  {
    Interrupt interrupt;
    EXPECT_FALSE(interrupt.asked());
    std::raise(SIGINT);
    EXPECT_TRUE(interrupt.asked());
  }
  EXPECT_FALSE(Interrupt().asked());
  const auto twice = [] {
    Interrupt interrupt;
    std::raise(SIGTERM);
    std::raise(SIGTERM);
  };
  EXPECT_EXIT(twice(), ::testing::KilledBySignal(SIGTERM), "once more ends at once");
  EXPECT_EXIT(std::raise(SIGINT), ::testing::KilledBySignal(SIGINT), "");
}

TEST(Interrupt, LeavesCommandsAlone) {
  const auto ctrl_c_during_a_command = [] {
    setpgid(0, 0);  // else everything that runs this test would have it too
    Interrupt interrupt;
    const std::string hit = "kill -s INT -- -" + std::to_string(getpid()) + "; sleep 0.1; echo went on";
    const CommandResult result = run_command({"sh", "-c", hit});
    _exit(interrupt.asked() && result.status == 0 && result.out == "went on\n" ? 0 : 1);
  };
  EXPECT_EXIT(ctrl_c_during_a_command(), ::testing::ExitedWithCode(0), "ending as soon as nothing is lost by it");
}

}  // namespace
}  // namespace thimble
