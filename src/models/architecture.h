/// Networks that can be named: a row per file of this folder, each a float graph with fresh weights, ready to be trained.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "ir/graph.h"
#include "models/task.h"

namespace thimble {

struct Architecture {
  std::string_view name, summary;
  std::vector<FieldInfo> (*fields)() = nullptr;
  /// `input` is the shape of one example, without a batch. `outputs`: classes, or numbers to predict; nothing to a reconstruction.
  /// float32, batch 1; a classification ends in softmax, several labels in logistic. The same seed gives the same weights everywhere.
  /// A User error for fields out of range, and for an input that does not fit.
  Graph (*build)(const AttrBag& fields, const Shape& input, int outputs, Task task, uint64_t seed) = nullptr;
};

std::span<const Architecture* const> all_architectures();
/// The one of that name; a User error that suggests one when there is none.
const Architecture& architecture_named(std::string_view name);

}  // namespace thimble
