/// Ctrl-C as a question: work that can end where nothing is lost asks whether it should.
#pragma once

namespace thimble {

/// While it lives, the first SIGINT or SIGTERM is only noted; the next one ends the program as ever. One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  bool asked() const;
  /// Whether there is one.
  static bool caught();
};

}  // namespace thimble
