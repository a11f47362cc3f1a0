/// Graphs of independent layers, run on an emulated board and compared with the interpreter bit for bit.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/interpreter.h"
#include "kernels/kernel.h"
#include "random_layers/random_layers.h"
#include "targets/board.h"

namespace thimble::testing {

/// Inputs that find faults: random contents, both ends of the range at random, and each end everywhere; random floats in [-1, 1).
std::vector<std::vector<Buffer>> searching_records(const Graph& graph);

/// How many nodes the board runs by kernels whose name ends so.
int nodes_on_kernels(const Graph& graph, const Board& board, std::string_view suffix, Optimize optimize = Optimize::Balanced);

/// What firmware of this graph answers, record by record: all outputs one after the other.
std::vector<std::vector<std::byte>> outputs_on(const Graph& graph, const Board& board, const std::vector<std::vector<Buffer>>& records,
                                               Optimize optimize = Optimize::Balanced);

/// Compares every output of every record and tells the layers that differ; skips where the board's tools are missing.
void expect_equal_on(const Graph& graph, const Board& board, const std::vector<std::vector<Buffer>>& records, double tolerance = 0,
                     Optimize optimize = Optimize::Balanced);

/// A family of layers, and how many of a hundred the core's own kernels must take of those that the first seed draws (so that the test
/// cannot pass on others).
struct Family {
  const char* name;
  void (RandomLayers::*add)();
  int layers, least_on_kernels;
};
void PrintTo(const Family& family, std::ostream* out);

/// Random layers of the family on the board: once, or for as many seeds as THIMBLE_SEEDS says.
void expect_family_equal_on(const Family& family, const Board& board, std::string_view suffix, Optimize optimize = Optimize::Balanced,
                            double tolerance = 0);

/// Calls `check` with random layers of the family, once or for as many seeds as THIMBLE_SEEDS says, until the test is skipped.
void for_each_seed(const Family& family, const std::function<void(const Graph&)>& check);

}  // namespace thimble::testing
