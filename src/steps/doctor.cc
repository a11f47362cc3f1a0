#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/table.h"
#include "deploy/deploy.h"
#include "steps/step.h"

namespace thimble {
namespace {

struct DoctorRequest {
  std::string board;
  template <class V>
  void fields(V&& v) {
    v("board", board, "look only at what this board needs; the exit code is 3 when something is missing");
  }
};

bool needed_by(const ToolStatus& tool, const std::string& board) {
  return board.empty() || std::find(tool.boards.begin(), tool.boards.end(), board) != tool.boards.end();
}

/// The first word of what `tool --version` says that is a version: "12.2.1" of "arm-none-eabi-gcc (15:12.2.rel1-1) 12.2.1 20221205".
std::string version_text(const ToolStatus& tool) {
  std::string_view rest = tool.version;
  while (!rest.empty()) {
    std::string_view word = rest.substr(0, rest.find_first_of(" \n(),"));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    if (word.starts_with('v')) word.remove_prefix(1);
    if (word.find('.') != word.npos && word.find_first_not_of("0123456789.") == word.npos) return std::string(word);
  }
  return tool.version.substr(0, tool.version.find('\n'));
}

struct Findings {
  std::set<std::string> packages, lacking;  ///< Debian packages to install; boards that lack something
};

Findings look(const std::vector<ToolStatus>& tools) {
  Findings findings;
  for (const ToolStatus& tool : tools) {
    if (!tool.path.empty()) continue;
    findings.packages.insert(tool.package);
    findings.lacking.insert(tool.boards.begin(), tool.boards.end());
  }
  return findings;
}

std::string boards_line(const std::string& title, Style style, const std::vector<std::string>& boards) {
  return boards.empty() ? ""
                        : fmt::format("{} {}\n", styled(style, title),
                                      wrapped(fmt::format("{}", fmt::join(boards, " ")), terminal().width - 16, std::string(9, ' ')));
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto request = from_bag<DoctorRequest>(bag);
  if (!request.board.empty()) board_named(request.board);
  progress.begin("looking for compilers and emulators");
  std::vector<ToolStatus> tools = check_tools();
  std::erase_if(tools, [&](const ToolStatus& tool) { return !needed_by(tool, request.board); });
  const Findings findings = look(tools);
  Table table({{""}, {"tool"}, {"version"}, {"Debian package"}, {"for boards", Align::Wrap}});
  Json::Array rows;
  for (const ToolStatus& tool : tools) {
    const bool there = !tool.path.empty();
    table.row({there ? Cell("✓", Style::Good) : Cell("✗", Style::Bad), tool.tool,
               there ? Cell(version_text(tool)) : Cell("missing", Style::Bad), tool.package,
               fmt::format("{}", fmt::join(tool.boards, " "))});
    Json row;
    row.set("tool", tool.tool).set("found", there).set("path", tool.path).set("version", tool.version).set("package", tool.package);
    row.set("boards", Json::Array(tool.boards.begin(), tool.boards.end()));
    rows.push_back(std::move(row));
  }
  std::vector<std::string> ready, lacking;
  for (const Board* board : all_boards()) {
    const std::string name(board->name);
    if (request.board.empty() || request.board == name) (findings.lacking.count(name) ? lacking : ready).push_back(name);
  }
  std::string text = table.text() + "\n" + boards_line("ready:  ", Style::Good, ready) + boards_line("lacking:", Style::Bad, lacking);
  if (!findings.packages.empty())
    text += fmt::format("\nTo get what is missing:\n  sudo apt install {}\n", fmt::join(findings.packages, " "));
  Json json;
  json.set("tools", rows).set("ready", Json::Array(ready.begin(), ready.end())).set("lacking", Json::Array(lacking.begin(), lacking.end()));
  json.set("packages", Json::Array(findings.packages.begin(), findings.packages.end()));
  const bool fails = !request.board.empty() && !lacking.empty();
  return {.text = std::move(text), .json = std::move(json), .status = fails ? exit_code(Blame::Environment) : 0};
}

}  // namespace

std::span<const Step> doctor_steps() {
  static const Step kRows[] = {{.name = "doctor",
                                .summary = "which compilers and emulators are here, what to install, which boards are ready",
                                .stage = Stage::Start,
                                .examples =
                                    "thimble doctor\n"
                                    "thimble doctor --board esp32c3    # only what one board needs; exit code 3 when it is not ready",
                                .fields = request_fields<DoctorRequest>,
                                .run = run}};
  return kRows;
}

}  // namespace thimble
