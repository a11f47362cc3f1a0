/// The rows that `bench models` measures and keeps, and the tables that are made of them, for the terminal and for the document.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/accepted.h"
#include "bench/measure.h"

namespace thimble::bench {

/// What `bench models` measures: every model on every board, and the MLPerf ones in every --optimize on the Cortex-M4. Empty lists: all.
std::vector<Job> jobs_for(const std::vector<std::string>& models, const std::vector<std::string>& boards, const fs::path& made,
                          std::vector<std::string>& left_out);

Row row_of(const Figures& figures);
std::string key_of(std::string_view model, std::string_view board, std::string_view optimize);
/// In place of the --optimize of a row whose cycles leave out what the board waits for its flash.
constexpr std::string_view kNotWaiting = "not-waiting";

/// A figure of a row, or nothing: the row is not there, or its board has no room for the model.
std::optional<int64_t> figure(const std::vector<Row>& rows, std::string_view key, std::string_view name);
/// arena + state + stack, code + constants.
std::optional<int64_t> ram_of(const std::vector<Row>& rows, std::string_view key);
std::optional<int64_t> flash_of(const std::vector<Row>& rows, std::string_view key);

/// A table as words: a heading, its columns (the first ones to the left), its rows.
struct Grid {
  std::string heading;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};
/// One grid per board: every model with instructions, cycles, RAM and flash, and how they stand to the peers'.
std::vector<Grid> model_grids(const std::vector<Row>& rows);

std::string to_terminal(const Grid& grid, size_t left_columns = 1);
std::string to_markdown(const Grid& grid, size_t left_columns = 1);

/// "0.34", or "-" where one is missing.
std::string ratio(std::optional<int64_t> ours, std::optional<double> theirs);
/// "1,234" or "-".
std::string number(std::optional<int64_t> value);

}  // namespace thimble::bench
