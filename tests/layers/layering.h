/// The rules of docs/layers.txt, and the faults of a source tree against them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace thimble::testing {

struct Fence {
  std::string prefix;           ///< of the included path: "torch/"
  std::vector<std::string> at;  ///< files below src/ that may include it; "train/*.cc" for a whole folder
};

struct LayerRules {
  std::map<std::string, std::set<std::string>> knows;  ///< folder of src/: the folders it may include
  std::vector<Fence> fences;
  std::set<std::string> long_files;  ///< files that may have more than kLongest lines
};

constexpr size_t kLongest = 400;

LayerRules parse_rules(std::string_view text);

/// Faults of one file, each as "path:line: what". `path` is relative to the project: "src/ir/graph.h". Tests may include any folder.
std::vector<std::string> faults_of_file(const LayerRules& rules, const std::string& path, std::string_view text);

}  // namespace thimble::testing
