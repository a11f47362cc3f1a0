#include "data/picture.h"

#include <algorithm>
#include <cmath>

namespace thimble {
namespace {

/// Weights of old pixels in one new one, along one axis.
struct Taps {
  int64_t first = 0;
  std::vector<double> weights;
};

/// Triangles as wide as a new pixel, or as an old one where that is wider.
std::vector<Taps> taps_of(double start, double extent, int64_t from, int64_t to) {
  const double step = extent / static_cast<double>(to), reach = std::max(1.0, step);
  std::vector<Taps> all;
  for (int64_t i = 0; i < to; ++i) {
    const double centre = start + (static_cast<double>(i) + 0.5) * step - 0.5;
    Taps taps{.first = std::max<int64_t>(0, static_cast<int64_t>(std::ceil(centre - reach)))};
    const int64_t last = std::min(from - 1, static_cast<int64_t>(std::floor(centre + reach)));
    double total = 0;
    for (int64_t j = taps.first; j <= last; ++j) {
      taps.weights.push_back(std::max(0.0, 1 - std::abs(static_cast<double>(j) - centre) / reach));
      total += taps.weights.back();
    }
    for (double& weight : taps.weights) weight /= total;
    all.push_back(std::move(taps));
  }
  return all;
}

}  // namespace

std::vector<float> scaled_picture(const Recording& picture, int64_t width, int64_t height) {
  const int64_t old_width = picture.width, old_height = picture.height();
  if (width == old_width && height == old_height) return picture.samples;
  const size_t channels = picture.channels.size();
  const auto w = static_cast<double>(old_width), h = static_cast<double>(old_height);
  const double wanted = static_cast<double>(width) / static_cast<double>(height);
  const double used_w = std::min(w, h * wanted), used_h = std::min(h, w / wanted);
  const auto across = taps_of((w - used_w) / 2, used_w, old_width, width), down = taps_of((h - used_h) / 2, used_h, old_height, height);
  std::vector<double> rows(static_cast<size_t>(old_height * width) * channels);
  for (int64_t y = 0; y < old_height; ++y)
    for (int64_t x = 0; x < width; ++x)
      for (size_t k = 0; k < across[static_cast<size_t>(x)].weights.size(); ++k)
        for (size_t c = 0; c < channels; ++c) {
          const auto from = static_cast<size_t>(y * old_width + across[static_cast<size_t>(x)].first) + k;
          rows[static_cast<size_t>(y * width + x) * channels + c] +=
              across[static_cast<size_t>(x)].weights[k] * static_cast<double>(picture.samples[from * channels + c]);
        }
  std::vector<float> out;
  for (int64_t y = 0; y < height; ++y)
    for (size_t i = 0; i < static_cast<size_t>(width) * channels; ++i) {
      const Taps& taps = down[static_cast<size_t>(y)];
      double sum = 0;
      for (size_t k = 0; k < taps.weights.size(); ++k)
        sum += taps.weights[k] * rows[(static_cast<size_t>(taps.first) + k) * static_cast<size_t>(width) * channels + i];
      out.push_back(static_cast<float>(sum));
    }
  return out;
}

}  // namespace thimble
