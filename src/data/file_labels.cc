#include "data/file_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/fields.h"
#include "data/csv_lines.h"

namespace thimble {
namespace {

constexpr std::array<std::string_view, 4> kColumns = {"file", "label", "group", "split"};

std::string lower(std::string_view word) {
  std::string text(word);
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

}  // namespace

std::string split_named(std::string_view word) {
  const std::string name = lower(word);
  if (name == "train" || name == "training") return "train";
  if (name == "test" || name == "testing") return "test";
  return name == "val" || name == "valid" || name == "validation" ? "validation" : "";
}

FileLabels::FileLabels(std::string_view text, std::string name) : name_(std::move(name)) {
  CsvLines lines(text);
  const auto header = lines.next();
  std::array<size_t, 4> places;
  places.fill(std::string_view::npos);
  for (size_t i = 0; header && i < header->words.size(); ++i) {
    const auto column = std::find(kColumns.begin(), kColumns.end(), lower(header->words[i]));
    if (column != kColumns.end()) places[static_cast<size_t>(column - kColumns.begin())] = i;
  }
  if (places[0] == std::string_view::npos || places[1] == std::string_view::npos)
    throw Error(Blame::User,
                fmt::format("{}:{}: a table of labels begins with the names of its columns", name_, header ? header->number : 1),
                "file,label and, if wanted, group,split");
  for (auto line = lines.next(); line; line = lines.next()) {
    const auto fail = [&](const std::string& what, const std::string& hint = "") {
      throw Error(Blame::User, fmt::format("{}:{}: {}", name_, line->number, what), hint);
    };
    if (line->words.size() > header->words.size())
      fail(fmt::format("{} columns where the first line has {}", line->words.size(), header->words.size()));
    const auto word = [&](size_t column) {
      return places[column] < line->words.size() ? std::string(line->words[places[column]]) : std::string();
    };
    Row row{.line = line->number, .label = word(1), .group = word(2), .split = split_named(word(3))};
    if (row.label.empty()) fail("it has no label");
    if (row.split.empty() && !word(3).empty()) fail(fmt::format("'{}' is no split", word(3)), "train, validation or test");
    const auto [there, fresh] = rows_.emplace(word(0), row);
    if (!fresh) fail(fmt::format("'{}' is told of in line {} already", word(0), there->second.line));
  }
}

FileLabels::Row& FileLabels::of(const std::string& path) {
  auto found = rows_.find(path);
  if (found == rows_.end()) found = rows_.find(path.substr(path.rfind('/') + 1));
  if (found == rows_.end())
    throw Error(Blame::User, fmt::format("'{}' tells nothing of the file '{}'", name_, path), "add a line for it, or take the file away");
  found->second.used = true;
  return found->second;
}

void FileLabels::check_all_used(std::span<const std::string> known) const {
  for (const auto& [file, row] : rows_) {
    if (row.used) continue;
    const auto meant = did_you_mean(file, known);
    throw Error(Blame::User, fmt::format("{}:{}: there is no file '{}'{}", name_, row.line, file,
                                         meant ? fmt::format("; did you mean '{}'?", *meant) : ""));
  }
}

}  // namespace thimble
