#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "base/parallel.h"
#include "base/table.h"
#include "deploy/deploy.h"
#include "fit/one_layer.h"
#include "fit/tuned.h"
#include "steps/alone.h"
#include "steps/pipeline.h"
#include "steps/records.h"

namespace thimble {
namespace {

struct TuneRequest : ModelOnBoard {
  bool again = false;
  template <class V>
  void fields(V&& v) {
    ModelOnBoard::fields(v);
    v("again", again, "measure anew what the file already knows");
  }
};

/// All layers of one shape, and the kernels that can run them, the table's choice first.
struct Shape {
  std::string text, code;
  std::string first;  ///< the name of the first layer
  Node node;
  std::vector<const Kernel*> kernels;
  int layers = 0;
  TunedLayer result;
  bool known = false;     ///< from the file
  std::string_view back;  ///< why a faster kernel was left for the table's choice: "ram", "whole" (slower in the whole model) or empty
};

/// Shapes between which there is something to choose.
std::vector<Shape> shapes_of(const Compiled& model, const Board& board, Optimize optimize) {
  std::vector<Shape> shapes;
  for (const Layer& layer : model.layers) {
    const Node& node = model.graph.nodes[static_cast<size_t>(layer.node)];
    const std::string text = shape_text(node, model.graph);
    const auto same = std::find_if(shapes.begin(), shapes.end(), [&](const Shape& one) { return one.text == text; });
    if (same != shapes.end()) {
      ++same->layers;
      continue;
    }
    auto kernels = admissible_kernels(node, model.graph, board, optimize);
    if (kernels.size() < 2 || kernels[0]->alias) continue;
    std::string code = code_fingerprint(kernels);
    shapes.push_back({.text = text,
                      .code = std::move(code),
                      .first = layer.name,
                      .node = node,
                      .kernels = std::move(kernels),
                      .layers = 1,
                      .result = {}});
  }
  return shapes;
}

void take_known(std::vector<Shape>& shapes, const Tuned& tuned, const Board& board, std::string_view optimize) {
  for (Shape& shape : shapes)
    if (const TunedLayer* found = tuned.find(core_of(board), optimize, shape.text); found && found->code == shape.code)
      shape.result = *found, shape.known = true;
}

void measure(std::vector<Shape>& shapes, const Graph& graph, const Board& board, Optimize optimize, Progress& progress) {
  struct Piece {
    Shape* shape;
    const Kernel* kernel;
    int64_t cycles = 0;
  };
  std::vector<Piece> pieces;
  for (Shape& shape : shapes)
    if (!shape.known)
      for (const Kernel* kernel : shape.kernels) pieces.push_back({&shape, kernel});
  in_parallel(pieces.size(), fmt::format("measuring {} kernels on {}", pieces.size(), board.name), progress,
              [&](size_t i) { pieces[i].cycles = measure_alone(graph, pieces[i].shape->node, *pieces[i].kernel, board, optimize).cycles; });
  for (const Piece& piece : pieces) {
    TunedLayer& result = piece.shape->result;
    result.cycles[std::string(piece.kernel->name)] = piece.cycles;
    // The table's choice comes first and is left only for fewer cycles.
    if (result.kernel.empty() || piece.cycles < result.cycles.at(result.kernel)) result.kernel = piece.kernel->name;
  }
  for (Shape& shape : shapes) {
    if (shape.known) continue;
    shape.result.core = core_of(board);
    shape.result.optimize = enum_names(optimize)[static_cast<size_t>(optimize)];
    shape.result.layer = shape.text;
    shape.result.code = shape.code;
  }
}

std::string table_choice(const Shape& shape) { return std::string(shape.kernels[0]->name); }

void go_back(Shape& shape, std::string_view why) {
  if (shape.result.kernel == table_choice(shape)) return;
  shape.result.kernel = table_choice(shape);
  shape.back = why;
}

/// The whole model's run and arena.
struct Whole {
  int64_t instructions = 0, cycles = 0, ram = 0;
};

Whole measure_whole(const Compiled& model, const Board& board, Progress& progress) {
  const TempDir dir;
  const Firmware firmware = build_firmware(model, board, dir.path(), {}, progress);
  const RunResult run = run_firmware(firmware, random_records(input_types(model), Texture::Uniform, 1, 1), /*count=*/true, progress);
  if (!run.cycles)
    throw Error(Blame::Unsupported, fmt::format("the emulator of the board '{}' does not count cycles", board.name),
                "`thimble boards` lists others");
  return {static_cast<int64_t>(run.instructions.value_or(0)), static_cast<int64_t>(*run.cycles), firmware.sizes.ram()};
}

/// Goes back to the table wherever the faster kernel needs more working memory. Tells whether anything changed.
bool give_up_scratch(std::vector<Shape>& shapes, const Graph& graph) {
  bool changed = false;
  for (Shape& shape : shapes) {
    const auto scratch = [&](const Kernel& kernel) { return kernel.scratch ? kernel.scratch(shape.node, graph) : 0; };
    for (const Kernel* kernel : shape.kernels)
      if (kernel->name == shape.result.kernel && scratch(*kernel) > scratch(*shape.kernels[0])) {
        go_back(shape, "ram");
        changed = true;
      }
  }
  return changed;
}

/// The file's entries with those of `shapes` put in.
Tuned with(Tuned tuned, const std::vector<Shape>& shapes) {
  for (const Shape& shape : shapes) tuned.put(shape.result);
  return tuned;
}

Whole measure_tuned(const TuneRequest& request, const Tuned& tuned, Progress& progress) {
  const TempDir dir;
  ModelOnBoard model = request;
  model.no_tuned = false;
  model.tuned = dir.path() / "tuned.json";
  write_tuned(model.tuned, tuned);
  const Prepared prepared = prepare(model, progress);
  return measure_whole(prepared.compiled, *prepared.board, progress);
}

/// Layers do not sum up to a model: what is not faster, or takes more RAM where RAM counts, goes back to the table.
Whole settle(const TuneRequest& request, const Tuned& tuned, const Whole& table, const Graph& graph, std::vector<Shape>& shapes,
             Progress& progress) {
  const bool ram_counts = request.optimize != Optimize::Speed;
  Whole best = measure_tuned(request, with(tuned, shapes), progress);
  if (ram_counts && best.ram > table.ram && give_up_scratch(shapes, graph)) best = measure_tuned(request, with(tuned, shapes), progress);
  if (best.cycles <= table.cycles && !(ram_counts && best.ram > table.ram)) return best;
  for (Shape& shape : shapes) go_back(shape, best.cycles <= table.cycles ? "ram" : "whole");
  return table;
}

std::string share(int64_t part, int64_t whole) { return percent(static_cast<double>(part), static_cast<double>(whole)); }

/// What to say of a shape that stays with the table's choice.
std::string_view kept_text(const Shape& shape) {
  if (shape.back == "ram") return "the same: others take more RAM";
  return shape.back.empty() ? "the same" : "the same: others slow the whole";
}

Table shape_table(const std::vector<Shape>& shapes) {
  Table table({{"layer"},
               {"op"},
               {"alike", Align::Right, true},
               {"the table's choice"},
               {"cycles", Align::Right},
               {"tuned"},
               {"cycles", Align::Right},
               {"", Align::Right}});
  for (const Shape& shape : shapes) {
    const int64_t before = shape.result.cycles.at(table_choice(shape)), after = shape.result.cycles.at(shape.result.kernel);
    const bool changed = shape.result.kernel != table_choice(shape);
    table.row({short_name(shape.first, 24), Cell(shape.node.op->name, Style::Accent), shape.layers, table_choice(shape), before,
               changed ? Cell(shape.result.kernel, Style::Good) : Cell(kept_text(shape), Style::Dim), after, share(after, before)});
  }
  return table;
}

Json shapes_json(const std::vector<Shape>& shapes) {
  Json::Array rows;
  for (const Shape& shape : shapes) {
    Json cycles{Json::Object{}}, row;
    for (const auto& [kernel, count] : shape.result.cycles) cycles.set(kernel, count);
    row.set("shape", shape.text)
        .set("first", shape.first)
        .set("layers", shape.layers)
        .set("table", table_choice(shape))
        .set("tuned", shape.result.kernel)
        .set("back", shape.back.empty() ? Json() : Json(std::string(shape.back)));
    rows.push_back(row.set("cycles", cycles).set("measured", !shape.known));
  }
  return rows;
}

Json whole_json(const Whole& whole) {
  Json json;
  return json.set("instructions", whole.instructions).set("cycles", whole.cycles).set("ram", whole.ram);
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto request = from_bag<TuneRequest>(bag);
  const Tuned tuned = read_tuned(request.tuned);
  ModelOnBoard plain = request;
  plain.no_tuned = true;
  const Prepared base = prepare(plain, progress);
  const Whole table = measure_whole(base.compiled, *base.board, progress);
  std::vector<Shape> shapes = shapes_of(base.compiled, *base.board, request.optimize);
  if (!request.again) take_known(shapes, tuned, *base.board, enum_names(request.optimize)[static_cast<size_t>(request.optimize)]);
  measure(shapes, base.compiled.graph, *base.board, request.optimize, progress);
  const Whole best = settle(request, tuned, table, base.compiled.graph, shapes, progress);
  write_tuned(request.tuned, with(tuned, shapes));

  StepResult result;
  result.text = fmt::format("{} on {}: every kernel that can run a layer, measured\n\n{}\n", styled(Style::Bold, base.compiled.name),
                            request.board, shapes.empty() ? "  no layer has more than one kernel\n" : shape_table(shapes).text());
  result.text +=
      fmt::format("  {} cycles with the table's choices, {} tuned: {}; RAM {} and {} B\n", grouped(table.cycles),
                  styled(Style::Bold, grouped(best.cycles)), share(best.cycles, table.cycles), grouped(table.ram), grouped(best.ram));
  result.text += fmt::format("  wrote {}; compilations from here use it, --no-tuned leaves it aside\n", styled(Style::Bold, request.tuned));
  result.json.set("model", request.model).set("board", request.board).set("shapes", shapes_json(shapes));
  result.json.set("table", whole_json(table)).set("tuned", whole_json(best)).set("file", request.tuned);
  return result;
}

}  // namespace

std::span<const Step> tune_steps() {
  static const Step kRows[] = {
      {.name = "tune",
       .summary = "measure every kernel that can run each layer and keep the fastest for later compilations",
       .stage = Stage::Measure,
       .details =
           "The table chooses kernels by an estimate; this counts them on the emulated board, each layer by itself, and then the whole "
           "model: it is never slower than with the table's choices, and takes no more RAM unless --optimize speed says that RAM does not "
           "count. What was found is kept in a file, by the layer's shape, the board's core and what its flash waits, and `compile`, "
           "`profile`, `verify` and the "
           "others use it when they are started in the same folder. A kernel whose code has changed since is measured anew.",
       .examples = "thimble tune kws.tflite --board nano33ble\n"
                   "thimble tune kws.tflite --board pico --optimize speed\n"
                   "thimble compile kws.tflite --board pico --no-tuned     # by the table's estimates alone",
       .positional = {"model"},
       .required = 0,
       .fields = request_fields<TuneRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble
