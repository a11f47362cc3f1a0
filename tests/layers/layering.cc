#include "layering.h"

#include <algorithm>
#include <iterator>
#include <sstream>

namespace thimble::testing {
namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

/// The path between the quotes or brackets of an #include line; empty for any other line.
std::string included(std::string_view line) {
  const size_t first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos || line[first] != '#') return "";
  const size_t word = line.find("include", first);
  const size_t open = line.find_first_of("\"<", first);
  if (word == std::string_view::npos || open == std::string_view::npos || open < word) return "";
  const size_t close = line.find_first_of("\">", open + 1);
  return close == std::string_view::npos ? "" : std::string(line.substr(open + 1, close - open - 1));
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool allowed_at(const std::string& pattern, const std::string& file) {
  const size_t star = pattern.find('*');
  if (star == std::string::npos) return pattern == file;
  return file.rfind(pattern.substr(0, star), 0) == 0 && ends_with(file, pattern.substr(star + 1));
}

/// Why a file of src/ may not include `header`; empty when it may.
std::string fault_in_src(const LayerRules& rules, const std::string& file, const std::string& header, bool quoted) {
  for (const Fence& fence : rules.fences)
    if (header.rfind(fence.prefix, 0) == 0) {
      const bool here = std::any_of(fence.at.begin(), fence.at.end(), [&](const std::string& at) { return allowed_at(at, file); });
      return here ? "" : "'" + header + "' stays behind its fence";
    }
  const bool beside = header.find('/') == std::string::npos;
  if (!quoted || beside || ends_with(file, "_test.cc")) return "";
  const std::string from = file.substr(0, file.find('/')), to = header.substr(0, header.find('/'));
  const auto row = rules.knows.find(from);
  if (row == rules.knows.end()) return "folder '" + from + "' has no row in docs/layers.txt";
  if (to == from || row->second.contains(to)) return "";
  return from + " must not know '" + header + "'";
}

}  // namespace

LayerRules parse_rules(std::string_view text) {
  LayerRules rules;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const size_t colon = line.find(':');
    if (line.empty() || line[0] == '#' || colon == std::string::npos) continue;
    const std::vector<std::string> head = words_of(line.substr(0, colon)), tail = words_of(line.substr(colon + 1));
    if (head.size() == 2 && head[0] == "fence")
      rules.fences.push_back({head[1], tail});
    else if (head.size() == 2 && head[0] == "long")
      rules.long_files.insert(head[1]);
    else
      rules.knows[head.at(0)] = {tail.begin(), tail.end()};
  }
  return rules;
}

std::vector<std::string> faults_of_file(const LayerRules& rules, const std::string& path, std::string_view text) {
  std::vector<std::string> faults;
  std::istringstream lines{std::string(text)};
  size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto say = [&](const std::string& what) { faults.push_back(path + ":" + std::to_string(number) + ": " + what); };
    ++number;
    const std::string header = included(line);
    if (header.empty()) continue;
    if (path.rfind("src/", 0) == 0) {
      const std::string what = fault_in_src(rules, path.substr(4), header, line.find('"') != std::string::npos);
      if (!what.empty()) say(what);
    } else if (path.rfind("runtime/", 0) == 0) {
      const std::string folder = header.substr(0, header.find('/'));
      if (header.find("src/") != std::string::npos ||
          (header.find('/') != std::string::npos && rules.knows.contains(folder) && folder != "kernels" && folder != "dsp"))
        say("runtime/ ships alone; it must not know '" + header + "'");
    }
  }
  if (number > kLongest && !rules.long_files.contains(path))
    faults.push_back(path + ":" + std::to_string(number) + ": " + std::to_string(number) + " lines; what is it hiding? (at most " +
                     std::to_string(kLongest) + ")");
  return faults;
}

}  // namespace thimble::testing
