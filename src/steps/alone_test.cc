#include <gtest/gtest.h>

#include "fit/one_layer.h"
#include "ir/interpreter.h"
#include "steps/ds_cnn.h"
#include "steps/records.h"

namespace thimble {
namespace {

TEST(OneLayer, ALayerDoesWhatItDoesInTheModel) {
  const Graph graph = make_ds_cnn();
  EXPECT_EQ(shape_text(graph.nodes[1], graph),
            "dwconv2d(i8 1x25x5x64, const i8 1x3x3x64, const i32 64) -> i8 1x25x5x64 {activation=relu padding=same}");
  Interpreter interpreter(graph);
  std::vector<Buffer> before = split(random_records(input_types(graph), Texture::Uniform, 1, 1)[0], input_types(graph));
  size_t seen = 0;
  const std::vector<Buffer> input = before;
  interpreter.run(input, [&](size_t n, Outputs out) {
    const Graph layer = alone(graph, graph.nodes[n]);
    const std::vector<Buffer> by_itself = Interpreter(layer).run(before);
    before = {Buffer(out[0].data, out[0].data + out[0].type->bytes())};
    EXPECT_EQ(by_itself, before) << graph.nodes[n].name;
    ++seen;
  });
  EXPECT_EQ(seen, graph.nodes.size());
}

}  // namespace
}  // namespace thimble
