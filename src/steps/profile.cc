#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/files.h"
#include "base/table.h"
#include "deploy/deploy.h"
#include "steps/cost.h"
#include "steps/memory.h"
#include "steps/pipeline.h"
#include "steps/records.h"

namespace thimble {
namespace {

struct ProfileRequest : ModelOnBoard {
  std::string input = "random";
  int64_t seed = 1;
  bool functions = false;
  int64_t wait_states = -1;
  template <class V>
  void fields(V&& v) {
    ModelOnBoard::fields(v);
    v("input", input, "what is fed in: random, smooth, or a .npy, .csv or .bin file (its first record)");
    v("seed", seed, "of a random input", at_least(0));
    v("functions", functions, "tell the cost of every C function as well");
    v("wait_states", wait_states,
      "cycles that a read from flash waits; -1: the board's own (5 on l4r5, 0 elsewhere). The kernels stay those that are chosen for the "
      "board",
      between(-1, 255));
  }
};

/// "12.30" or a dash.
Cell ratio(double part, double whole) { return whole > 0 ? Cell(fmt::format("{:.2f}", part / whole)) : Cell("-", Style::Dim); }

Table layer_table(const Compiled& model, const RunResult& run, const Cost& cost) {
  Table table({{"#", Align::Right},
               {"layer"},
               {"op"},
               {"kernel", Align::Left, true},
               {"instructions", Align::Right},
               {"cycles", Align::Right},
               {"share", Align::Right},
               {"instr/MAC", Align::Right},
               {"RAM live B", Align::Right, true}});
  int64_t macs = 0, live = 0;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    macs += layer.macs;
    live = std::max(live, layer.ram_live);
    std::vector<Cell> cells = {i, short_name(layer.name, 28), Cell(layer.op, Style::Accent), layer.kernel};
    if (i < run.layers.size()) {
      const LayerCost& spent = run.layers[i];
      const std::string share = cost.cycles ? percent(spent.cycles, static_cast<double>(*cost.cycles)) : "-";
      cells.insert(cells.end(), {spent.instructions, static_cast<int64_t>(spent.cycles), share,
                                 ratio(static_cast<double>(spent.instructions), static_cast<double>(layer.macs))});
    } else {
      cells.insert(cells.end(), 4, Cell("-", Style::Dim));
    }
    cells.emplace_back(layer.ram_live);
    table.row(std::move(cells));
  }
  const Cell per_mac =
      cost.instructions ? ratio(static_cast<double>(*cost.instructions), static_cast<double>(macs)) : Cell("-", Style::Dim);
  table.total({"", "total", "", "", cost.instructions, cost.cycles, "", per_mac, live});
  return table;
}

std::string function_table(const RunResult& run) {
  std::vector<FunctionCost> functions = run.functions;
  std::stable_sort(functions.begin(), functions.end(), [](const auto& a, const auto& b) { return a.cycles > b.cycles; });
  double all = 0;
  for (const FunctionCost& function : functions) all += function.cycles;
  Table table({{"function"}, {"instructions", Align::Right}, {"cycles", Align::Right}, {"share", Align::Right}});
  for (const FunctionCost& function : functions)
    if (function.instructions > 0)
      table.row({function.name, function.instructions, static_cast<int64_t>(function.cycles), percent(function.cycles, all)});
  return table.empty() ? "  this board's emulator does not count functions\n" : table.text();
}

std::string summary_text(const Board& board, const Cost& cost, int wait_states) {
  std::string text;
  if (cost.ms) text += fmt::format("  {} per inference", styled(Style::Bold, fmt::format("{:.3g} ms", *cost.ms)));
  if (cost.cycles && board.clock_hz > 0) text += fmt::format(" at {:g} MHz", board.clock_hz / 1e6);
  if (cost.uj) text += fmt::format(", {} at {:g} mW", styled(Style::Bold, energy_text(*cost.uj)), board.active_mw);
  if (text.empty()) return "  this board's emulator does not count instructions: sizes only\n";
  std::string note = "cycles: " + timing_note(board);
  if (wait_states > 0)
    note += fmt::format(
        "; and {} for every 8 bytes of code that a cache of 1 kB lacks (2 less when they follow those read last), and for every 8 bytes of "
        "constants that one of 256 bytes lacks",
        wait_states);
  if (cost.cycles) text += "\n  " + wrapped(note, terminal().width - 2, "  ");
  return text + "\n";
}

template <class T>
Json maybe(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json profile_json(const ProfileRequest& request, const Compiled& model, const RunResult& run, const Firmware& firmware, const Cost& cost) {
  int64_t macs = 0;
  Json::Array layers;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    const bool counted = i < run.layers.size();
    macs += layer.macs;
    Json row;
    row.set("name", layer.name).set("op", layer.op).set("kernel", layer.kernel);
    row.set("instructions", counted ? Json(run.layers[i].instructions) : Json())
        .set("cycles", counted ? Json(run.layers[i].cycles) : Json());
    layers.push_back(row.set("macs", layer.macs).set("ram_live", layer.ram_live));
  }
  Json json;
  json.set("model", request.model)
      .set("board", request.board)
      .set("instructions", maybe(cost.instructions))
      .set("cycles", maybe(cost.cycles))
      .set("wait_states", firmware.wait_states);
  json.set("ms", maybe(cost.ms)).set("uJ", maybe(cost.uj)).set("macs", macs);
  set_memory(json, firmware.sizes);
  json.set("layers", layers).set("stack_painted", run.stack_painted);
  if (!request.functions) return json;
  Json::Array functions;
  for (const FunctionCost& function : run.functions) {
    Json row;
    functions.push_back(row.set("name", function.name).set("instructions", function.instructions).set("cycles", function.cycles));
  }
  return json.set("functions", functions);
}

/// An emulator that counts cycles itself knows its flash, and a core with an operating system runs from RAM.
void require_waiting_flash(const ProfileRequest& request, const Board& board) {
  if (request.wait_states <= 0 || (board.flash.bytes > 0 && !has(board.isa, Isa::Avr))) return;
  throw Error(Blame::User, fmt::format("--wait-states has no meaning on {}: it does not wait for its flash", board.name),
              "microcontrollers with a cached flash do, such as l4r5");
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto request = from_bag<ProfileRequest>(bag);
  require_waiting_flash(request, board_named(request.board));
  const Prepared prepared = prepare(request, progress);
  const Compiled& model = prepared.compiled;
  const std::vector<Record> records = {
      input_records(request.input, input_types(model), static_cast<uint64_t>(request.seed), 1, false).at(0)};
  const TempDir dir;
  progress.begin(fmt::format("building {} for {}", model.name, request.board));
  Firmware firmware = build_firmware(model, *prepared.board, dir.path(), {}, progress);
  if (request.wait_states >= 0) firmware.wait_states = static_cast<int>(request.wait_states);
  require_within_limit(request, model.name, firmware.sizes.ram(), "arena, state and stack");
  progress.begin(fmt::format("counting {} on {}", model.name, request.board));
  const RunResult measured = run_firmware(firmware, records, /*count=*/true, progress);
  const Cost cost = cost_of(measured, *prepared.board);
  StepResult result{.text = {}, .json = profile_json(request, model, measured, firmware, cost)};
  result.text = fmt::format("{} on {}: {}, one inference\n\n{}\n{}\n{}", styled(Style::Bold, model.name), request.board,
                            prepared.board->summary, layer_table(model, measured, cost).text(),
                            summary_text(*prepared.board, cost, firmware.wait_states), memory_text(*prepared.board, firmware.sizes));
  if (request.functions) result.text += "\n" + function_table(measured);
  return result;
}

}  // namespace

std::span<const Step> profile_steps() {
  static const Step kRows[] = {
      {.name = "profile",
       .summary = "instructions, cycles, energy, RAM and flash of every layer, measured on the emulated board",
       .stage = Stage::Measure,
       .details =
           "Every executed instruction of one inference is counted, so that the figures are the same each time, to the digit. Cycles come "
           "from a timing table of the core; energy is cycles / clock x active power. RAM and flash are those of the linked firmware.",
       .examples = "thimble profile kws.tflite --board nano33ble\n"
                   "thimble profile kws.tflite --board pico --functions      # which C functions the time goes into\n"
                   "thimble profile kws.tflite --optimize flash              # what smaller code costs in time\n"
                   "thimble profile kws.tflite --board l4r5 --wait-states 0   # without what it waits for its flash\n"
                   "thimble profile kws.tflite --json | jq '.layers[] | [.name, .cycles]'",
       .positional = {"model"},
       .required = 0,
       .fields = request_fields<ProfileRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble
