/// What quantisation does to each layer: float against int8 over examples, with the error that came in and without.
#pragma once

#include "compress/calibrate.h"
#include "compress/quantize.h"

namespace thimble {

/// Sums over the elements of a value.
struct Error2 {
  double signal = 0, noise = 0;
  void add(std::span<const float> reals, std::span<const float> approximations);
  /// Signal to noise in dB; infinite where there is no noise.
  double db() const;
};

struct LayerDamage {
  std::string name, op;
  Quant quant;                     ///< of the result's codes
  Range seen;                      ///< of the float result
  Error2 accumulated;              ///< as the int8 graph computes it, after all layers before
  Error2 own;                      ///< when its operands are the codes of the float graph's values: what this layer adds by itself
  int64_t clipped = 0, count = 0;  ///< float results outside the codes' range, of all
  double clipped_noise = 0;        ///< the part of the own noise that cutting them off makes

  /// The part that rounding the results makes: a twelfth of a step squared each.
  double rounding_noise() const;
  double clipped_share() const { return count > 0 ? static_cast<double>(clipped) / static_cast<double>(count) : 0; }
};

struct OutputDamage {
  std::string name;
  Error2 error;
  std::vector<int64_t> largest, largest_int8;  ///< by example: the index of the largest element, of float and of int8

  int64_t examples() const { return std::ssize(largest); }
  int64_t same_largest() const;
};

struct Damage {
  std::vector<LayerDamage> layers;  ///< those that became int8, in the order in which they run
  std::vector<OutputDamage> outputs;

  /// Indices of layers, the lowest own signal to noise first.
  std::vector<size_t> culprits() const;
};

/// `made`, `report`: what quantize made of `graph`. Layers, which cost three runs an example, are compared over the first `layer_examples`.
Damage damage_of(const Graph& graph, const Graph& made, const QuantizeReport& report, std::span<const ExampleInputs> examples,
                 Progress& progress, size_t layer_examples = 64);

/// The real numbers that a tensor's codes stand for (floats as they are), by the dequantize op's arithmetic.
std::vector<float> reals_of(const TensorView& tensor);
/// The inputs of an example as another graph of the same model takes them: floats become codes where its inputs are int8.
ExampleInputs inputs_for(const Graph& graph, const ExampleInputs& floats);

}  // namespace thimble
