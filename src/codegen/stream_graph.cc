#include "codegen/stream_graph.h"

#include <algorithm>

namespace thimble {

StreamGraph fed_by_samples(Graph graph, const Stream& stream) {
  require(graph.inputs.size() == 1 && graph.type(graph.inputs[0]).dtype == DType::F32 && graph.type(graph.inputs[0]).rank() > 0,
          "a stream needs one input, floats [samples, axes]");
  Value& input = graph.value(graph.inputs[0]);
  StreamGraph made;
  made.window = made.length = input.type.shape[0];
  made.axes = input.type.elements() / made.window;
  made.stride = stream.stride;
  input.state = true;
  made.graph = std::move(graph);
  return made;
}

}  // namespace thimble
