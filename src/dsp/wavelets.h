/// Filters of wavelets, computed from what defines each family.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace thimble {

/// Both of one length, in the order in which they meet the samples reversed: y[n] = sum of low[k] x[n - k].
struct WaveletFilters {
  std::vector<float> low, high;
};

/// haar, db2 to db10, sym2 to sym10, coif1 to coif3, and bior and rbio by the orders of their two splines.
std::span<const std::string_view> wavelet_names();
/// Of one of those names.
WaveletFilters wavelet_filters(std::string_view name);

}  // namespace thimble
