#include "steps/performance.h"

#include <fmt/format.h>

#include <cstring>

#include "base/files.h"
#include "base/table.h"
#include "steps/records.h"

namespace thimble {
namespace {

Record window_of(const Playing& recording, int64_t bytes) {
  const auto all = std::as_bytes(std::span(recording.samples));
  require(static_cast<int64_t>(all.size()) >= bytes, "a recording is a window at least");
  const auto window = all.first(static_cast<size_t>(bytes));
  return {window.begin(), window.end()};
}

/// Windows that come whole: one result each, without smoothing.
void run_windows(const Firmware& firmware, const Stream& stream, std::vector<Playing>& recordings, Progress& progress) {
  std::vector<Record> records;
  for (const Playing& recording : recordings) records.push_back(window_of(recording, firmware.input_bytes));
  const RunResult run = run_firmware(firmware, records, /*count=*/false, progress);
  for (size_t i = 0; i < recordings.size(); ++i) {
    PlayedResult result{0, -1, std::vector<float>(run.outputs[i].size() / sizeof(float))};
    std::memcpy(result.scores.data(), run.outputs[i].data(), run.outputs[i].size());
    if (!stream.classes.empty()) result.answer = argmax(result.scores);
    recordings[i].results = {std::move(result)};
  }
}

/// The part of a window's cycles that each result of the stream takes: rows that were there before cost nothing.
double part_per_result(const CompiledStream& stream, const RunResult& run) {
  double rows = 0, all = 0;
  for (size_t i = 0; i < run.layers.size(); ++i) {
    all += run.layers[i].cycles;
    if (i < stream.row_layers) rows += run.layers[i].cycles;
  }
  if (all <= 0 || !stream.by_frames()) return 1;
  const double fresh = std::min(1.0, static_cast<double>(stream.rows_between) / static_cast<double>(stream.rows));
  return 1 - rows / all * (1 - fresh);
}

std::string life_text(double days) {
  if (days >= 730) return fmt::format("{:.0f} years", days / 365);
  if (days >= 2) return fmt::format("{:.0f} days", days);
  return fmt::format("{:.0f} hours", days * 24);
}

}  // namespace

Performance perform(const Compiled& model, const Board& board, const Stream& stream, std::vector<Playing> recordings, Progress& progress) {
  Performance result;
  const TempDir plain, playing;
  const Firmware firmware = build_firmware(model, board, plain.path(), {}, progress);
  result.sizes = firmware.sizes;
  if (!recordings.empty()) {
    const RunResult run = run_firmware(firmware, {window_of(recordings[0], firmware.input_bytes)}, /*count=*/true, progress);
    result.window = cost_of(run, board);
    if (model.stream) {
      const double part = part_per_result(*model.stream, run);
      if (result.window.ms) result.result_ms = *result.window.ms * part;
      if (result.window.uj) result.result_uj = *result.window.uj * part;
      result.seconds_between = static_cast<double>(model.stream->stride * model.stream->rows_between) / stream.rate;
    }
  }
  if (model.stream)
    play(build_firmware(model, board, playing.path(), {.play = true}, progress), recordings, progress);
  else
    run_windows(firmware, stream, recordings, progress);
  result.recordings = std::move(recordings);
  return result;
}

std::string cost_text(const Performance& performance, const Board& board) {
  const Cost& window = performance.window;
  if (!window.ms || board.clock_hz <= 0) return "";
  std::string text =
      fmt::format("  {} a window at {:g} MHz", styled(Style::Bold, fmt::format("{:.3g} ms", *window.ms)), board.clock_hz / 1e6);
  if (window.uj) text += fmt::format(", {} at {:g} mW", styled(Style::Bold, energy_text(*window.uj)), board.active_mw);
  text += "\n";
  if (performance.seconds_between <= 0 || !performance.result_ms) return text;
  const double seconds = performance.seconds_between;
  std::string duty = fmt::format("A result every {:.3g} s takes {:.3g} ms of computing: the core works {:.2g} % of the time", seconds,
                                 *performance.result_ms, 100 * *performance.result_ms * 1e-3 / seconds);
  if (performance.result_uj)
    duty += fmt::format("; that alone would empty a {:g} mAh cell in {} (sensor, radio and sleep come on top)", kCellMilliampHours,
                        life_text(battery_days(*performance.result_uj, seconds)));
  return text + "  " + wrapped(duty, terminal().width - 2, "  ") + "\n";
}

void set_cost(Json& json, const Performance& performance) {
  const auto maybe = [](const auto& value) { return value ? Json(*value) : Json(); };
  Json cost;
  cost.set("instructions", maybe(performance.window.instructions)).set("cycles", maybe(performance.window.cycles));
  cost.set("ms", maybe(performance.window.ms)).set("uJ", maybe(performance.window.uj));
  cost.set("ms_per_result", maybe(performance.result_ms)).set("uJ_per_result", maybe(performance.result_uj));
  if (performance.seconds_between > 0) cost.set("seconds_between_results", performance.seconds_between);
  if (performance.result_uj && performance.seconds_between > 0)
    cost.set("battery_days", battery_days(*performance.result_uj, performance.seconds_between));
  json.set("window", cost);
}

}  // namespace thimble
