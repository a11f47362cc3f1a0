/// Latency on this machine beside other engines, measured in one process by turns: only the ratios mean something.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/progress.h"
#include "bench/figures.h"

namespace thimble::bench {

/// Microseconds per inference; nothing where an engine is not here or has not got the model.
struct HostTimes {
  std::string model;
  double ours = 0;
  std::optional<double> litert, onnxruntime;
};

/// How the driver, bench/host_latency.py, is run.
struct HostRequest {
  std::string board = "host", onnx;
  std::vector<std::string> models;
  double seconds = 2;
};

/// The python that has the peers: $THIMBLE_PEER_PYTHON, or that of build/peers.
std::string peer_python();
/// Why nobody can be compared with, and what to do; nothing where the python can import LiteRT.
std::optional<std::string> peers_absent(const std::string& python);

/// Compiles each model for the board, loads it beside the engines and takes times.
std::vector<HostTimes> measure_host(const HostRequest& request, const std::string& python, Progress& progress);

/// The driver's answer: one JSON object in each line.
std::vector<HostTimes> read_host_times(std::string_view lines);
/// Nobody's time is below ours.
bool fastest(const HostTimes& times);
Grid host_grid(const std::vector<HostTimes>& times);

}  // namespace thimble::bench
