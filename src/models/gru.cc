#include "models/network.h"
#include "ops/binary.h"
#include "ops/fully_connected.h"
#include "ops/strided_slice.h"

namespace thimble {
namespace {

struct GruFields {
  int64_t cells = 16, steps = 16, dense = 0;
  template <class V>
  void fields(V&& v) {
    v("cells", cells, "numbers that are remembered from step to step", at_least(1));
    v("steps", steps,
      "the most parts that the window is cut into, each seen at once and code of its own; all are of one length, and samples that fill "
      "none are left out at its start: of 25 samples, 16 make 12 parts of 2",
      between(2, 64));
    v("dense", dense, "units of a layer before the last; 0: none", at_least(0));
  }
};

/// A gated recurrent unit (Cho et al. 2014), step by step in ops that TFLite has too; the steps share their weights.
class Gru {
 public:
  /// x: [1, steps, numbers].
  Gru(Network& net, ValueId x, int64_t cells) : net_(net), cells_(cells) {
    const int64_t numbers = net.shape(x)[2];
    const ValueId in = net.weights("input_weights", {3 * cells, numbers}, numbers + cells), bias = net.zeros("bias", 3 * cells);
    gates_ = net.weights("recurrent_weights", {2 * cells, cells}, numbers + cells);
    candidate_ = net.weights("recurrent_weights", {cells, cells}, numbers + cells);
    driven_ = net.node("fully_connected", {x, in, bias}, FullyConnectedAttrs{.keep_dims = true});
  }

  /// What is remembered after the first step, where there is nothing to remember yet.
  ValueId first() {
    const ValueId keep = net_.unary(driven(0, 0, 1), "logistic"), next = net_.unary(driven(0, 2, 1), "tanh");
    return binary("sub", next, binary("mul", keep, next));
  }
  ValueId step(int64_t t, ValueId last) {
    const ValueId gates = net_.unary(net_.add(driven(t, 0, 2), recurrent(last, gates_)), "logistic");
    const ValueId keep = part(gates, 0), reset = part(gates, 1);
    const ValueId next = net_.unary(net_.add(driven(t, 2, 1), recurrent(binary("mul", reset, last), candidate_)), "tanh");
    return net_.add(next, binary("mul", keep, binary("sub", last, next)));
  }

 private:
  ValueId binary(std::string_view op, ValueId a, ValueId b) { return net_.node(op, {a, b}, BinaryAttrs{}); }
  ValueId recurrent(ValueId x, ValueId weights) { return net_.node("fully_connected", {x, weights}, FullyConnectedAttrs{}); }
  /// `count` of the input's three sums (keep, reset, candidate) in step t.
  ValueId driven(int64_t t, int64_t first, int64_t count) {
    const int64_t size = count * cells_;
    return net_.node("strided_slice", {driven_}, StridedSliceAttrs{{0, t, first * cells_}, {1, 1, size}, {1, 1, 1}, {1, size}});
  }
  ValueId part(ValueId gates, int64_t which) {
    return net_.node("strided_slice", {gates}, StridedSliceAttrs{{0, which * cells_}, {1, cells_}, {1, 1}, {1, cells_}});
  }

  Network& net_;
  int64_t cells_;
  ValueId gates_, candidate_, driven_;
};

Graph build(const GruFields& fields, const NetworkRequest& request) {
  Network net("gru", request);
  ValueId x = net.sequence();
  const int64_t samples = net.shape(x)[1], channels = net.shape(x)[2];
  const int64_t size = (samples + fields.steps - 1) / fields.steps, steps = samples / size, left_out = samples - steps * size;
  if (left_out > 0)
    x = net.node("strided_slice", {x},
                 StridedSliceAttrs{{0, left_out, 0}, {1, steps * size, channels}, {1, 1, 1}, {1, steps * size, channels}});
  x = net.reshape(x, {1, steps, size * channels});
  Gru gru(net, x, fields.cells);
  ValueId remembered = gru.first();
  for (int64_t t = 1; t < steps; ++t) remembered = gru.step(t, remembered);
  if (fields.dense > 0) remembered = net.dense(remembered, fields.dense, Activation::Relu);
  return net.with_head(remembered);
}

}  // namespace

std::span<const Architecture> gru_architectures() {
  static const Architecture kRows[] = {
      architecture<GruFields, build>("gru", "a memory over a few steps, in ops that every TFLite runtime has; lstm is for long sequences")};
  return kRows;
}

}  // namespace thimble
