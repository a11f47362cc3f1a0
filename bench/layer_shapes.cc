#include "bench/layer_shapes.h"

#include <algorithm>

#include "bench/networks.h"
#include "cases/op_case.h"

namespace thimble::bench {
namespace {

using Build = ValueId (*)(Layers&);

struct Recipe {
  std::string_view name;
  Build build;
};

constexpr Recipe kRecipes[] = {
    {"conv_3x3",
     [](Layers& l) {
       return l.conv(l.input({1, 8, 8, 16}), 16, 3);
     }},
    {"conv_3x3_odd",
     [](Layers& l) {
       return l.conv(l.input({1, 9, 9, 3}), 7, 3, 2);
     }},
    {"conv_1x1",
     [](Layers& l) {
       return l.conv(l.input({1, 8, 8, 32}), 32, 1);
     }},
    {"depthwise_3x3",
     [](Layers& l) {
       return l.depthwise(l.input({1, 8, 8, 32}), 3);
     }},
    {"depthwise_3x3_odd",
     [](Layers& l) {
       return l.depthwise(l.input({1, 9, 9, 7}), 3, 2);
     }},
    {"depthwise_5x5",
     [](Layers& l) {
       return l.depthwise(l.input({1, 8, 8, 16}), 5);
     }},
    {"dense",
     [](Layers& l) {
       return l.dense(l.input({1, 128}), 32);
     }},
    {"dense_odd",
     [](Layers& l) {
       return l.dense(l.input({1, 37}), 11);
     }},
    {"add",
     [](Layers& l) {
       const ValueId x = l.input({1, 8, 8, 16});
       return l.add(x, l.input({1, 8, 8, 16}));
     }},
    {"average",
     [](Layers& l) {
       return l.average(l.input({1, 8, 8, 32}));
     }},
    {"softmax",
     [](Layers& l) {
       return l.softmax(l.input({1, 16}));
     }},
};

std::vector<Buffer> contents_for(const Graph& graph) {
  std::vector<Buffer> inputs;
  for (const ValueId id : graph.inputs)
    inputs.push_back(thimble::testing::random_contents(graph.type(id), static_cast<uint32_t>(inputs.size()) + 1));
  return inputs;
}

/// The same layer with real numbers: shapes and attributes are kept, constants become random floats.
Graph in_floats(Graph graph) {
  for (Value& value : graph.values) {
    value.type.dtype = DType::F32;
    value.type.quant = {};
    if (!value.data) continue;
    const Buffer bytes = thimble::testing::random_contents(value.type, 7, 0.5);
    value.data = bytes_from(std::span<const std::byte>(bytes));
  }
  return graph;
}

LayerShape shape_of(std::string name, Graph graph) {
  LayerShape shape{std::move(name), std::move(graph), {}};
  shape.inputs = contents_for(shape.graph);
  return shape;
}

/// Cases of one node; whether their inputs are given or random is theirs to say.
const std::vector<LayerShape>& case_shapes() {
  static const std::vector<LayerShape> kAll = [] {
    std::vector<LayerShape> all;
    for (thimble::testing::OpCase& one : thimble::testing::all_cases()) {
      if (one.graph.nodes.size() != 1) continue;
      LayerShape shape = shape_of(one.name, std::move(one.graph));
      if (!one.inputs.empty()) shape.inputs = std::move(one.inputs[0]);
      all.push_back(std::move(shape));
    }
    return all;
  }();
  return kAll;
}

bool runs(const Kernel& kernel, const LayerShape& shape) {
  const Node& node = shape.node();
  return node.op->name == kernel.op && !(kernel.refuses && kernel.refuses(node, shape.graph));
}

int64_t output_bytes(const LayerShape& shape) { return shape.graph.type(shape.graph.outputs[0]).bytes(); }

}  // namespace

const std::vector<LayerShape>& layer_shapes() {
  static const std::vector<LayerShape> kAll = [] {
    std::vector<LayerShape> all;
    for (const Recipe& recipe : kRecipes) {
      Layers layers{std::string(recipe.name)};
      layers.graph.outputs = {recipe.build(layers)};
      all.push_back(shape_of(std::string(recipe.name), layers.graph));
      all.push_back(shape_of(std::string(recipe.name) + "_f32", in_floats(std::move(layers.graph))));
    }
    return all;
  }();
  return kAll;
}

std::vector<const LayerShape*> shapes_for(const Kernel& kernel) {
  std::vector<const LayerShape*> shapes;
  if (kernel.alias) return shapes;
  for (const LayerShape& shape : layer_shapes())
    if (runs(kernel, shape)) shapes.push_back(&shape);
  if (!shapes.empty()) return shapes;
  const LayerShape* largest = nullptr;
  for (const LayerShape& shape : case_shapes())
    if (runs(kernel, shape) && (!largest || output_bytes(shape) > output_bytes(*largest))) largest = &shape;
  if (largest) shapes.push_back(largest);
  return shapes;
}

}  // namespace thimble::bench
