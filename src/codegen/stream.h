/// How sensors feed a graph: the samples it sees, what it looks for, and how single results become an answer.
#pragma once

#include <string>
#include <vector>

#include "dsp/smoothing.h"

namespace thimble {

struct StreamChannel {
  std::string name, unit;
};

/// A graph that takes one window of float samples, [samples, channels] in physical units, and gives floats.
struct Stream {
  double rate = 0;     ///< samples a second; 0: windows that come whole, such as pictures
  int64_t stride = 0;  ///< samples from one window to the next
  std::vector<StreamChannel> channels;
  std::vector<std::string> classes;  ///< what the scores stand for; empty: numbers
  Smoothing smoothing;

  bool continuous() const { return rate > 0 && stride > 0; }
};

}  // namespace thimble
