/// A rewrite of the graph that has a name, so that it can be timed, left out, stopped after and looked at.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"

namespace thimble {

/// What a pass may ask and tell.
struct PassContext {
  std::function<void(std::string)> note = [](std::string) {};  ///< one line per rewrite worth telling
};

struct Pass {
  std::string_view name, summary;
  int (*run)(Graph&, PassContext&) = nullptr;  ///< returns the number of rewrites made
};

}  // namespace thimble
