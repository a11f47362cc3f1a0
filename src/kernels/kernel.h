/// One way to run one op on some targets: a C function of runtime/kernels, and what it takes to call it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ir/call.h"
#include "ir/graph.h"
#include "targets/board.h"

namespace thimble {

/// What the generated code optimises for; decides which kernels are chosen, how they are inlined and the compiler's level.
enum class Optimize : uint8_t { Balanced, Speed, Flash, Ram };
std::span<const std::string_view> enum_names(Optimize);

struct Kernel {
  std::string_view name;    ///< "conv2d_s8_ref"; unique
  std::string_view source;  ///< below runtime/: "kernels/conv2d_ref.h", or several with blanks between; empty: no code (an alias of memory)
  std::string_view op;
  Isa needs = Isa::Any;
  /// Why this kernel cannot run the node, or nothing when it can.
  std::optional<std::string> (*refuses)(const Node&, const Graph&) = nullptr;
  /// Bytes of working memory; null: none.
  int64_t (*scratch)(const Node&, const Graph&) = nullptr;
  /// An estimate; the cheapest admissible row wins (see half_weights). Infinite: the board has better instructions, and the row is refused.
  double (*cycles)(const Node&, const Graph&, const Board&) = nullptr;
  KernelCall (*lower)(const Node&, const Graph&) = nullptr;
  /// How the output may lie over operand 0 when that dies here: every byte of the operand that is still to be read stays unharmed as long
  /// as the operand begins at least this many bytes after the output does (a negative number: it may begin that much before). Nothing or
  /// null: never.
  std::optional<int64_t> (*overlap)(const Node&, const Graph&) = nullptr;
  /// The output may be the very buffer of an operand of equal size that dies here: each element is read before it is written.
  bool in_place = false;
  /// The output is the first operand's bytes under another shape: no code runs, `lower` is null.
  bool alias = false;
  bool per_shape = false;  ///< every shape makes code of its own, so that it does not serve Optimize::Flash
  /// Weights of four bits take half a byte each. Where that is not for speed, the row wins at up to `kCyclesForHalfTheFlash` times the
  /// cycles of the cheapest; under Optimize::Flash at any price.
  bool half_weights = false;
  /// Of `cycles`, what is left where the core is Board::dual_issue, as `tune` counts it on a Cortex-M7: hand-written rows name their own
  /// (0.48 to 0.78). Unless named it is that of plain C convolutions, fully connected layers and pools (0.50 to 0.52; sums take 0.61), and
  /// no more than a guess for rows of other kinds.
  double dual_issue = 0.51;
  /// Bytes of code that its longest loop runs through; null: few, or it has no shorter rival. Where they exceed Board::code_cache, the loop
  /// waits for the flash. (Constants wait there too, by all rows alike: no estimate includes that.)
  int64_t (*loop)(const Node&, const Graph&) = nullptr;
  int align = 1;  ///< of the operands in the arena, where more than the element type needs
};

inline constexpr double kCyclesForHalfTheFlash = 2.5;

/// The files of `source`, in the order in which they are pasted.
std::vector<std::string> sources_of(const Kernel& kernel);

/// Every kernel of the table; the registry is written from the file names of src/kernels.
std::span<const Kernel* const> all_kernels();

/// The verdict on one row for one node on one board.
struct Verdict {
  const Kernel* kernel = nullptr;
  std::string refusal;  ///< empty: admissible
  double cycles = 0;
  bool waits = false;  ///< its loop is longer than what the board keeps from waiting for the flash
};
/// All rows of the node's op, admissible ones first, the one to take before the others and those cheapest first.
std::vector<Verdict> consider(const Node& node, const Graph& graph, const Board& board, Optimize optimize = Optimize::Balanced);

}  // namespace thimble
