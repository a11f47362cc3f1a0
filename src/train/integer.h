/// What an int8 graph makes of real numbers.
#pragma once

#include <vector>

#include "data/windows.h"
#include "ir/graph.h"

namespace thimble {

/// By the interpreter: every example quantised, run and dequantised. Where there is a compiler, TrainHooks::run does the same faster.
std::vector<float> run_by_interpreter(const Graph& graph, const Examples& examples);

}  // namespace thimble
