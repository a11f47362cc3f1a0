/// Files of accepted figures: one row per line, each with its keys and its figures, compared to the digit.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/json.h"

namespace thimble::bench {

/// Figures by name; a row is found again by its key: "kws_int8 nano33ble balanced".
struct Row {
  std::string key;
  std::string board;
  std::map<std::string, int64_t> figures;
  bool operator==(const Row&) const = default;
};

struct Accepted {
  std::map<std::string, std::string> compilers;  ///< per board: what made the firmware: "arm-none-eabi-gcc 12.2.1"
  std::vector<Row> rows;
};

fs::path accepted_file(std::string_view name);
/// An empty set when there is no such file; a User error that names the file when it cannot be understood.
Accepted read_accepted(const fs::path& file);
void write_accepted(const fs::path& file, const Accepted& accepted);

/// The compilers of these boards as they are here.
std::map<std::string, std::string> compilers_here(const std::vector<std::string>& boards);

struct Difference {
  std::string key, figure;
  std::optional<int64_t> accepted, measured;  ///< nothing: no such figure
};
struct Comparison {
  size_t equal = 0;  ///< rows
  std::vector<Difference> differences;
  std::vector<std::string> not_compared;  ///< why rows were left out: another compiler
};
/// `measured` against `accepted`. Rows that were not measured are no difference, unless `whole` says that all there is was measured.
Comparison compare(const Accepted& accepted, const Accepted& measured, bool whole = false);

/// A table of differences, old, new and the ratio, and how to accept them: `accept` is the command.
std::string to_text(const Comparison& comparison, std::string_view accept);
Json to_json(const Comparison& comparison);
Json to_json(const std::vector<Row>& rows);

/// `accepted` with the measured rows put in, in the order of their keys.
Accepted merged(Accepted accepted, const Accepted& measured);

}  // namespace thimble::bench
