#include <gtest/gtest.h>

#include "deploy/timing.h"
#include "deploy/timing_helium.h"

namespace thimble {
namespace {

/// A block of instructions written "mnemonic operands".
std::vector<Instruction> block(std::initializer_list<std::string> lines) {
  std::vector<Instruction> made;
  for (const std::string& line : lines) {
    Instruction one;
    one.mnemonic = line.substr(0, line.find(' '));
    one.operands = line.size() > one.mnemonic.size() ? line.substr(one.mnemonic.size() + 1) : "";
    made.push_back(one);
  }
  return made;
}

double stalls(std::initializer_list<std::string> lines) { return vector_stalls(block(lines)); }

TEST(VectorStalls, OnePipeTakesTwoCyclesAndPipesOverlap) {
  EXPECT_EQ(stalls({"vldrb.u8 q0, [r3]", "vadd.i32 q1, q2, q3", "vmul.i32 q4, q5, q6", "vstrw.32 q7, [r1]"}), 0);
  EXPECT_EQ(stalls({"vldrb.u8 q0, [r3]", "vldrb.u8 q1, [r5]"}), 1);
  EXPECT_EQ(stalls({"vmladava.s8 r0, q2, q0", "vmladava.s8 r8, q2, q1"}), 1);
  EXPECT_EQ(stalls({"vmladava.s8 r0, q2, q0", "vldrb.u8 q3, [r1], #16", "vmladava.s8 r8, q2, q1"}), 0);
  EXPECT_EQ(stalls({"vldrb.u8 q0, [r3]", "adds r0, #1", "vldrb.u8 q1, [r5]"}), 0) << "a scalar instruction fills the second cycle";
}

TEST(VectorStalls, ResultsComeLate) {
  EXPECT_EQ(stalls({"vadd.i32 q0, q1, q2", "vmul.i32 q3, q0, q0"}), 0);
  EXPECT_EQ(stalls({"vqrdmulh.s32 q0, q0, q1", "vadd.i32 q0, q0, r2"}), 1);
  EXPECT_EQ(stalls({"vqrshrnb.s32 q0, q1, #5", "vstrb.16 q0, [r7]"}), 2);
  EXPECT_EQ(stalls({"vmladava.s8 r0, q2, q0", "vmov q0[2], q0[0], r0, r4"}), 1);
  EXPECT_EQ(stalls({"vmladav.s8 r0, q2, q0", "nop", "vmladava.s8 r0, q2, q1"}), 0);
}

TEST(VectorStalls, VectorsOfAddressesMustBeThereEarly) {
  EXPECT_EQ(stalls({"vldrw.u32 q5, [sp]", "vldrw.u32 q0, [q5, #64]!"}), 4);
  EXPECT_EQ(stalls({"vldrw.u32 q0, [q5, #64]!", "vldrw.u32 q1, [q5, #64]!"}), 4);
  EXPECT_EQ(stalls({"vldrw.u32 q0, [q5, #64]", "vldrw.u32 q1, [q5, #128]"}), 1);
}

TEST(VectorStalls, AreAddedToTheCyclesOfAHeliumCoreOnly) {
  const auto loads = block({"vldrb.u8 q0, [r3]", "vldrb.u8 q1, [r5]"});
  EXPECT_EQ(timing_for("cortex-m55")->cycles(loads).straight, 3);
  EXPECT_EQ(stalls({"ldr r0, [r1]", "ldr r2, [r1, #4]", "bne 0"}), 0);
}

}  // namespace
}  // namespace thimble
