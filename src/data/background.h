/// Sounds that are there when nobody speaks.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace thimble {

/// Their names: hiss, rumble, hum, clatter, silence.
std::span<const std::string_view> background_kinds();

/// `count` samples of a kind chosen by `random`, with an effective value of 1 (silence: next to nothing).
std::vector<float> background(Random& random, double rate, int64_t count);

/// Adds background so that `signal` lies `decibels` above it; a silent signal stays as it is.
void add_background(std::span<float> signal, Random& random, double rate, double decibels);

/// The effective value: the root of the mean square.
double level_of(std::span<const float> signal);

}  // namespace thimble
