/// How long work tells how far it is. Silent by default; the command line shows a bar, the studio a stream.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace thimble {

class Progress {
 public:
  virtual ~Progress() = default;
  /// A new activity begins: "compiling for nano33ble".
  virtual void begin(std::string_view activity) { (void)activity; }
  /// `done` of `total` parts of the activity are finished.
  virtual void update(int64_t done, int64_t total) { (void)done, (void)total; }
  /// A line for people, shown above the bar.
  virtual void say(std::string_view line) { (void)line; }
};

}  // namespace thimble
