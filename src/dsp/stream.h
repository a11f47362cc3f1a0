/// How sensors feed a graph: the window it sees, what it looks for, and how single results become an answer.
#pragma once

#include <string>
#include <vector>

#include "base/fields.h"

namespace thimble {

/// An answer from the last few results: a class, or none that is sure enough.
struct Smoothing {
  int64_t readings = 1, same = 1;
  double confidence = 0;
  template <class V>
  void fields(V&& v) {
    v("readings", readings, "of how many results, the latest ones, the answer is made", between(1, 100));
    v("same", same, "how many of them must name one class; else the answer is: uncertain", between(1, 100));
    v("confidence", confidence, "the score below which a result names no class", between(0, 1));
  }
};

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
