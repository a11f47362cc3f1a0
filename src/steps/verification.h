/// A model run in every way that there is, each compared with what is known to be right: byte by byte, and layer by layer.
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "steps/comparison.h"
#include "steps/golden.h"
#include "steps/pipeline.h"

namespace thimble {

struct VerifyRequest : ModelOnBoard {
  std::vector<std::string> boards;
  std::string golden;
  int64_t seed = 1, records = 0;
  template <class V>
  void fields(V&& v) {
    ModelOnBoard::fields(v);
    v("boards", boards, "several boards instead of one, or all; those that the model does not fit are left out, with the reason");
    v("golden", golden, "folder of golden vectors (with a manifest.json) to compare with, instead of the interpreter");
    v("seed", seed, "of the random inputs", at_least(0));
    v("records", records, "how many uniform and how many smooth inputs; 0: all golden ones, or 4 random ones", between(0, 100000));
  }
};

/// How one way of running the model did.
struct Way {
  std::string where;
  std::vector<Comparison> sets;
  std::optional<Comparison> layers;
  std::set<std::string, std::less<>> compared;  ///< known layers, by name
  std::string first_fault;                      ///< the first layer that differs
  std::string left_out;                         ///< why it was not run
  Blame blame = Blame::User;

  bool failed() const { return blame == Blame::Bug; }
  const char* status() const { return failed() ? "failed" : !left_out.empty() ? "left out" : ok() ? "equal" : "differs"; }
  int64_t layer_count() const { return std::ssize(compared); }
  bool ok() const {
    return std::all_of(sets.begin(), sets.end(), [](const Comparison& c) { return c.ok(); }) && (!layers || layers->ok());
  }
};

class Verification {
 public:
  /// What is right: golden vectors, or what the interpreter says of random inputs.
  Verification(const VerifyRequest& request, Progress& progress);

  /// Adds the way over that board. Where there are several, one that cannot be taken is left out with the reason.
  void run_on(const std::string& board, bool several);

  const VerifyRequest& request() const { return request_; }
  const Graph& imported() const { return imported_; }
  const Golden& golden() const { return golden_; }
  const std::vector<Way>& ways() const { return ways_; }
  int64_t record_count() const;
  /// Known layers that a firmware does not have in their original form.
  int64_t uncompared() const;

 private:
  Verification(const VerifyRequest& request, Progress& progress, Loaded loaded);

  void compare_sets(const std::vector<Record>& outputs, Way& way) const;
  std::optional<std::span<const std::byte>> wanted(const Graph& graph, const Value& value) const;
  void compare_layer(const Graph& graph, const Value& value, std::span<const std::byte> got, const std::string& what, Way& way) const;
  void compare_trace(const Compiled& model, const std::vector<std::vector<std::byte>>& trace, Way& way) const;
  Way interpreter_way() const;
  void run_firmwares(const Board& board, Way& way) const;

  VerifyRequest request_;
  Progress& progress_;
  std::optional<Stream> stream_;
  Graph imported_, rewritten_;
  Golden golden_;
  std::vector<Way> ways_;
};

}  // namespace thimble
