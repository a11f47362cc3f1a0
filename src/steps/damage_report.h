/// The damage of a quantisation as a table for people and as JSON.
#pragma once

#include <string>

#include "base/json.h"
#include "compress/damage.h"

namespace thimble {

/// Layers in the order in which they run, the `worst` marked and explained below, then the layers that stay float.
std::string damage_text(const Damage& damage, const QuantizeReport& report, size_t worst);
Json damage_json(const Damage& damage, const QuantizeReport& report);

/// "19.4 dB", "exact".
std::string decibels(double db);

/// Of classifiers: "31 of 32 examples keep their largest output"; "" where outputs are many or one.
std::string agreement(const OutputDamage& output, const TensorType& type);

}  // namespace thimble
