#include "formats/faults.h"

#include <fmt/format.h>

#include <algorithm>

namespace thimble {
namespace {

constexpr size_t kShown = 40;

std::string count(size_t n, std::string_view noun) { return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s"); }

}  // namespace

void Faults::node(std::string what, size_t index, Blame blame, std::string reason) {
  faults_.push_back({std::move(what), fmt::format("(node {})", index), std::move(reason), blame});
  ++nodes_;
}

void Faults::tensor(std::string what, size_t index, Blame blame, std::string reason) {
  faults_.push_back({std::move(what), fmt::format("(tensor {})", index), std::move(reason), blame});
  ++tensors_;
}

std::string Faults::headline() const {
  if (tensors_ == 0) return fmt::format("model uses {} that Thimble cannot run", count(nodes_, "op"));
  if (nodes_ == 0) return fmt::format("model has {} that Thimble cannot hold", count(tensors_, "tensor"));
  return fmt::format("model uses {} and {} that Thimble cannot run", count(nodes_, "op"), count(tensors_, "tensor"));
}

void Faults::raise() const {
  if (faults_.empty()) return;
  size_t what = 0, where = 0;
  Blame blame = Blame::User;
  const size_t shown = std::min(faults_.size(), kShown);
  for (size_t i = 0; i < shown; ++i) {
    what = std::max(what, faults_[i].what.size());
    where = std::max(where, faults_[i].where.size());
  }
  std::string text = headline();
  for (size_t i = 0; i < shown; ++i)
    text += fmt::format("\n  {:<{}}  {:<{}}  {}", faults_[i].what, what, faults_[i].where, where, faults_[i].reason);
  if (shown < faults_.size()) text += fmt::format("\n  and {} more", faults_.size() - shown);
  for (const Fault& fault : faults_)
    if (fault.blame == Blame::Unsupported) blame = Blame::Unsupported;
  throw Error(blame, text);
}

}  // namespace thimble
