#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace thimble {

void in_parallel(size_t count, std::string_view activity, Progress& progress, const std::function<void(size_t)>& work) {
  std::atomic<size_t> next = 0;
  size_t done = 0;
  std::mutex mutex;
  std::exception_ptr fault;
  const auto worker = [&] {
    for (size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!fault) fault = std::current_exception();
        next = count;
      }
      const std::lock_guard lock(mutex);
      progress.update(static_cast<int64_t>(++done), static_cast<int64_t>(count));
    }
  };
  progress.begin(activity);
  {
    std::vector<std::jthread> workers;
    const size_t cores = std::max(1u, std::thread::hardware_concurrency());
    for (size_t i = 0; i < std::min(cores, count); ++i) workers.emplace_back(worker);
  }
  if (fault) std::rethrow_exception(fault);
}

}  // namespace thimble
