#include "runners/tools.h"

#include <gtest/gtest-spi.h>

namespace thimble::testing {
namespace {

void lacks_a_saw() {
  THIMBLE_SKIP_FOR_WANT_OF("no saw");
  FAIL() << "goes on without the tool";
}

class Tools : public ::testing::Test {
 protected:
  Tools() : asked_(tools_are_required()) {}
  ~Tools() override { asked_ ? setenv("THIMBLE_REQUIRE_TOOLS", "1", 1) : unsetenv("THIMBLE_REQUIRE_TOOLS"); }

 private:
  bool asked_;
};

TEST_F(Tools, AreMissedWhereTheyWereInstalled) {
  setenv("THIMBLE_REQUIRE_TOOLS", "1", 1);
  EXPECT_FATAL_FAILURE(lacks_a_saw(), "no saw (THIMBLE_REQUIRE_TOOLS is set: nothing may be skipped)");
}

TEST_F(Tools, MayBeMissingElsewhere) {
  unsetenv("THIMBLE_REQUIRE_TOOLS");
  ::testing::TestPartResultArray results;
  {
    ::testing::ScopedFakeTestPartResultReporter reporter(::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD,
                                                         &results);
    lacks_a_saw();
  }
  ASSERT_EQ(results.size(), 1);
  EXPECT_TRUE(results.GetTestPartResult(0).skipped());
  EXPECT_STREQ(results.GetTestPartResult(0).message(), "no saw");
}

TEST_F(Tools, DoNotMakeAProcessor) {
  EXPECT_EQ(lacking_processor(board_named("host")), "");
  EXPECT_EQ(lacking_processor(board_named("nano33ble")), "") << "it is emulated";
}

}  // namespace
}  // namespace thimble::testing
