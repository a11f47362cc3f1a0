#include <ATen/ATen.h>

#include "ops/lstm.h"
#include "train/lower_torch.h"

namespace thimble {

using at::Tensor;
using At = LstmOperands;

/// The gates' products with the input are made for all of the sequence at once. Every example begins from the state's first contents.
std::vector<Tensor> lower_lstm(const TorchCall& call) {
  const auto& a = call.node.attrs.as<LstmAttrs>();
  expect(!a.time_major, "an lstm over [time, batch, features] cannot be trained; [batch, time, features] can");
  const auto joined = [&](size_t first) { return at::cat({call.in[first], call.in[first + 1], call.in[first + 2], call.in[first + 3]}); };
  const Tensor recurrent = joined(At::recurrent_weights), bias = joined(At::bias);
  const Tensor driven = at::linear(call.in[At::input], joined(At::input_weights), bias);
  const int64_t cells = call.in[At::input_weights].size(0), steps = driven.size(1);
  expect(call.type(At::output_state).elements() == cells, "an lstm whose states are those of several examples cannot be trained");
  const auto start = [&](size_t i) { return call.in[i].reshape({1, cells}).expand({call.batch, cells}); };
  Tensor output = start(At::output_state), cell = start(At::cell_state);
  std::vector<Tensor> outputs;
  for (int64_t t = 0; t < steps; ++t) {
    const auto gates = (driven.select(1, t) + at::linear(output, recurrent)).chunk(4, 1);  // input, forget, cell, output
    cell = at::sigmoid(gates[1]) * cell + at::sigmoid(gates[0]) * at::tanh(gates[2]);
    if (a.cell_clip > 0) cell = cell.clamp(-a.cell_clip, a.cell_clip);
    output = at::sigmoid(gates[3]) * at::tanh(cell);
    outputs.push_back(output);
  }
  return {at::stack(outputs, 1)};
}

}  // namespace thimble
