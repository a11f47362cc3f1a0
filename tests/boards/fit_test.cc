// What does not fit is refused before it is run, by the linker's own arithmetic.
#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
#include "boards/tiny_model.h"
#include "deploy/deploy.h"
#include "deploy/toolchain.h"
#include "runners/tools.h"

namespace thimble::testing {
namespace {

std::string refusal(const Compiled& model, const char* board) {
  Progress quiet;
  const TempDir dir;
  try {
    build_firmware(model, board_named(board), dir.path(), {}, quiet);
  } catch (const Error& error) {
    return std::string(error.what());
  }
  return "fits";
}

bool can_build(const char* board) {
  try {
    require_tools(board_named(board), build_tools(board_named(board)));
    return true;
  } catch (const Error&) {
    return false;
  }
}

TEST(Fit, RamEndsWhereTheBoardsDoes) {
  if (!can_build("nano33ble")) THIMBLE_SKIP_FOR_WANT_OF("arm-none-eabi-gcc is not installed");
  EXPECT_EQ(refusal(large_model(261000, 128), "nano33ble"), "fits");
  EXPECT_THAT(refusal(large_model(262140, 128), "nano33ble"), ::testing::HasSubstr("RAM    needs 262,"));
  EXPECT_THAT(refusal(large_model(300000, 128), "nano33ble"), ::testing::HasSubstr("arena 300,000 + state 4 + stack "));
  EXPECT_EQ(refusal(large_model(300000, 128), "l4r5"), "fits") << "the same machine emulates it, but this board has more";
}

TEST(Fit, FlashEndsWhereTheBoardsDoes) {
  if (!can_build("nano33ble")) THIMBLE_SKIP_FOR_WANT_OF("arm-none-eabi-gcc is not installed");
  EXPECT_EQ(refusal(large_model(32, 1040000), "nano33ble"), "fits");
  EXPECT_THAT(refusal(large_model(32, 1048576), "nano33ble"), ::testing::HasSubstr("constants 1,048,576"));
}

TEST(Fit, AnUnoSaysNoBeforeItsCompilerDoes) {
  EXPECT_THAT(
      refusal(large_model(100000, 128), "uno"),
      can_build("uno")
          ? ::testing::HasSubstr("RAM    needs 100,004 B (arena 100,000 + state 4, without stack), the board has 2,048: 97,956 too many")
          : ::testing::HasSubstr("is not installed"));
}

}  // namespace
}  // namespace thimble::testing
