#include "steps/block_graph.h"

#include <fmt/format.h>

#include <algorithm>

#include "steps/step.h"

namespace thimble {

std::vector<FieldInfo> block_fields() {
  std::vector<FieldInfo> all;
  std::vector<std::string> owners;
  for (const Block* block : all_blocks())
    for (const FieldInfo& field : block->op.attrs.fields()) {
      const auto known = std::find_if(all.begin(), all.end(), [&](const FieldInfo& f) { return f.name == field.name; });
      if (known != all.end()) {
        owners[static_cast<size_t>(known - all.begin())] += fmt::format(", {}", block->op.name);
        continue;
      }
      all.push_back({field.name, field.help, std::string(), {}});
      owners.emplace_back(block->op.name);
    }
  for (size_t i = 0; i < all.size(); ++i) all[i].help = fmt::format("({}) {}", owners[i], all[i].help);
  return all;
}

Attrs block_attrs(const Block& block, const std::map<std::string, std::string, std::less<>>& given) {
  AttrBag bag;
  const std::vector<FieldInfo> fields = block.op.attrs.fields();
  std::vector<std::string> known;
  for (const FieldInfo& field : fields) known.push_back(field.name);
  for (const auto& [name, text] : given) {
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const FieldInfo& f) { return f.name == name; });
    if (field == fields.end())
      throw Error(Blame::User, fmt::format("block '{}' has no parameter '{}'{}", block.op.name, name, suggest(name, known)),
                  fmt::format("`thimble blocks {}` lists its parameters", block.op.name));
    bag[name] = parse_field(flag_of(name), text, field->value);
    check_field(flag_of(name), bag[name], field->rule);
  }
  return block.op.attrs.with(bag);
}

Graph block_graph(const Block& block, const TensorType& input, const Attrs& attrs) {
  Graph graph{.name = std::string(block.op.name)};
  const ValueId samples = graph.add_input("samples", input);
  graph.outputs = {graph.add_node(block.op, "features", {samples}, attrs)};
  return graph;
}

Graph example_graph(const Block& block) {
  return block_graph(block, example_of(block), block.example_attrs ? block.example_attrs() : block.op.attrs);
}

}  // namespace thimble
