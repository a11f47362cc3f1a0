/// TensorFlow Lite files in and out. The only folder that knows their layout; no op is known here.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "formats/faults.h"
#include "ir/foreign.h"

namespace thimble {

/// True when the bytes carry the file identifier of TFLite ("TFL3").
bool looks_like_tflite(std::span<const std::byte> file);

/// The first subgraph of a .tflite file, whatever bytes it is given. Damage throws a User error at once; tensors and options that
/// Thimble cannot hold are added to `faults` (such a tensor stands in the graph as bytes), so that ops can be judged as well.
ForeignGraph read_tflite(std::span<const std::byte> file, std::string name, Faults& faults);
/// The same, but faults are thrown.
ForeignGraph read_tflite(std::span<const std::byte> file, std::string name);

/// A file that TFLite itself accepts. Tensors that share their bytes share a buffer.
std::vector<std::byte> write_tflite(const ForeignGraph& graph);

}  // namespace thimble
