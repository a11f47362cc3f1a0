#include "cli/progress_bar.h"

#include <fmt/format.h>

#include <cstdio>

#include "base/terminal.h"

namespace thimble {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kTicks[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
constexpr int kBarColumns = 20;

std::string bar(int64_t done, int64_t total) {
  const int full = static_cast<int>(kBarColumns * std::min(done, total) / total);
  std::string text;
  for (int i = 0; i < kBarColumns; ++i) text += i < full ? "━" : "─";
  return fmt::format("{} {}/{}", text, done, total);
}

}  // namespace

ProgressBar::ProgressBar(bool shown) {
  if (shown) thread_ = std::thread([this] { redraw_until_done(); });
}

ProgressBar::~ProgressBar() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ProgressBar::begin(std::string_view activity) {
  const std::lock_guard lock(mutex_);
  activity_ = activity;
  done_ = total_ = 0;
}

void ProgressBar::update(int64_t done, int64_t total) {
  const std::lock_guard lock(mutex_);
  done_ = done;
  total_ = total;
}

void ProgressBar::say(std::string_view line) {
  const std::lock_guard lock(mutex_);
  wipe();
  fmt::print(stderr, "{}\n", line);
}

void ProgressBar::redraw_until_done() {
  std::unique_lock lock(mutex_);
  for (auto wait = 1000ms; !stop_.wait_for(lock, wait, [this] { return stopping_; }); wait = 100ms) {
    const auto elapsed = std::chrono::steady_clock::now() - start_;
    draw(static_cast<int>(elapsed / 100ms));
    drawn_ = true;
  }
  wipe();
}

void ProgressBar::draw(int tick) const {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const std::string parts = total_ > 0 ? "  " + bar(done_, total_) : "";
  const std::string line = fmt::format("{} {}{}", kTicks[static_cast<size_t>(tick) % std::size(kTicks)], activity_, parts);
  fmt::print(stderr, "\r\x1b[2K{}  {}", shortened(line, terminal().width - 10), styled(Style::Dim, fmt::format("{:.0f} s", seconds)));
  std::fflush(stderr);
}

void ProgressBar::wipe() {
  if (!drawn_) return;
  fmt::print(stderr, "\r\x1b[2K");
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace thimble
