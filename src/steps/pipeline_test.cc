#include "steps/pipeline.h"

#include <gtest/gtest.h>

#include "ops/conv2d.h"
#include "ops/ops.h"

namespace thimble {
namespace {

std::string message_of(auto&& body) {
  try {
    body();
  } catch (const Error& error) {
    return std::string(error.what()) + "\n" + error.hint;
  }
  return "no error";
}

TEST(RamLimit, IsBytesOrKilobytes) {
  EXPECT_EQ(ram_limit_of(""), 0);
  EXPECT_EQ(ram_limit_of("20000"), 20000);
  EXPECT_EQ(ram_limit_of("32k"), 32768);
  EXPECT_EQ(ram_limit_of("1K"), 1024);
  EXPECT_EQ(ram_limit_of("32kB"), 32768);
  EXPECT_EQ(ram_limit_of("1M"), 1048576);
  EXPECT_EQ(ram_limit_of("2MB"), 2097152);
}

TEST(RamLimit, RefusesWhatIsNoSize) {
  for (const std::string text : {"32 kB", "k", "-1", "0", "9999999999999999999", "3.5k", "1G", "1m", "8B", "1kk"})
    EXPECT_EQ(message_of([&] { ram_limit_of(text); }),
              "--ram cannot be '" + text + "'\nwrite bytes, k for 1,024 of them or M for 1,024 k: 32768, 32k or 1M");
}

/// 64 pixels of 4 channels, to 16 channels.
Graph small() {
  Graph graph;
  graph.name = "small";
  const ValueId x = graph.add_input("x", {DType::I8, {1, 8, 8, 4}, per_tensor(0.05F, 3)});
  const ValueId w = graph.add_constant<int8_t>("w", {16, 1, 1, 4}, std::vector<int8_t>(64, 3), per_tensor(0.01F, 0));
  graph.outputs = {add_node(graph, "conv2d", "c", {x, w}, Conv2dAttrs{}, {per_tensor(0.2F, 1)})};
  return graph;
}

TEST(RamLimit, TellsWhatItTakesAtLeast) {
  ModelOnBoard request;
  request.board = "nano33ble";
  request.no_tuned = true;
  const Board& board = board_named(request.board);
  EXPECT_GT(compile_for(board, small(), request, false).arena_bytes, 1027);
  request.ram = "1027";
  EXPECT_EQ(compile_for(board, small(), request, false).arena_bytes, 1027);  // the output, and three bytes that it is ahead of the input
  request.ram = "1026";
  EXPECT_EQ(message_of([&] { compile_for(board, small(), request, false); }),
            "'small' takes 1,027 bytes of RAM on nano33ble (arena and state), more than the 1,026 that --ram allows\n"
            "strips and the kernels that need least are in that already; allow more, or make its largest layers smaller");
}

}  // namespace
}  // namespace thimble
