#include "bench/accepted.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>
#include <sstream>
#include <utility>

#include "base/error.h"
#include "base/subprocess.h"
#include "base/table.h"
#include "deploy/toolchain.h"

namespace thimble::bench {
namespace {

const Json& member(const Json& object, std::string_view key) {
  const Json* found = object.find(key);
  if (!found) throw Error(Blame::User, fmt::format("has no '{}'", key));
  return *found;
}

const std::string& text_of(const Json& object, std::string_view key) {
  const std::string* text = member(object, key).as_string();
  if (!text) throw Error(Blame::User, fmt::format("has a '{}' that is no text", key));
  return *text;
}

using Compilers = std::map<std::string, std::string>;

/// The first word of the key that is a board; empty: none.
std::string board_named_in(const std::string& key, const Compilers& boards) {
  std::istringstream words(key);
  for (std::string word; words >> word;)
    if (boards.contains(word)) return word;
  return "";
}

/// The file names the board of a row only where its key does not.
std::string board_of(const Json& row, const std::string& key, const Compilers& boards) {
  if (row.find("board")) return text_of(row, "board");
  const std::string board = board_named_in(key, boards);
  if (board.empty()) throw Error(Blame::User, fmt::format("names no board in the row '{}'", key));
  return board;
}

Row row_from(const Json& json, const Compilers& boards) {
  const std::string& key = text_of(json, "key");
  Row row{.key = key, .board = board_of(json, key, boards), .figures = {}};
  const auto* figures = member(json, "figures").as_object();
  if (!figures) throw Error(Blame::User, fmt::format("has no figures in the row '{}'", row.key));
  for (const auto& [name, value] : *figures) {
    if (!value.as_int()) throw Error(Blame::User, fmt::format("has no whole number as '{}' of '{}'", name, row.key));
    row.figures[name] = *value.as_int();
  }
  return row;
}

Accepted accepted_from(const Json& json) {
  Accepted accepted;
  if (const auto* compilers = member(json, "compilers").as_object())
    for (const auto& [board, compiler] : *compilers) accepted.compilers[board] = compiler.as_string() ? *compiler.as_string() : "";
  const auto* rows = member(json, "rows").as_array();
  if (!rows) throw Error(Blame::User, "has no list of rows");
  for (const Json& row : *rows) accepted.rows.push_back(row_from(row, accepted.compilers));
  return accepted;
}

std::string line_of(const Row& row, const Compilers& boards) {
  Json figures{Json::Object{}};
  for (const auto& [name, value] : row.figures) figures.set(name, value);
  Json json;
  json.set("key", row.key);
  if (board_named_in(row.key, boards) != row.board) json.set("board", row.board);
  return json.set("figures", figures).dump(/*pretty=*/false);
}

/// The first line of its --version: "arm-none-eabi-gcc (15:12.2.rel1-1) 12.2.1 20221205".
std::string compiler_of(const std::string& board) {
  const std::string program = build_tools(board_named(board))[0].program;
  if (!find_program(program)) return "";
  const std::string version = run_command({program, "--version"}).out;
  return version.substr(0, version.find('\n'));
}

Cell cell(const std::optional<int64_t>& value) { return value; }

std::optional<int64_t> figure_in(const Row& row, const std::string& name) {
  const auto found = row.figures.find(name);
  return found == row.figures.end() ? std::nullopt : std::optional(found->second);
}

void differences_of(const Row& old, const Row& now, std::vector<Difference>& differences) {
  std::set<std::string> names;
  for (const Row* row : {&old, &now})
    for (const auto& [name, value] : row->figures) names.insert(name);
  for (const std::string& name : names)
    if (figure_in(old, name) != figure_in(now, name)) differences.push_back({now.key, name, figure_in(old, name), figure_in(now, name)});
}

}  // namespace

fs::path accepted_file(std::string_view name) { return fs::path(THIMBLE_SOURCE_DIR) / "bench/accepted" / (std::string(name) + ".json"); }

Accepted read_accepted(const fs::path& file) {
  if (!fs::exists(file)) return {};
  try {
    return accepted_from(Json::parse(read_text(file)));
  } catch (const Error& error) {
    throw Error(Blame::User, fmt::format("'{}' {}", file.string(), error.what()),
                "`git checkout` brings the last good one back; `./thimble bench models --accept` writes it anew");
  }
}

void write_accepted(const fs::path& file, const Accepted& accepted) {
  std::string text = "{\n  \"compilers\": {";
  for (bool first = true; const auto& [board, compiler] : accepted.compilers)
    text += fmt::format("{}\n    {}: {}", std::exchange(first, false) ? "" : ",", Json(board).dump(), Json(compiler).dump());
  text += "\n  },\n  \"rows\": [";
  for (bool first = true; const Row& row : accepted.rows)
    text += (std::exchange(first, false) ? "\n    " : ",\n    ") + line_of(row, accepted.compilers);
  write_text(file, text + "\n  ]\n}\n");
}

std::map<std::string, std::string> compilers_here(const std::vector<std::string>& boards) {
  std::map<std::string, std::string> compilers;
  for (const std::string& board : boards)
    if (!compilers.contains(board)) compilers[board] = compiler_of(board);
  return compilers;
}

Comparison compare(const Accepted& accepted, const Accepted& measured, bool whole) {
  Comparison result;
  std::map<std::string, const Row*> known;
  for (const Row& row : accepted.rows) known[row.key] = &row;
  std::set<std::string> strange;
  for (const Row& row : measured.rows) {
    const auto here = measured.compilers.find(row.board), then = accepted.compilers.find(row.board);
    if (here != measured.compilers.end() && then != accepted.compilers.end() && here->second != then->second) {
      if (strange.insert(row.board).second)
        result.not_compared.push_back(
            fmt::format("{} is not compared: accepted with {}, here is {}", row.board, then->second, here->second));
      continue;
    }
    const Row* old = known.contains(row.key) ? known[row.key] : nullptr;
    if (old && *old == row) {
      ++result.equal;
      continue;
    }
    if (old)
      differences_of(*old, row, result.differences);
    else
      result.differences.push_back({row.key, "the row is new", {}, {}});
  }
  if (!whole) return result;
  std::set<std::string> here;
  for (const Row& row : measured.rows) here.insert(row.key);
  for (const Row& row : accepted.rows)
    if (!here.contains(row.key)) result.differences.push_back({row.key, "the row is gone", {}, {}});
  return result;
}

/// A new table makes thousands.
constexpr size_t kMostDifferences = 60;

std::string to_text(const Comparison& comparison, std::string_view accept) {
  std::string text;
  if (!comparison.differences.empty()) {
    Table table({{"row"}, {"figure"}, {"accepted", Align::Right}, {"measured", Align::Right}, {"ratio", Align::Right}});
    const size_t shown = std::min(comparison.differences.size(), kMostDifferences);
    for (const Difference& one : std::span(comparison.differences).first(shown)) {
      const bool both = one.accepted && one.measured && *one.accepted > 0;
      const double ratio = both ? static_cast<double>(*one.measured) / static_cast<double>(*one.accepted) : 0;
      table.row({one.key, one.figure, cell(one.accepted), cell(one.measured),
                 both ? Cell(fmt::format("{:.4f}", ratio), ratio > 1 ? Style::Bad : Style::Good) : Cell("-", Style::Dim)});
    }
    text += table.text() + (shown < comparison.differences.size() ? "  ...\n" : "") +
            fmt::format("\n  {} figures differ from the accepted ones; if that is meant: {}\n", comparison.differences.size(), accept);
  }
  for (const std::string& line : comparison.not_compared) text += "  " + line + "\n";
  return text + fmt::format("  {} rows equal the accepted ones\n", comparison.equal);
}

Json to_json(const Comparison& comparison) {
  Json::Array differences, left_out;
  for (const Difference& one : comparison.differences) {
    Json row;
    row.set("row", one.key).set("figure", one.figure);
    row.set("accepted", one.accepted ? Json(*one.accepted) : Json()).set("measured", one.measured ? Json(*one.measured) : Json());
    differences.push_back(std::move(row));
  }
  for (const std::string& line : comparison.not_compared) left_out.emplace_back(line);
  Json json;
  return json.set("equal", static_cast<int64_t>(comparison.equal)).set("differences", differences).set("not_compared", left_out);
}

Json to_json(const std::vector<Row>& rows) {
  Json::Array all;
  for (const Row& row : rows) {
    Json figures{Json::Object{}};
    for (const auto& [name, value] : row.figures) figures.set(name, value);
    Json json;
    all.push_back(json.set("key", row.key).set("board", row.board).set("figures", figures));
  }
  return all;
}

Accepted merged(Accepted accepted, const Accepted& measured) {
  std::map<std::string, size_t> places;
  for (size_t i = 0; i < accepted.rows.size(); ++i) places[accepted.rows[i].key] = i;
  for (const Row& row : measured.rows) {
    if (places.contains(row.key))
      accepted.rows[places[row.key]] = row;
    else
      accepted.rows.push_back(row);
  }
  for (const auto& [board, compiler] : measured.compilers) accepted.compilers[board] = compiler;
  std::stable_sort(accepted.rows.begin(), accepted.rows.end(), [](const Row& a, const Row& b) { return a.key < b.key; });
  return accepted;
}

}  // namespace thimble::bench
