#include "bench/layers.h"

#include <gmock/gmock.h>

namespace thimble::bench {
namespace {

Figures hello(std::vector<LayerFigures> layers) {
  Figures figures;
  figures.job = {"micro_speech_int8", "", "nano33ble", Optimize::Balanced};
  figures.imported = {"shape", "conv", "dense", "probabilities"};
  figures.layers = std::move(layers);
  return figures;
}

LayerFigures layer(const char* name, int64_t instructions) {
  return {.name = name, .op = "op", .kernel = "kernel", .in = {}, .out = {1, 4}, .macs = 0, .instructions = instructions, .cycles = 0};
}

TEST(Layers, AreHeldToTheOperatorOfTheSameName) {
  const std::vector<Row> rows = layer_rows(hello({layer("conv", 1'000'000), layer("dense", 30'656), layer("probabilities", 1)}));
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].figures.at("cmsis_nn"), 1'460'696);  // the reshape before it is not counted
  EXPECT_EQ(rows[1].figures.at("cmsis_nn"), 30'655);
  const LayerGrid grid = layer_grid("micro_speech_int8", rows);
  EXPECT_EQ(grid.slower, 1);
  EXPECT_EQ(grid.grid.rows[1].back(), "1.00 SLOWER");
}

TEST(Layers, WhatAPassMergedCountsWithTheNext) {
  const std::vector<Row> rows = layer_rows(hello({layer("dense", 1'000'000), layer("probabilities", 1)}));
  EXPECT_EQ(rows[0].figures.at("cmsis_nn"), 1'460'696 + 30'655);
  EXPECT_EQ(layer_grid("micro_speech_int8", rows).slower, 0);
}

TEST(Layers, OfOtherBoardsAreHeldToNothing) {
  Figures figures = hello({layer("conv", 1)});
  figures.job.board = "pico";
  EXPECT_THAT(layer_rows(figures), ::testing::IsEmpty());
}

}  // namespace
}  // namespace thimble::bench
