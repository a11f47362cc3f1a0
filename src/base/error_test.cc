#include "base/error.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

Error caught(auto body) {
  try {
    body();
  } catch (const Error& error) {
    return error;
  }
  return Error(Blame::Bug, "nothing was thrown");
}

TEST(Error, UserErrorTellsHintAndActivitiesInnermostFirst) {
  const std::string file = "kitchen.tflite";
  const Error error = caught([&] {
    const Doing outer([] { return std::string("thimble compile"); });
    const Doing inner([&] { return "importing '" + file + "'"; });
    throw Error(Blame::User, "no such tensor\n  'a' is missing", "export the model again");
  });
  EXPECT_EQ(explain(error),
            "error: no such tensor\n"
            "  'a' is missing\n"
            "  export the model again\n"
            "  while importing 'kitchen.tflite'\n"
            "  while thimble compile\n");
}

TEST(Error, ActivitiesEndWithTheirScope) {
  {
    const Doing over([] { return std::string("this is over"); });
    EXPECT_EQ(Doing::stack().size(), 1u);
  }
  EXPECT_TRUE(Doing::stack().empty());
  EXPECT_EQ(explain(Error(Blame::Unsupported, "no kernel")), "error: no kernel\n");
}

TEST(Error, TextOfAnActivityIsNotMadeWhenAllGoesWell) {
  int made = 0;
  {
    const Doing doing([&] { return ++made, std::string("never told"); });
  }
  EXPECT_EQ(made, 0);
}

TEST(Error, BugTellsFileAndLine) {
  const int line = __LINE__ + 1;
  const Error error = caught([] { require(false, "ids below the number of values"); });
  EXPECT_EQ(explain(error), "internal error: ids below the number of values\n  at error_test.cc:" + std::to_string(line) +
                                "\n  this is a defect of Thimble, not of your input; please report it with the command you ran\n");
}

TEST(Error, RequireIsSilentWhenItHolds) { EXPECT_NO_THROW(require(true, "fine")); }

TEST(Error, ExitCodes) {
  EXPECT_EQ(exit_code(Blame::User), 1);
  EXPECT_EQ(exit_code(Blame::Unsupported), 2);
  EXPECT_EQ(exit_code(Blame::Environment), 3);
  EXPECT_EQ(exit_code(Blame::Bug), 70);
}

}  // namespace
}  // namespace thimble
