#include "dsp/wavelets.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <complex>
#include <numbers>

#include "base/error.h"

namespace thimble {
namespace {

using Complex = std::complex<double>;
using Taps = std::vector<double>;

template <class T>
std::vector<T> product(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> c(a.size() + b.size() - 1);
  for (size_t i = 0; i < a.size(); ++i)
    for (size_t j = 0; j < b.size(); ++j) c[i + j] += a[i] * b[j];
  return c;
}

/// Scaled so that a constant keeps its energy.
Taps normalised(Taps taps) {
  double sum = 0;
  for (const double t : taps) sum += t;
  for (double& t : taps) t *= std::numbers::sqrt2 / sum;
  return taps;
}

/// All roots at once (Weierstrass's iteration) of c[0] + c[1] y + ..., sorted by real part; conjugates stand side by side.
std::vector<Complex> roots_of(const Taps& c) {
  std::vector<Complex> roots;
  for (size_t i = 0; i + 1 < c.size(); ++i) roots.push_back(std::pow(Complex(0.4, 0.9), static_cast<double>(i)));
  for (int step = 0; step < 300; ++step)
    for (size_t i = 0; i < roots.size(); ++i) {
      Complex value = 0, others = c.back();
      for (size_t k = c.size(); k-- > 0;) value = value * roots[i] + c[k];
      for (size_t j = 0; j < roots.size(); ++j)
        if (j != i) others *= roots[i] - roots[j];
      roots[i] -= value / others;
    }
  std::sort(roots.begin(), roots.end(),
            [](Complex a, Complex b) { return std::abs(a.real() - b.real()) > 1e-9 ? a.real() < b.real() : a.imag() < b.imag(); });
  return roots;
}

/// What is left of a half-band filter that is flat to the order n at both ends, over y = (2 - z - 1/z) / 4.
std::vector<Complex> half_band_roots(int n) {
  Taps c{1};
  for (int k = 1; k < n; ++k) c.push_back(c.back() * (n - 1 + k) / k);
  return roots_of(c);
}

/// (1 + z)^n times the other factor.
Taps with_zeros(int n, const std::vector<Complex>& factor) {
  std::vector<Complex> all = factor;
  for (int i = 0; i < n; ++i) all = product(all, std::vector<Complex>{1, 1});
  Taps taps;
  for (const Complex t : all) taps.push_back(t.real());
  return normalised(taps);
}

/// The z inside the circle at which y has that value.
Complex inside(Complex y) {
  const Complex b = 1.0 - 2.0 * y, root = std::sqrt(b * b - 1.0), z = b + root;
  return std::abs(z) < 1 ? z : b - root;
}

/// An orthogonal filter with n zeros at z = -1; `outside` says of which roots (conjugates count as one) the mirror image is taken.
Taps orthogonal(const std::vector<Complex>& roots, int n, unsigned outside) {
  std::vector<Complex> factor{1};
  unsigned bit = 0;
  for (size_t i = 0; i < roots.size(); ++bit) {
    const size_t count = std::abs(roots[i].imag()) > 1e-7 ? 2 : 1;
    for (size_t k = 0; k < count; ++k, ++i) {
      const Complex z = inside(roots[i]);
      factor = product(factor, std::vector<Complex>{1, -((outside >> bit) & 1u ? 1.0 / z : z)});
    }
  }
  return with_zeros(n, factor);
}

Taps daubechies(int n) { return orthogonal(half_band_roots(n), n, 0); }

/// The least asymmetric choice of roots. Up to three zeros there is only one choice.
Taps symlet(int n) {
  constexpr std::array<unsigned, 11> kOutside = {0, 0, 0, 0, 2, 1, 5, 1, 10, 6, 21};
  return orthogonal(half_band_roots(n), n, kOutside[static_cast<size_t>(n)]);
}

/// Solves J d = r in the sense of least squares, J having one row per equation.
Taps least_squares(const std::vector<Taps>& j, const Taps& r) {
  const size_t n = j[0].size();
  std::vector<Taps> a(n, Taps(n + 1, 0.0));
  for (size_t e = 0; e < j.size(); ++e)
    for (size_t p = 0; p < n; ++p) {
      for (size_t q = 0; q < n; ++q) a[p][q] += j[e][p] * j[e][q];
      a[p][n] += j[e][p] * r[e];
    }
  for (size_t p = 0; p < n; ++p) {
    const auto pivot = std::max_element(a.begin() + static_cast<std::ptrdiff_t>(p), a.end(),
                                        [p](const Taps& x, const Taps& y) { return std::abs(x[p]) < std::abs(y[p]); });
    std::swap(*pivot, a[p]);
    for (size_t row = 0; row < n; ++row) {
      if (row == p) continue;
      const double share = a[row][p] / a[p][p];
      for (size_t q = p; q <= n; ++q) a[row][q] -= share * a[p][q];
    }
  }
  Taps d(n);
  for (size_t p = 0; p < n; ++p) d[p] = a[p][n] / a[p][p];
  return d;
}

/// A coiflet of order k: orthogonal, with 2k vanishing moments of the wavelet and 2k - 1 of the scaling function. These equations have
/// several solutions; the one meant is near `start`.
Taps coiflet(int k, Taps h) {
  const int length = 6 * k;
  for (int step = 0; step < 20; ++step) {
    std::vector<Taps> j;
    Taps r;
    const auto equation = [&](Taps row, double rest) {
      j.push_back(std::move(row));
      r.push_back(rest);
    };
    for (int shift = 0; shift < length; shift += 2) {
      Taps row(h.size(), 0.0);
      double sum = 0;
      for (int n = 0; n + shift < length; ++n) {
        const auto a = static_cast<size_t>(n), b = static_cast<size_t>(n + shift);
        sum += h[a] * h[b], row[a] += h[b], row[b] += h[a];
      }
      equation(row, (shift == 0 ? 1 : 0) - sum);
    }
    for (int moment = 0; moment < 2 * k; ++moment)
      for (const int sign : {1, -1}) {
        Taps row;
        double sum = 0, power = 1;
        for (int n = 0; n < length; ++n, power *= sign) {
          row.push_back(power * std::pow((n - 2.0 * k) / (2.0 * k), moment));
          sum += row.back() * h[static_cast<size_t>(n)];
        }
        equation(row, (moment == 0 && sign == 1 ? std::numbers::sqrt2 : 0) - sum);
      }
    const Taps d = least_squares(j, r);
    for (size_t n = 0; n < h.size(); ++n) h[n] += d[n];
  }
  return h;
}

Taps coiflet(int k) {
  if (k == 1) return coiflet(1, {-0.07, 0.34, 0.85, 0.38, -0.07, -0.02});
  if (k == 2) return coiflet(2, {0.016, -0.041, -0.067, 0.386, 0.813, 0.417, -0.076, -0.059, 0.024, 0.006, -0.002, -0.001});
  return coiflet(3, {-0.0038, 0.0078, 0.0235, -0.0658, -0.0611, 0.4052, 0.7938, 0.4285, -0.0718, -0.0823, 0.0346, 0.0159, -0.0090, -0.0026,
                     0.0011, 0.0005, -0.0001, 0.0});
}

/// The two low passes of a biorthogonal pair: zeros at -1, and roots over y. From the fourth order on some roots are the synthesis's.
struct Pair {
  Taps analysis, synthesis;
};
Taps symmetric(int zeros, const std::vector<Complex>& roots) {
  std::vector<Complex> factor{1};
  for (const Complex r : roots) factor = product(factor, std::vector<Complex>{1, -(2.0 - 4.0 * r), 1});
  return with_zeros(zeros, factor);
}

Pair biorthogonal(int synthesis, int analysis) {
  std::vector<Complex> roots = half_band_roots((synthesis + analysis) / 2), kept;
  const auto take = [&](auto wanted) {
    const auto middle = std::stable_partition(roots.begin(), roots.end(), [&](Complex r) { return !wanted(r); });
    kept.assign(middle, roots.end());
    roots.erase(middle, roots.end());
  };
  if (synthesis == 4) take([](Complex r) { return std::abs(r.imag()) < 1e-7; });
  if (synthesis == 5) take([least = roots.front().real()](Complex r) { return r.real() < least + 1e-7; });
  if (synthesis == 6) take([middle = roots[2].real()](Complex r) { return std::abs(r.real() - middle) < 1e-7; });
  if (synthesis == 5) return {symmetric(4, roots), symmetric(6, kept)};
  return {symmetric(analysis, roots), symmetric(synthesis, kept)};
}

/// `taps` in the middle of `length` numbers; where that is between two places, in the later or the earlier one.
Taps centred(const Taps& taps, size_t length, bool later) {
  Taps all(length, 0.0);
  const size_t free = length - taps.size();
  std::copy(taps.begin(), taps.end(), all.begin() + static_cast<std::ptrdiff_t>(later ? (free + 1) / 2 : free / 2));
  return all;
}

Taps reversed(Taps taps) {
  std::reverse(taps.begin(), taps.end());
  return taps;
}

/// The high pass alternates the signs of the other side's low pass.
WaveletFilters filters_of(const Taps& analysis, const Taps& synthesis) {
  WaveletFilters f;
  for (size_t n = 0; n < analysis.size(); ++n) {
    f.low.push_back(static_cast<float>(analysis[n]));
    f.high.push_back(static_cast<float>(n % 2 ? synthesis[n] : -synthesis[n]));
  }
  return f;
}

WaveletFilters of_pair(int synthesis, int analysis, bool exchanged) {
  const Pair pair = biorthogonal(synthesis, analysis);
  const size_t longest = std::max(pair.analysis.size(), pair.synthesis.size()), length = longest + longest % 2;
  const Taps a = centred(pair.analysis, length, true), s = centred(pair.synthesis, length, false);
  return exchanged ? filters_of(reversed(s), reversed(a)) : filters_of(a, s);
}

int number_in(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::span<const std::string_view> wavelet_names() {
  static constexpr std::string_view kNames[] = {
      "haar",    "db2",     "db3",     "db4",     "db5",     "db6",     "db7",     "db8",     "db9",     "db10",
      "sym2",    "sym3",    "sym4",    "sym5",    "sym6",    "sym7",    "sym8",    "sym9",    "sym10",   "coif1",
      "coif2",   "coif3",   "bior1.3", "bior1.5", "bior2.2", "bior2.4", "bior2.6", "bior2.8", "bior3.1", "bior3.3",
      "bior3.5", "bior3.7", "bior3.9", "bior4.4", "bior5.5", "bior6.8", "rbio1.3", "rbio1.5", "rbio2.2", "rbio2.4",
      "rbio2.6", "rbio2.8", "rbio3.1", "rbio3.3", "rbio3.5", "rbio3.7", "rbio3.9", "rbio4.4", "rbio5.5", "rbio6.8"};
  return kNames;
}

WaveletFilters wavelet_filters(std::string_view name) {
  const auto orthogonal_of = [](const Taps& synthesis) { return filters_of(reversed(synthesis), synthesis); };
  if (name == "haar") return orthogonal_of(daubechies(1));
  if (name.starts_with("db")) return orthogonal_of(daubechies(number_in(name.substr(2))));
  if (name.starts_with("sym")) return orthogonal_of(symlet(number_in(name.substr(3))));
  if (name.starts_with("coif")) return orthogonal_of(coiflet(number_in(name.substr(4))));
  require(name.starts_with("bior") || name.starts_with("rbio"), "a wavelet of another family");
  return of_pair(number_in(name.substr(4, 1)), number_in(name.substr(6, 1)), name.starts_with("rbio"));
}

}  // namespace thimble
