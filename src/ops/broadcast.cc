#include "ops/broadcast.h"

#include <algorithm>

#include "ir/op.h"

namespace thimble {
namespace {

/// The size along axis `d` of the result, as if the shape had ones in front.
int64_t size_at(const Shape& shape, size_t rank, size_t d) {
  const size_t missing = rank - shape.size();
  return d < missing ? 1 : shape[d - missing];
}

}  // namespace

Shape broadcast(const Shape& a, const Shape& b) {
  const size_t rank = std::max(a.size(), b.size());
  Shape out;
  for (size_t d = 0; d < rank; ++d) {
    const int64_t x = size_at(a, rank, d), y = size_at(b, rank, d);
    expect(x == y || x == 1 || y == 1, "shapes " + to_string(a) + " and " + to_string(b) + " do not broadcast: axes must agree or be 1");
    out.push_back(std::max(x, y));
  }
  return out;
}

std::vector<BroadcastLoop> broadcast_loops(const Shape& a, const Shape& b) {
  const Shape out = broadcast(a, b);
  std::vector<BroadcastLoop> loops;  // innermost first
  int64_t a_size = 1, b_size = 1;
  for (size_t d = out.size(); d-- > 0;) {
    const int64_t x = size_at(a, out.size(), d), y = size_at(b, out.size(), d);
    if (out[d] == 1) continue;
    const BroadcastLoop loop{out[d], x == 1 ? 0 : a_size, y == 1 ? 0 : b_size};
    a_size *= x;
    b_size *= y;
    if (!loops.empty() && loop.a_step == loops.back().count * loops.back().a_step &&
        loop.b_step == loops.back().count * loops.back().b_step)
      loops.back().count *= loop.count;
    else
      loops.push_back(loop);
  }
  if (loops.empty()) loops.push_back({});
  std::reverse(loops.begin(), loops.end());
  return loops;
}

}  // namespace thimble
