/// Random graphs of sizes for the planner's tests.
#pragma once

#include <random>

#include "plan/plan_test.h"

namespace thimble::testing {

/// Plain: in place and aliases. Overlaps: outputs that may lie over their operand as well. Views: slices and concats too.
enum class Kinds { Plain, Overlaps, Views };

class RandomSketch {
 public:
  RandomSketch(uint32_t seed, Kinds kinds, bool tiny_sizes) : engine_(seed), kinds_(kinds), tiny_(tiny_sizes) {}

  Sketch make(int nodes) {
    values_ = {sketch_.input(tiny_ ? 16 : 1 + random(64))};
    if (random(2)) values_.push_back(sketch_.input(tiny_ ? 8 : 1 + random(64)));
    for (int n = 0; n < nodes; ++n)
      if (kinds_ == Kinds::Views && random(3) == 0)
        add_view();
      else
        add_node();
    sketch_.graph.outputs = {values_.back()};
    for (ValueId id : values_)
      if (random(8) == 0) sketch_.graph.outputs.push_back(id);
    return std::move(sketch_);
  }

 private:
  int random(int below) { return static_cast<int>(engine_() % static_cast<uint32_t>(below)); }
  int64_t bytes(ValueId id) const { return sketch_.graph.type(id).bytes(); }
  ValueId any() {
    const int last = static_cast<int>(values_.size()) - 1;
    return values_[static_cast<size_t>(last - random(std::min(last + 1, 6)))];
  }

  void add_node() {
    std::vector<ValueId> in;
    for (int operands = 1 + random(3); operands > 0; --operands) in.push_back(any());
    const int kind = random(4);
    PlanStep step{
        .scratch_align = 1 << random(tiny_ ? 3 : 4), .align = 1 << random(3), .in_place = kind == 1 || kind == 2, .alias = kind == 0};
    if (random(4) == 0) step.scratch_bytes = tiny_ ? 4 * random(6) : random(50);
    const int64_t fresh = tiny_ ? 4 * (1 + random(4)) : 1 + random(200), size = kind < 2 ? bytes(in[0]) : fresh;
    if (kinds_ != Kinds::Plain && random(2)) step.overlap = random(static_cast<int>(bytes(in[0]) + size)) - bytes(in[0]);
    values_.push_back(sketch_.node(in, size, step));
  }

  void add_view() {
    const ValueId x = any();
    const int64_t size = bytes(x);
    if (random(2)) {
      std::vector<ValueId> in;
      for (int operands = 1 + random(3); operands > 0; --operands) in.push_back(any());
      values_.push_back(sketch_.concat(in));
    } else if (size > 1) {
      const int64_t at = random(static_cast<int>(size)), unit = tiny_ ? 4 : 1;
      if (size % unit || size < 2 * unit) return;
      const int64_t begin = at / unit * unit;
      values_.push_back(sketch_.slice(x, begin, unit * (1 + random(static_cast<int>((size - begin) / unit)))));
    }
  }

  std::mt19937 engine_;
  Kinds kinds_;
  bool tiny_;
  Sketch sketch_;
  std::vector<ValueId> values_;
};

inline Sketch random_sketch(uint32_t seed, int nodes, bool tiny_sizes, Kinds kinds = Kinds::Plain) {
  return RandomSketch(seed, kinds, tiny_sizes).make(nodes);
}

}  // namespace thimble::testing
