/// Our layers beside CMSIS-NN's operators of the same model on the Cortex-M4.
#pragma once

#include <string>
#include <vector>

#include "bench/figures.h"

namespace thimble::bench {

/// The board that the peers' layers were counted for, and the models.
constexpr std::string_view kLayersOn = "nano33ble";
std::vector<std::string> models_with_peer_layers();

/// One row per layer of ours, `figures`: instructions, cycles, macs and cmsis_nn, the instructions of what it replaces. A layer is held to
/// the operator of the same name; an operator that no layer of ours is named after (a pass merged it or proved it needless) counts
/// with the next one that has a counterpart, a reshape with none. Empty where the peers have no figures.
std::vector<Row> layer_rows(const Figures& figures);

/// Rows of layers as a table of one model; `slower` counts those above CMSIS-NN.
struct LayerGrid {
  Grid grid;
  int slower = 0;
};
LayerGrid layer_grid(std::string_view model, const std::vector<Row>& rows);

}  // namespace thimble::bench
