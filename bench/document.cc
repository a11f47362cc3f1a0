#include "bench/document.h"

#include <fmt/format.h>

#include <cmath>

#include "base/table.h"
#include "bench/goals.h"
#include "bench/kernels.h"
#include "bench/layers.h"
#include "bench/models.h"
#include "bench/peers.h"

namespace thimble::bench {
namespace {

constexpr std::string_view kHead =
    R"(# Performance

Written by `./thimble bench document` from `bench/accepted` and `bench/peers.json`; a test holds it up to date. `./thimble bench` measures the
goals anew, `./thimble bench models` everything.

Instructions are those that the emulated core executes in one whole inference, softmax included: exact, and the same at every run. RAM is
arena + state + worst-case stack, flash is code + constants, both of the linked firmware without start-up code. Cycles are instructions
through the core's timing table, on the l4r5 with what it waits for its flash, and only as good as that: see
[below](#how-far-to-trust-the-cycles). Every int8 model is bit-exact with the TensorFlow Lite reference on every board that has room for it;
`thimble verify` shows it.

Ratios are ours to theirs, so below 1 is better: instructions to the fastest TensorFlow Lite Micro build with CMSIS-NN, cycles to the best
published result on a chip with that core, RAM and code to the smallest TensorFlow Lite Micro build of any kernels. A dash: nobody has
measured it.

)";

std::string mode_section(const std::vector<Row>& rows) {
  Grid grid{.heading = "What --optimize trades, on the nano33ble",
            .columns = {"model", "--optimize", "instructions", "cycles", "RAM B", "flash B", "code B"},
            .rows = {}};
  for (const Model& model : all_models())
    for (const std::string_view mode : enum_names(Optimize{})) {
      if (!figure(rows, key_of(model.name, "nano33ble", "flash"), "fits")) continue;
      const std::string key = key_of(model.name, "nano33ble", mode);
      grid.rows.push_back({mode == "balanced" ? std::string(model.name) : "", std::string(mode), number(figure(rows, key, "instructions")),
                           number(figure(rows, key, "cycles")), number(ram_of(rows, key)), number(flash_of(rows, key)),
                           number(figure(rows, key, "code"))});
    }
  return to_markdown(grid, 2);
}

std::string layer_section() {
  std::string text =
      "## Layers against CMSIS-NN, on the nano33ble\n\nEach layer is held to the operator of the same name in TensorFlow Lite Micro with "
      "CMSIS-NN at -O3. An operator that\na pass merged away counts with the layer that follows it, a reshape with none.\n\n";
  const std::vector<Row> rows = read_accepted(accepted_file("layers")).rows;
  for (const std::string& model : models_with_peer_layers()) text += to_markdown(layer_grid(model, rows).grid, 4);
  return text;
}

std::string kernel_section() {
  std::string text =
      "## Kernels\n\nInstructions of one layer, every kernel that can run it, on a board of each core. The figures of all kernels, with "
      "cycles, "
      "code,\nconstants and working memory, are in `bench/accepted/kernels.json`; `./thimble bench kernels` measures them.\n\n";
  for (const Grid& grid : kernel_grids(read_accepted(accepted_file("kernels")).rows)) text += to_markdown(grid);
  return text;
}

std::string millions(double number) { return fmt::format("{:.2f}", number / 1e6); }

/// Cycles of TensorFlow Lite Micro with CMSIS-NN by our table against what others published with CMSIS-NN on silicon.
Grid silicon_grid() {
  Grid grid{.heading = "CMSIS-NN on the Cortex-M4: the timing table against silicon",
            .columns = {"model", "table, Mcycles", "published by", "chip, Mcycles", "error of the table"},
            .rows = {}};
  for (const PeerSilicon& chip : peers().silicon) {
    if (chip.core != "cortex-m4" || (chip.who.find("CMSIS") == std::string::npos && chip.who.find("cmsis") == std::string::npos)) continue;
    for (const PeerBuild& build : peers().builds)
      if (build.core == chip.core && build.model == chip.model && build.kernels == "cmsis-nn" && build.level == "-O3" && build.cycles)
        grid.rows.push_back({chip.model, millions(static_cast<double>(*build.cycles)), fmt::format("{}, {}", chip.who, chip.where),
                             millions(chip.cycles()),
                             fmt::format("{:+.0f} %", 100 * (static_cast<double>(*build.cycles) / chip.cycles() - 1))});
  }
  return grid;
}

constexpr std::string_view kWaitingText =
    R"(The best published results are of this very chip. At 120 MHz a read of its flash waits five cycles, and our figures include that: a cache
of 1 kB for code and one of 256 bytes for constants keep lines of 32 bytes, the one used longest ago makes way, words of eight bytes enter
one by one, and the next word of straight code is two cycles ahead (`src/deploy/plugin/flash.h`; sizes after the chip's reference manual
RM0432, the rest our reading of it, not measured on a chip; `thimble profile --wait-states 0` leaves it out). On such a board kernels whose loops exceed the cache count what they would wait, and
shorter ones are chosen. Not modelled: reads of sixteen bytes, which the chip can be set to, and code and constants that ask for the flash
at one time. A check: the weights of ad, read once, wait 0.17 Mcycles, which brings CMSIS-NN's 0.72 by the table to 0.89; chips took 0.96 to
1.03.

)";

/// Our cycles with and without what the l4r5 waits for its flash.
std::string waiting_section(const std::vector<Row>& rows) {
  Grid grid{.heading = "Waiting for flash, on the l4r5",
            .columns = {"model", "cycles", "without waiting", "ratio", "best chip", "of the best chip"},
            .rows = {}};
  for (const Model& model : all_models()) {
    const auto waiting = figure(rows, key_of(model.name, "l4r5", "balanced"), "cycles");
    const auto plain = figure(rows, key_of(model.name, "l4r5", kNotWaiting), "cycles");
    if (!waiting || !plain) continue;
    const PeerSilicon* chip = peers().best_silicon("cortex-m4", model.name);
    const auto best = chip ? std::optional(chip->cycles()) : std::nullopt;
    grid.rows.push_back({std::string(model.name), number(waiting), number(plain), ratio(waiting, static_cast<double>(*plain)),
                         number(chip ? std::optional(static_cast<int64_t>(chip->cycles())) : std::nullopt), ratio(waiting, best)});
  }
  if (grid.rows.empty()) return "";
  return to_markdown(grid) + std::string(kWaitingText);
}

constexpr std::string_view kTrust = R"(## How far to trust the cycles

The emulator counts instructions, not time. A table per core (its source stands beside it in `src/deploy/timing_*.cc`) says what each class
of instruction costs; `thimble profile` prints the table's own band. The AVR's cycles are exact: its emulator models them. For the
Cortex-M4 the table can be held against silicon, because others have published CMSIS-NN inferences of the same models on boards with that
core, and TensorFlow Lite Micro with CMSIS-NN was run through the same table:

)";

