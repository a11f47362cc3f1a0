#include <gmock/gmock.h>

#include "deploy/counts.h"
#include "deploy/disassembly.h"
#include "deploy/fit.h"
#include "deploy/plugin/flash.h"
#include "deploy/stack.h"
#include "deploy/timing.h"
#include "deploy/toolchain.h"

namespace thimble {
namespace {

constexpr std::string_view kArm = R"(
firmware.elf:     file format elf32-littlearm

Disassembly of section .model_code:

00000100 <outer>:
     100:	b570      	push	{r4, r5, r6, lr}
     102:	f000 f805 	bl	110 <inner>
     106:	6804      	ldr	r4, [r0, #0]
     108:	6845      	ldr	r5, [r0, #4]
     10a:	d1fc      	bne.n	106 <outer+0x6>
     10c:	bd70      	pop	{r4, r5, r6, pc}

00000110 <inner>:
     110:	b082      	sub	sp, #8
     112:	b002      	add	sp, #8
     114:	4770      	bx	lr
)";

constexpr std::string_view kX86 = R"(
0000000000001129 <f>:
    1129:	55                   	push   %rbp
    112a:	e8 00 00 00 00       	call   1130 <g>
0000000000001130 <g>:
    1130:	48 83 ec 18          	sub    $0x18,%rsp
    1134:	c3                   	ret
)";

constexpr std::string_view kRiscv = R"(
80000000 <body>:
80000000:	1141                	add	sp,sp,-16
80000002:	9702                	jalr	a4
80000004:	0141                	add	sp,sp,16
80000006:	8082                	ret
80000008 <thimble_tile>:
80000008:	715d                	add	sp,sp,-80
8000000a:	8782                	jr	a5
)";

TEST(Disassembly, ReadsArm) {
  const Disassembly code = Disassembly::parse(kArm);
  ASSERT_EQ(code.functions().size(), 2u);
  EXPECT_EQ(code.functions()[0].count, 6u);
  const auto block = code.block(0x106, 3);
  ASSERT_EQ(block.size(), 3u);
  EXPECT_EQ(block[0].mnemonic, "ldr");
  EXPECT_EQ(block[0].operands, "r4, [r0, #0]");
  EXPECT_EQ(block[2].mnemonic, "bne");
  EXPECT_EQ(block[2].target, "outer+0x6");
  EXPECT_EQ(code.block(0x102, 1)[0].size, 4);
  EXPECT_TRUE(code.block(0x103, 1).empty());
  EXPECT_TRUE(code.block(0x112, 3).empty());
}

TEST(Disassembly, ReadsX86) {
  const Disassembly code = Disassembly::parse(kX86);
  EXPECT_EQ(code.block(0x112a, 1)[0].mnemonic, "call");
  EXPECT_EQ(code.block(0x112a, 1)[0].target, "g");
}

TEST(Stack, AddsTheDeepestCall) {
  const Disassembly code = Disassembly::parse(kArm);
  EXPECT_EQ(worst_stack(code, {}, "inner", 0), 8);
  EXPECT_EQ(worst_stack(code, {}, "outer", 0), 24);
  EXPECT_EQ(worst_stack(code, {{"outer", 100}}, "outer", 0), 108) << "the compiler knows better than the instructions";
  EXPECT_EQ(worst_stack(Disassembly::parse(kX86), {}, "f", 8), 8 + 8 + 8 + 24);
  EXPECT_EQ(worst_stack(Disassembly::parse(kRiscv), {{"body", 16}}, "body", 0), 16 + 80) << "a call of a loop by pointer";
}

TEST(Stack, ReadsTheCompilersFile) {
  const auto frames = parse_stack_usage("kws.c:12:6:thimble_kws_run\t24\tstatic\nkws.c:3:1:body\t4096\tdynamic,bounded\n");
  EXPECT_EQ(frames.at("thimble_kws_run"), 24);
  EXPECT_EQ(frames.at("body"), 4096);
}

TEST(Timing, CortexM4FollowsItsManual) {
  const Disassembly code = Disassembly::parse(kArm);
  const TimingTable* m4 = timing_for("cortex-m4");
  ASSERT_NE(m4, nullptr);
  EXPECT_EQ(m4->cycles(code.block(0x100, 1)).straight, 5) << "push of four: 1 + 4";
  const BlockCycles loop = m4->cycles(code.block(0x106, 3));
  EXPECT_EQ(loop.straight, 2 + 1 + 1) << "the second load is pipelined";
  EXPECT_EQ(loop.taken, 2);
  EXPECT_EQ(timing_for("cortex-m0plus")->cycles(code.block(0x106, 3)).straight, 2 + 2 + 1);
  EXPECT_EQ(timing_for("host"), nullptr);
}

TEST(Toolchain, TellsWhatTheProcessorLacks) {
  const Isa plain = board_named("x86_64").isa;
  try {
    require_processor(board_named("x86_64_avx2"), plain);
    FAIL() << "took it";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::Environment);
    EXPECT_STREQ(error.what(), "the board 'x86_64_avx2' needs a processor with fpu x86 avx2 mul64, and this machine's has fpu x86 mul64");
    EXPECT_EQ(error.hint, "run it on a machine that has one, or choose --board host");
  }
  require_processor(board_named("x86_64_avx2"), board_named("x86_64_avx512").isa);
  require_processor(board_named("nano33ble"), plain);
}

TEST(Counts, BooksBlocksToLayersAndFunctions) {
  RunResult result;
  read_counts("0 106 3 10 9 0\n-1 110 3 1 1 0\n", board_named("nano33ble"), Disassembly::parse(kArm), 1, result);
  EXPECT_EQ(result.instructions, 33u);
  EXPECT_EQ(result.layers[0].instructions, 30u);
  EXPECT_EQ(result.layers[0].cycles, 10 * 4 + 9 * 2);
  ASSERT_EQ(result.functions.size(), 2u);
  EXPECT_EQ(result.functions[0].name, "outer");
  EXPECT_EQ(result.functions[1].instructions, 3u);
}

TEST(Counts, AddWhatTheFlashWaited) {
  RunResult result;
  read_counts("0 106 3 10 9 7\n", board_named("nano33ble"), Disassembly::parse(kArm), 1, result);
  EXPECT_EQ(result.instructions, 30u);
  EXPECT_EQ(result.layers[0].cycles, 10 * 4 + 9 * 2 + 7);
  EXPECT_EQ(result.cycles, result.layers[0].cycles);
}

Flash flash_waiting(uint64_t wait_states) {
  Flash flash{};
  flash.end = 1 << 20;
  flash.wait_states = wait_states;
  return flash;
}

TEST(Flash, IsWaitedForOnceByLoopsThatFitItsCache) {
  Flash flash = flash_waiting(5);
  EXPECT_EQ(flash_fetch(&flash, 0x1000, 0x1400), 5u + 127 * 3);
  EXPECT_EQ(flash_fetch(&flash, 0x1000, 0x1400), 0u);
  EXPECT_EQ(flash_fetch(&flash, 0x1008, 0x100a), 0u);
  EXPECT_EQ(flash_fetch(&flash, 1 << 20, (1 << 20) + 64), 0u) << "it is no flash";
}

/// Of a loop one line longer than the cache, the line that comes next is always the one that has just made way.
TEST(Flash, IsWaitedForEveryTimeByLongerLoops) {
  Flash flash = flash_waiting(5);
  const uint64_t once = flash_fetch(&flash, 0x1000, 0x1420);
  EXPECT_EQ(once, 5u + 131 * 3);
  EXPECT_EQ(flash_fetch(&flash, 0x1000, 0x1420), once);
}

TEST(Flash, KeepsLittleData) {
  Flash flash = flash_waiting(5);
  EXPECT_EQ(flash_load(&flash, 0x2000, 0x2004), 5u);
  EXPECT_EQ(flash_load(&flash, 0x2004, 0x2008), 0u);
  EXPECT_EQ(flash_load(&flash, 0x2006, 0x200a), 5u) << "the second word";
  for (uint64_t address = 0x3000; address < 0x3100; address += 8) EXPECT_EQ(flash_load(&flash, address, address + 8), 5u);
  EXPECT_EQ(flash_load(&flash, 0x30f8, 0x3100), 0u);
  EXPECT_EQ(flash_load(&flash, 0x2000, 0x2004), 5u) << "it made way";
  EXPECT_EQ(flash_fetch(&flash, 0x3000, 0x3002), 5u) << "code has a cache of its own";
}

