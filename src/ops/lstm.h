/// Long short-term memory over a sequence: TFLite's UNIDIRECTIONAL_SEQUENCE_LSTM without peepholes, projection and layer normalisation.
///
/// Operands: the input [batch, time, features]; the weights of the input, then of the last output, then the biases, each for the input,
/// forget, cell and output gate; the output state and the cell state [batch, cells]. With int8 input the cell state is int16 and its scale
/// a power of two.
#pragma once

#include <array>

#include "ops/arithmetic.h"

namespace thimble {

struct LstmAttrs {
  bool time_major = false;
  double cell_clip = 0;
  double hidden_scale = 0;  ///< of the int8 output before it becomes the output state; 0: the output state's
  int64_t hidden_zero = 0;
  template <class V>
  void fields(V&& v) {
    v("time_major", time_major, "the input is [time, batch, features]");
    v("cell_clip", cell_clip, "bound of the cell state's magnitude; 0: none", at_least(0));
    v("hidden_scale", hidden_scale, "scale of the int8 result; 0: that of the output state", at_least(0));
    v("hidden_zero", hidden_zero, "zero point of the int8 result, where hidden_scale is given");
  }
};

/// Where the operands stand.
struct LstmOperands {
  static constexpr size_t input = 0, input_weights = 1, recurrent_weights = 5, bias = 9, output_state = 13, cell_state = 14, count = 15;
};

struct LstmSizes {
  int64_t batches, steps, features, cells;
  int64_t batch_step, time_step;  ///< in rows of the input and the output
};
LstmSizes lstm_sizes(const LstmAttrs& attrs, Inputs in);

/// The fixed-point numbers of the int8 form.
struct LstmScales {
  std::array<Multiplier, 4> input, recurrent;  ///< from the gates' sums to Q3.12
  Multiplier hidden;
  int32_t hidden_zero;
  int cell_bits;      ///< integer bits of the cell state
  int32_t cell_clip;  ///< 0: none
};
LstmScales lstm_scales(const LstmAttrs& attrs, Inputs in);

}  // namespace thimble
