/// The bar that the command line shows on stderr once work has taken over a second, and wipes when it ends.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/progress.h"

namespace thimble {

/// Silent unless `shown`. Thread-safe; a thread of its own redraws, so that the clock ticks during long steps.
class ProgressBar final : public Progress {
 public:
  explicit ProgressBar(bool shown);
  ~ProgressBar() override;
  void begin(std::string_view activity) override;
  void update(int64_t done, int64_t total) override;
  void say(std::string_view line) override;

 private:
  void redraw_until_done();
  void draw(int tick) const;  // both with mutex_ held
  void wipe();

  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false, drawn_ = false;
  std::string activity_;
  int64_t done_ = 0, total_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::thread thread_;
};

}  // namespace thimble