TEST(Flash, HasTheCacheThatBoardsTell) {
  for (const Board* board : all_boards())
    EXPECT_EQ(board->code_cache, board->flash_waits > 0 ? int64_t{FLASH_CODE_LINES} * FLASH_LINE * FLASH_WORD : 0) << board->name;
}

TEST(Flash, IsAheadOfStraightCodeWhereItIsQuick) {
  Flash flash = flash_waiting(2);
  EXPECT_EQ(flash_fetch(&flash, 0x1000, 0x1020), 2u);
}

Compiled model_of(int64_t arena, int64_t constants) {
  Compiled model;
  model.name = "kws";
  model.arena_bytes = arena;
  model.constant_bytes = constants;
  Layer layer;
  layer.name = "first";
  layer.op = "conv2d";
  layer.ram_live = arena;
  layer.constant_bytes = constants;
  model.layers = {layer};
  return model;
}

TEST(Fit, TellsTheNumbersAndTheWaysOut) {
  FirmwareSizes sizes;
  sizes.code = 4000;
  sizes.constants = 30000;
  sizes.arena = 300000;
  sizes.stack = 200;
  sizes.support_flash = 600;
  sizes.support_ram = 16;
  try {
    refuse_if_too_large(model_of(300000, 30000), board_named("nano33ble"), sizes, 3000);
    FAIL() << "a model of 300,000 B fits 262,144?";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "'kws' does not fit the board 'nano33ble'\n"
              "  flash  needs 34,600 B (code 4,000 + constants 30,000 + start-up and harness 600), the board has 1,048,576: fits\n"
              "  RAM    needs 300,216 B (arena 300,000 + state 0 + stack 200 + harness 16), the board has 262,144: 38,072 too many");
    EXPECT_EQ(error.hint,
              "the cheapest ways out:\n"
              "  - --board f746disco (1,048,576 B of flash, 327,680 B of RAM) has room\n"
              "  - a smaller model: the arena peaks at 'first' (conv2d) with 300,000 B and may have 261,928 B\n"
              "  - --board esp32c3 (4,194,304 B of flash, 409,600 B of RAM) has room");
    EXPECT_EQ(error.blame, Blame::User);
  }
}

TEST(Fit, SuggestsSmallCodeOnlyWhereItHelps) {
  FirmwareSizes sizes;
  sizes.code = 20000;
  sizes.constants = 15000;
  sizes.arena = 100;
  try {
    refuse_if_too_large(model_of(100, 15000), board_named("uno"), sizes, 12000);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.hint, ::testing::HasSubstr("- --optimize flash: the code shrinks from 20,000 to 12,000 B"));
  }
  try {
    refuse_if_too_large(model_of(100, 15000), board_named("uno"), sizes, 19000);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.hint, ::testing::Not(::testing::HasSubstr("--optimize")));
  }
}

TEST(Fit, LetsPassWhatFits) { EXPECT_NO_THROW(refuse_if_data_alone_is_too_large(model_of(1000, 10000), board_named("uno"))); }

TEST(Energy, IsPowerTimesTime) {
  EXPECT_DOUBLE_EQ(*energy_uj(64e6, board_named("nano33ble")), 9.9e3);
  EXPECT_FALSE(energy_uj(1e6, board_named("host")).has_value());
}

std::string fault_of(const std::vector<std::string>& command, std::chrono::milliseconds limit) {
  try {
    must_compile(command, {}, "the C generated for 'kws'", limit);
  } catch (const Error& error) {
    return std::string(error.what()) + (error.blame == Blame::Environment ? " | " + error.hint : "");
  }
  return "none";
}

TEST(Compilers, ThatRefuseOrTakeTooLongAreToldApart) {
  EXPECT_EQ(fault_of({"sh", "-c", "true"}, std::chrono::seconds(60)), "none");
  EXPECT_EQ(fault_of({"sh", "-c", "echo no such file; exit 1"}, std::chrono::seconds(60)),
            "the C generated for 'kws' does not compile:\nno such file\n");
  EXPECT_EQ(fault_of({"sh", "-c", "sleep 9"}, std::chrono::milliseconds(10)),
            "'sh' was not done with the C generated for 'kws' in 10ms | this machine is busy or small: try again when it is idle, or with "
            "--optimize flash");
}

}  // namespace
}  // namespace thimble
