#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "base/table.h"
#include "kernels/kernel.h"
#include "steps/block_graph.h"
#include "steps/step.h"

namespace thimble {
namespace {

struct BlocksRequest {
  std::string block, board = "nano33ble";
  bool markdown = false;
  template <class V>
  void fields(V&& v) {
    v("block", block, "only this one, with its parameters");
    v("board", board, "the board that the estimate of time is for");
    v("markdown", markdown, "the reference in docs/manual/blocks.md: every block with its parameters");
  }
};

/// What a block takes and gives over its example window.
struct Costs {
  Shape input, output;
  double milliseconds = 0, cycles = 0;
  int64_t scratch = 0, constants = 0;
  bool framed = false;
};

Costs costs_of(const Block& block, const Board& board) {
  const Graph graph = example_graph(block);
  const Node& node = graph.nodes[0];
  Costs costs{.input = example_of(block).shape, .output = graph.type(node.out[0]).shape};
  costs.cycles = consider(node, graph, board).front().cycles;
  costs.milliseconds = board.clock_hz > 0 ? 1e3 * costs.cycles / board.clock_hz : 0;
  costs.scratch = block.scratch ? block.scratch(node, graph) : 0;
  const KernelCall call = block.lower(node, graph);
  for (const Argument& argument : call.arguments())
    if (const auto* constant = std::get_if<Constant>(&argument)) costs.constants += static_cast<int64_t>(constant->bytes.size());
  costs.framed = block.stream && block.stream(node, graph);
  return costs;
}

std::string shape_text(const Shape& shape) {
  std::string text;
  for (size_t i = 0; i < shape.size(); ++i)
    if (i > 0 || shape[i] != 1) text += fmt::format("{}{}", text.empty() ? "" : " x ", shape[i]);
  return text;
}

std::string milliseconds_text(double ms) { return ms <= 0 ? "-" : ms < 10 ? fmt::format("{:.2f}", ms) : fmt::format("{:.0f}", ms); }

std::string range_text(const FieldInfo& field) {
  if (!field.rule.choices.empty()) {
    std::string words;
    for (const std::string& word : field.rule.choices) words += (words.empty() ? "" : " ") + word;
    return words;
  }
  const bool low = field.rule.min > -1e300, high = field.rule.max < 1e300;
  if (low && high) return fmt::format("{:g} to {:g}", field.rule.min, field.rule.max);
  return low ? fmt::format("{:g} or more", field.rule.min) : std::holds_alternative<bool>(field.value) ? "true false" : "";
}

Json json_of(const Block& block, const Costs& costs) {
  Json row;
  Json::Array fields;
  for (const FieldInfo& field : block.op.attrs.fields()) {
    Json one;
    one.set("name", field.name).set("default", to_string(field.value)).set("range", range_text(field)).set("help", field.help);
    fields.push_back(std::move(one));
  }
  row.set("name", block.op.name).set("summary", block.op.summary).set("input", shape_text(costs.input));
  row.set("features", shape_text(costs.output)).set("milliseconds", costs.milliseconds).set("scratch", costs.scratch);
  return row.set("constants", costs.constants).set("by_frames", costs.framed).set("parameters", fields);
}

StepResult show_all(const Board& board) {
  Table table({{"block"},
               {"window", Align::Right},
               {"features", Align::Right},
               {"ms", Align::Right},
               {"RAM", Align::Right},
               {"tables", Align::Right},
               {"stream"},
               {"what it does", Align::Wrap}});
  Json::Array rows;
  for (const Block* block : all_blocks()) {
    const Costs costs = costs_of(*block, board);
    table.row({Cell(block->op.name, Style::Accent), shape_text(costs.input), shape_text(costs.output),
               milliseconds_text(costs.milliseconds), costs.scratch, costs.constants, costs.framed ? "frames" : "samples",
               block->op.summary});
    rows.push_back(json_of(*block, costs));
  }
  const std::string note = fmt::format(
      "\n  ms: estimated for {} with the parameters' defaults; RAM: bytes while it runs, beside window and features; tables: bytes of\n"
      "  flash; stream: what is computed as samples come, the rest when the window is full. `thimble blocks NAME` shows parameters.\n",
      board.name);
  return {.text = table.text() + note, .json = rows};
}

StepResult show_one(const Block& block, const Board& board) {
  const Costs costs = costs_of(block, board);
  Table table({{"parameter"}, {"default"}, {"range"}, {"what it is", Align::Wrap}});
  for (const FieldInfo& field : block.op.attrs.fields())
    table.row({Cell(field.name, Style::Accent), to_string(field.value), range_text(field), field.help});
  std::string text = fmt::format(
      "{}: {}\n\n{}\n  A window of {} gives {} features in {} ms on {} (estimated), with {} bytes of RAM while it runs and {} of tables.\n",
      styled(Style::Bold, std::string(block.op.name)), block.op.summary, table.text(), shape_text(costs.input), shape_text(costs.output),
      milliseconds_text(costs.milliseconds), board.name, grouped(costs.scratch), grouped(costs.constants));
  return {.text = std::move(text), .json = json_of(block, costs)};
}

std::string markdown_of(const Block& block) {
  const Graph graph = example_graph(block);
  std::string text =
      fmt::format("### {}\n\n{}. A window of {} gives {} features.\n\n| parameter | default | range | what it is |\n|---|---|---|---|\n",
                  block.op.name, block.op.summary, shape_text(example_of(block).shape), shape_text(graph.type(graph.outputs[0]).shape));
  for (const FieldInfo& field : block.op.attrs.fields())
    text += fmt::format("| {} | {} | {} | {} |\n", field.name, to_string(field.value), range_text(field), field.help);
  return text;
}

StepResult reference() {
  StepResult result;
  for (const Block* block : all_blocks()) result.text += (result.text.empty() ? "" : "\n") + markdown_of(*block);
  result.json = result.text;
  return result;
}

StepResult run(const AttrBag& bag, Progress&) {
  const auto request = from_bag<BlocksRequest>(bag);
  if (request.markdown) return reference();
  const Board& board = board_named(request.board);
  return request.block.empty() ? show_all(board) : show_one(block_named(request.block), board);
}

}  // namespace

std::span<const Step> blocks_steps() {
  static const Step kRows[] = {{.name = "blocks",
                                .summary = "the signal blocks: what they compute of samples, their parameters and cost",
                                .details =
                                    "A signal block turns a window of samples into features, by the same C on this machine as on the "
                                    "board. `thimble features` runs one over a recording.",
                                .examples = "thimble blocks\n"
                                            "thimble blocks mfcc                  # its parameters\n"
                                            "thimble blocks mfcc --board pico     # what it costs without a floating-point unit",
                                .positional = {"block"},
                                .fields = request_fields<BlocksRequest>,
                                .run = run}};
  return kRows;
}

}  // namespace thimble
