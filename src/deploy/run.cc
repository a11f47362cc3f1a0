// run_firmware: records go in as a file, outputs, trace and counts come back as files, all in a folder of their own.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/files.h"
#include "deploy/counts.h"
#include "deploy/deploy.h"
#include "deploy/emulator.h"
#include "deploy/listing.h"
#include "deploy/toolchain.h"

namespace thimble {
namespace {

using Contents = std::vector<std::byte>;

Contents read_if_there(const fs::path& file) { return fs::exists(file) ? read_bytes(file) : Contents{}; }

/// The stream of {layer, bytes, data} becomes one entry per layer.
std::vector<Contents> split_trace(const Contents& stream, size_t layers) {
  std::vector<Contents> trace(layers);
  for (size_t at = 0; at < stream.size();) {
    int32_t head[2];
    require(at + sizeof head <= stream.size(), "the trace ends early");
    std::memcpy(head, stream.data() + at, sizeof head);
    at += sizeof head;
    const size_t bytes = static_cast<size_t>(head[1]);
    require(head[0] >= 0 && static_cast<size_t>(head[0]) < layers && bytes <= stream.size() - at,
            "the trace names a layer that is not there");
    const auto from = stream.begin() + static_cast<std::ptrdiff_t>(at);
    trace[static_cast<size_t>(head[0])].insert(trace[static_cast<size_t>(head[0])].end(), from, from + head[1]);
    at += bytes;
  }
  return trace;
}

/// Stack depth, then the time where the board is a real machine.
void read_report(const Contents& report, RunResult& result) {
  int32_t painted = -1;
  int64_t nanoseconds = 0;
  require(report.size() >= sizeof painted, "the firmware wrote no report");
  std::memcpy(&painted, report.data(), sizeof painted);
  if (report.size() >= sizeof painted + sizeof nanoseconds) std::memcpy(&nanoseconds, report.data() + sizeof painted, sizeof nanoseconds);
  result.stack_painted = painted;
  result.host_ms = static_cast<double>(nanoseconds) * 1e-6;
}

void write_records(const Firmware& firmware, const std::vector<Contents>& records, const fs::path& file) {
  Contents all;
  for (const Contents& record : records) {
    require(static_cast<int64_t>(record.size()) == firmware.input_bytes,
            fmt::format("a record has {} bytes, the model takes {}", record.size(), firmware.input_bytes));
    all.insert(all.end(), record.begin(), record.end());
  }
  write_bytes(file, all);
}

}  // namespace

RunResult run_firmware(const Firmware& firmware, const std::vector<Contents>& records, bool count, Progress& progress) {
  const Board& board = *firmware.board;
  const Doing doing([&] { return fmt::format("running on {}", board.name); });
  const bool counts = count && !firmware.trace && !board.emulator.empty() && !board.emulator.starts_with("node");
  progress.begin(fmt::format("running on {}", board.name));
  const TempDir dir;
  write_records(firmware, records, dir.path() / "in.bin");
  if (counts) write_text(dir.path() / "count.txt", counter_configuration(firmware));
  emulate(firmware, dir.path(), counts);

  RunResult result;
  const Contents outputs = read_if_there(dir.path() / "out.bin");
  require(static_cast<int64_t>(outputs.size()) == firmware.output_bytes * static_cast<int64_t>(records.size()),
          fmt::format("{} records gave {} bytes instead of {} each", records.size(), outputs.size(), firmware.output_bytes));
  for (size_t i = 0; i < records.size(); ++i) {
    const auto from = outputs.begin() + static_cast<std::ptrdiff_t>(i) * firmware.output_bytes;
    result.outputs.emplace_back(from, from + firmware.output_bytes);
  }
  if (firmware.trace) result.trace = split_trace(read_if_there(dir.path() / "trace.bin"), firmware.layer_symbols.size());
  read_report(read_bytes(dir.path() / "report.bin"), result);
  if (counts && !records.empty())
    read_counts(read_text(dir.path() / "counts.txt"), board, *listing_of(board, firmware.elf), firmware.layer_symbols.size(), result);
  return result;
}

}  // namespace thimble
