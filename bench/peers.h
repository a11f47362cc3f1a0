/// What others need for the same models: figures of bench/peers.json and bench/peer_layers.json, whose sources they name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"

namespace thimble::bench {

/// TensorFlow Lite Micro with one set of kernels at one compiler level.
struct PeerBuild {
  std::string core, model, kernels, level, registered;
  std::optional<int64_t> instructions, cycles;
  int64_t ram = 0, code = 0, constants = 0;
};

/// A published result on a real chip.
struct PeerSilicon {
  std::string core, model, who, where;
  double mhz = 0, ms = 0;
  double cycles() const { return mhz * ms * 1e3; }
};

struct PeerLayer {
  std::string model, op, weights;  ///< op: "CONV", "DW", "FC", ...
  Shape in, out;
  int64_t macs = 0, reference = 0, cmsis_nn = 0;
};

struct Peers {
  std::vector<PeerBuild> builds;
  std::vector<PeerSilicon> silicon;
  std::string builds_source, silicon_source;

  /// The CMSIS-NN build with the fewest instructions; null where nobody measured it.
  const PeerBuild* fastest(std::string_view core, std::string_view model) const;
  /// The build of any kernels with the least RAM; with the least code.
  const PeerBuild* least_ram(std::string_view core, std::string_view model) const;
  const PeerBuild* least_code(std::string_view core, std::string_view model) const;
  /// The published result with the fewest cycles.
  const PeerSilicon* best_silicon(std::string_view core, std::string_view model) const;
};

const Peers& peers();
const std::vector<PeerLayer>& peer_layers();

}  // namespace thimble::bench
