/// What a sensor gave in one go: samples of some channels at a steady rate, and what is known about them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace thimble {

struct Channel {
  std::string name, unit;  ///< the unit is empty where nobody told
  bool operator==(const Channel&) const = default;
};

struct Recording {
  std::string name;   ///< unique in its set: "train/circle.csv#3"
  std::string label;  ///< empty: none
  std::string group;  ///< the person or session it comes from; empty: unknown
  std::string split;  ///< "train", "validation" or "test" where the data says; empty: to be chosen
  std::string file;
  int line = 0;       ///< of the file, where the samples begin; 0: not a file of lines
  double rate = 0;    ///< samples a second; 0: unknown
  int64_t width = 0;  ///< of a picture: pixels in a row, samples are [row][column][channel]; 0: a signal
  std::vector<Channel> channels;
  std::vector<float> samples;  ///< [time][channel]

  int64_t length() const { return channels.empty() ? 0 : static_cast<int64_t>(samples.size() / channels.size()); }
  int64_t height() const { return width > 0 ? length() / width : 0; }
  double seconds() const { return rate > 0 ? static_cast<double>(length()) / rate : 0; }
};

}  // namespace thimble
