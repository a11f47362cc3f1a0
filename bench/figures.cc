#include "bench/figures.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/table.h"
#include "bench/models.h"
#include "bench/peers.h"

namespace thimble::bench {
namespace {

bool wanted(const std::vector<std::string>& list, std::string_view word) {
  return list.empty() || std::find(list.begin(), list.end(), word) != list.end();
}

void must_be_known(const std::vector<std::string>& names, const std::vector<std::string>& known, std::string_view what) {
  for (const std::string& name : names)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw Error(Blame::User, fmt::format("the bench has no {} '{}'{}", what, name, suggest(name, known)));
}

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const Model& model : all_models()) names.emplace_back(model.name);
  return names;
}

/// The host's own compiler is whatever a user has: its sizes are not the product's.
std::vector<std::string> board_names() {
  std::vector<std::string> names;
  for (const Board* board : all_boards())
    if (board->core != "host") names.emplace_back(board->name);
  return names;
}

constexpr std::string_view kModesOn = "nano33ble", kRoomy = "l4r5";
bool in_every_mode(const Model& model) { return model.everywhere && (model.folder == "mlperf-tiny" || model.name == "ds_cnn"); }

std::optional<double> real(std::optional<int64_t> value) { return value ? std::optional(static_cast<double>(*value)) : std::nullopt; }

}  // namespace

std::vector<Job> jobs_for(const std::vector<std::string>& models, const std::vector<std::string>& boards, const fs::path& made,
                          std::vector<std::string>& left_out) {
  must_be_known(models, model_names(), "model");
  must_be_known(boards, board_names(), "board");
  std::vector<Job> jobs;
  for (const Model& model : all_models()) {
    if (!wanted(models, model.name)) continue;
    const auto file = file_of(model, made);
    if (!file) {
      left_out.emplace_back(model.name);
      continue;
    }
    for (const std::string& board : board_names()) {
      if (!wanted(boards, board) || (!model.everywhere && board != kRoomy)) continue;
      jobs.push_back({std::string(model.name), *file, board, Optimize::Balanced});
      if (board == kModesOn && in_every_mode(model))
        for (const Optimize optimize : {Optimize::Speed, Optimize::Flash, Optimize::Ram})
          jobs.push_back({std::string(model.name), *file, board, optimize});
      if (board == kRoomy && model.everywhere && model.folder == "mlperf-tiny")
        jobs.push_back({std::string(model.name), *file, board, Optimize::Balanced, /*waits=*/false});
    }
  }
  return jobs;
}

std::string key_of(std::string_view model, std::string_view board, std::string_view optimize) {
  return fmt::format("{} {} {}", model, board, optimize);
}

Row row_of(const Figures& figures) {
  const std::string_view way = !figures.job.waits ? kNotWaiting : word_of(figures.job.optimize);
  Row row{.key = key_of(figures.job.model, figures.job.board, way), .board = figures.job.board, .figures = {}};
  row.figures["fits"] = figures.fits;
  if (!figures.fits) return row;
  if (figures.instructions) row.figures["instructions"] = *figures.instructions;
  if (figures.cycles) row.figures["cycles"] = *figures.cycles;
  const FirmwareSizes& sizes = figures.sizes;
  row.figures.insert({{"arena", sizes.arena}, {"state", sizes.state}, {"stack", sizes.stack}, {"code", sizes.code}});
  row.figures["constants"] = sizes.constants;
  return row;
}

std::optional<int64_t> figure(const std::vector<Row>& rows, std::string_view key, std::string_view name) {
  for (const Row& row : rows)
    if (row.key == key) {
      const auto found = row.figures.find(std::string(name));
      return found == row.figures.end() ? std::nullopt : std::optional(found->second);
    }
  return std::nullopt;
}

std::optional<int64_t> ram_of(const std::vector<Row>& rows, std::string_view key) {
  const auto arena = figure(rows, key, "arena"), state = figure(rows, key, "state"), stack = figure(rows, key, "stack");
  return arena ? std::optional(*arena + *state + *stack) : std::nullopt;
}

std::optional<int64_t> flash_of(const std::vector<Row>& rows, std::string_view key) {
  const auto code = figure(rows, key, "code"), constants = figure(rows, key, "constants");
  return code ? std::optional(*code + *constants) : std::nullopt;
}

std::string ratio(std::optional<int64_t> ours, std::optional<double> theirs) {
  return ours && theirs && *theirs > 0 ? fmt::format("{:.2f}", static_cast<double>(*ours) / *theirs) : "-";
}

std::string number(std::optional<int64_t> value) { return value ? grouped(*value) : "-"; }

std::vector<Grid> model_grids(const std::vector<Row>& rows) {
  std::vector<Grid> grids;
  for (const Board* board : all_boards()) {
    Grid grid{
        .heading = fmt::format("{}: {}", board->name, board->summary),
        .columns = {"model", "instructions", "to CMSIS-NN", "cycles", "to silicon", "RAM B", "to TFLM", "flash B", "code B", "to TFLM"},
        .rows = {}};
    for (const Model& model : all_models()) {
      const std::string key = key_of(model.name, board->name, "balanced");
      if (!figure(rows, key, "fits")) continue;
      const PeerBuild *fast = peers().fastest(board->core, model.name), *small = peers().least_ram(board->core, model.name),
                      *short_code = peers().least_code(board->core, model.name);
      const PeerSilicon* chip = peers().best_silicon(board->core, model.name);
      const auto instructions = figure(rows, key, "instructions"), cycles = figure(rows, key, "cycles"), code = figure(rows, key, "code");
      if (*figure(rows, key, "fits") == 0) {
        grid.rows.push_back({std::string(model.name), "too large"});
        grid.rows.back().resize(grid.columns.size());
        continue;
      }
      grid.rows.push_back({std::string(model.name), number(instructions),
                           ratio(instructions, fast ? real(fast->instructions) : std::nullopt), number(cycles),
                           ratio(cycles, chip ? std::optional(chip->cycles()) : std::nullopt), number(ram_of(rows, key)),
                           ratio(ram_of(rows, key), small ? real(small->ram) : std::nullopt), number(flash_of(rows, key)), number(code),
                           ratio(code, short_code ? real(short_code->code) : std::nullopt)});
    }
    if (!grid.rows.empty()) grids.push_back(std::move(grid));
  }
  return grids;
}

std::string to_terminal(const Grid& grid, size_t left_columns) {
  std::vector<Column> columns;
  for (size_t i = 0; i < grid.columns.size(); ++i) columns.push_back({grid.columns[i], i < left_columns ? Align::Left : Align::Right});
  Table table(std::move(columns));
  for (const auto& row : grid.rows) table.row({row.begin(), row.end()});
  return styled(Style::Bold, grid.heading) + "\n\n" + table.text() + "\n";
}

std::string to_markdown(const Grid& grid, size_t left_columns) {
  const auto line = [](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const std::string& cell : cells) text += " " + cell + " |";
    return text + "\n";
  };
  std::string text = (grid.heading.empty() ? "" : "### " + grid.heading + "\n\n") + line(grid.columns) + "|";
  for (size_t i = 0; i < grid.columns.size(); ++i) text += i < left_columns ? "---|" : "--:|";
  text += "\n";
  for (const auto& row : grid.rows) text += line(row);
  return text + "\n";
}

}  // namespace thimble::bench
