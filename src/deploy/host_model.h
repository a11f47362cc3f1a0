/// A graph as compiled C on this machine, for thousands of examples in one go: what training and evaluation mean by "the model".
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/progress.h"
#include "ir/graph.h"

namespace thimble {

class HostModel {
 public:
  /// Compiles `graph` (a network, or signal blocks and a network) for the board `host` and loads the result. Floats are what goes in and
  /// what comes out: integer inputs and outputs are quantised and dequantised as the exported header does it.
  HostModel(const Graph& graph, Progress& progress);

  int64_t input_elements() const { return input_elements_; }
  int64_t output_elements() const { return output_elements_; }

  /// The outputs of every example, one after the other. An example is the elements of all graph inputs; each one starts from the state's
  /// beginning, and which of them share a core changes nothing.
  std::vector<float> run(std::span<const float> examples, Progress& progress) const;

 private:
  using Runner = int (*)(void* memory, const float* in, float* out, int64_t count);
  std::shared_ptr<void> library_;
  Runner run_ = nullptr;
  int64_t memory_bytes_ = 0, input_elements_ = 0, output_elements_ = 0;
};

}  // namespace thimble
