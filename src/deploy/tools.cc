// check_tools: what `thimble doctor` prints.
#include <algorithm>

#include "base/files.h"
#include "base/subprocess.h"
#include "deploy/deploy.h"
#include "deploy/toolchain.h"

namespace thimble {
namespace {

/// The first thing in a tool's --version that looks like a version number.
std::string version_of(const std::string& path) {
  const CommandResult said = run_command({path, "--version"}, {}, std::chrono::seconds(10));
  const std::string line = said.out.substr(0, said.out.find('\n'));
  for (size_t at = line.find_first_of("0123456789"); at != std::string::npos; at = line.find_first_of("0123456789", at)) {
    const size_t end = std::min(line.find_first_not_of("0123456789.", at), line.size());
    const std::string word = line.substr(at, end - at);
    if (word.find('.') != std::string::npos && (at == 0 || line[at - 1] == ' ' || line[at - 1] == '(' || line[at - 1] == 'v')) return word;
    at = end;
  }
  return said.status == 0 ? "present" : "";
}

ToolStatus status_of(const Tool& tool) {
  ToolStatus status{tool.program, tool.package, "", "", {}};
  const auto found = find_tool(tool);
  if (!found) return status;
  status.path = found->string();
  const bool program = tool.library_for.empty() && tool.program != "thimble-avr";
  status.version = program ? version_of(status.path) : tool.library_for.empty() ? "built with Thimble" : "present";
  return status;
}

}  // namespace

std::vector<ToolStatus> check_tools() {
  std::vector<ToolStatus> all;
  for (const Board* board : all_boards()) {
    std::vector<Tool> tools = build_tools(*board);
    for (const Tool& tool : run_tools(*board)) tools.push_back(tool);
    for (const Tool& tool : tools) {
      auto known = std::find_if(all.begin(), all.end(), [&](const ToolStatus& one) { return one.tool == tool.program; });
      if (known == all.end()) known = all.insert(all.end(), status_of(tool));
      known->boards.emplace_back(board->name);
    }
  }
  return all;
}

}  // namespace thimble
