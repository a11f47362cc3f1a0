#include "base/interrupt.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>

namespace thimble {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM};

volatile std::sig_atomic_t was_asked = 0;
std::atomic<bool> lives = false;
std::array<struct sigaction, kSignals.size()> before;

void note(int) {
  constexpr char kText[] = "\nending as soon as nothing is lost by it; once more ends at once\n";
  was_asked = 1;
  (void)!write(STDERR_FILENO, kText, sizeof kText - 1);
}

}  // namespace

Interrupt::Interrupt() {
  was_asked = 0;
  for (size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &before[i]);
    if (before[i].sa_handler == SIG_IGN) continue;  // such as in the background of a script
    struct sigaction noting {};
    noting.sa_handler = note;
    noting.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(kSignals[i], &noting, nullptr);
  }
  lives = true;
}

Interrupt::~Interrupt() {
  lives = false;
  for (size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before[i], nullptr);
}

bool Interrupt::asked() const { return was_asked != 0; }

bool Interrupt::caught() { return lives; }

}  // namespace thimble