constexpr std::string_view kTrustAfter =
    R"(The software is not the same to the instruction (another version of CMSIS-NN, another compiler and runtime), so part of the difference is theirs:

- The convolutional models of one submitter (kws, ic) agree within 7 %. microTVM's runtime adds what puts it a fifth above the table.
- ad streams 264 kB of weights, each read once, so the wait states of flash show: chips need a third more than the table says. The same
  holds for our own figure for ad wherever no waiting is counted: among the goals and on all boards but the l4r5.
- Half of vww's multiply-accumulates belong to channels that are zero in every run; two of the three chips' figures are so low that their
  tools seem to leave them out. Its rows say nothing about the table.

Our cycles are compared with silicon on this footing: a ratio of 0.75 is a lead on most chips, one of 0.95 is none.

)";

}  // namespace

fs::path document_file() { return fs::path(THIMBLE_SOURCE_DIR) / "docs/performance.md"; }

std::string document() {
  const std::vector<Row> rows = read_accepted(accepted_file("models")).rows;
  std::string text(kHead);
  text += "## Goals for the MLPerf Tiny models\n\n" + to_markdown(goal_grid(judge(rows)), 2) + "## Models on boards\n\n";
  for (const Grid& grid : model_grids(rows)) text += to_markdown(grid);
  text += mode_section(rows) + layer_section() + kernel_section() + std::string(kTrust) + to_markdown(silicon_grid()) +
          std::string(kTrustAfter) + waiting_section(rows);
  text += fmt::format("## Sources\n\n- {}\n- {}\n", peers().builds_source, peers().silicon_source);
  return text;
}

}  // namespace thimble::bench
