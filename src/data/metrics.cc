#include "data/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"

namespace thimble {
namespace {

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

/// Counts of one class against the rest.
struct Counts {
  int64_t hits = 0, truth = 0, predicted = 0;
};

ClassScore score_of(const Counts& counts, double auc) {
  ClassScore score{.auc = auc, .support = counts.truth};
  score.precision = ratio(static_cast<double>(counts.hits), static_cast<double>(counts.predicted));
  score.recall = ratio(static_cast<double>(counts.hits), static_cast<double>(counts.truth));
  score.f1 = ratio(2 * static_cast<double>(counts.hits), static_cast<double>(counts.truth + counts.predicted));
  return score;
}

/// Mean of f over the classes that have examples.
template <class F>
double mean_over(const std::vector<ClassScore>& classes, F f) {
  double sum = 0, count = 0;
  for (const ClassScore& one : classes)
    if (one.support > 0) sum += f(one), ++count;
  return ratio(sum, count);
}

std::vector<float> column(std::span<const float> rows, int classes, int c) {
  std::vector<float> all;
  for (size_t i = static_cast<size_t>(c); i < rows.size(); i += static_cast<size_t>(classes)) all.push_back(rows[i]);
  return all;
}

}  // namespace

int64_t ConfusionMatrix::total() const { return std::accumulate(counts.begin(), counts.end(), int64_t{0}); }

int64_t ConfusionMatrix::correct() const {
  int64_t sum = 0;
  for (int c = 0; c < classes; ++c) sum += at(c, c);
  return sum;
}

int argmax(std::span<const float> scores) { return static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin()); }

std::vector<int32_t> predictions(std::span<const float> outputs, int classes) {
  std::vector<int32_t> all;
  for (size_t at = 0; at + static_cast<size_t>(classes) <= outputs.size(); at += static_cast<size_t>(classes))
    all.push_back(argmax(outputs.subspan(at, static_cast<size_t>(classes))));
  return all;
}

ConfusionMatrix confusion(std::span<const int32_t> truth, std::span<const int32_t> predicted, int classes) {
  require(truth.size() == predicted.size(), "as many predictions as truths");
  ConfusionMatrix matrix{classes, std::vector<int64_t>(static_cast<size_t>(classes * classes))};
  for (size_t i = 0; i < truth.size(); ++i) ++matrix.counts[static_cast<size_t>(truth[i] * classes + predicted[i])];
  return matrix;
}

Roc roc(std::span<const float> scores, std::span<const uint8_t> positive) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  const auto positives = static_cast<double>(std::count(positive.begin(), positive.end(), uint8_t{1}));
  const double negatives = static_cast<double>(positive.size()) - positives;
  Roc curve{{0}, {0}, 0};
  double hits = 0, alarms = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    (positive[order[i]] ? hits : alarms) += 1;
    if (i + 1 < order.size() && scores[order[i]] == scores[order[i + 1]]) continue;
    const double x = ratio(alarms, negatives), y = ratio(hits, positives);
    curve.area += (x - curve.false_positive.back()) * (y + curve.true_positive.back()) / 2;
    curve.false_positive.push_back(x);
    curve.true_positive.push_back(y);
  }
  if (positives == 0 || negatives == 0) curve.area = 0.5;
  return curve;
}

Classification score_classes(std::span<const float> outputs, std::span<const int32_t> truth, int classes) {
  require(outputs.size() == truth.size() * static_cast<size_t>(classes), "a row of scores for each truth");
  Classification all;
  all.matrix = confusion(truth, predictions(outputs, classes), classes);
  all.accuracy = ratio(static_cast<double>(all.matrix.correct()), static_cast<double>(truth.size()));
  for (int c = 0; c < classes; ++c) {
    Counts counts{all.matrix.at(c, c)};
    for (int other = 0; other < classes; ++other) counts.truth += all.matrix.at(c, other), counts.predicted += all.matrix.at(other, c);
    std::vector<uint8_t> positive;
    for (int32_t label : truth) positive.push_back(label == c);
    all.classes.push_back(score_of(counts, roc(column(outputs, classes, c), positive).area));
  }
  all.balanced_accuracy = mean_over(all.classes, [](const ClassScore& one) { return one.recall; });
  all.macro_f1 = mean_over(all.classes, [](const ClassScore& one) { return one.f1; });
  all.macro_auc = mean_over(all.classes, [](const ClassScore& one) { return one.auc; });
  for (const ClassScore& one : all.classes)
    all.weighted_f1 += one.f1 * ratio(static_cast<double>(one.support), static_cast<double>(truth.size()));
  return all;
}

MultiLabel score_labels(std::span<const float> outputs, std::span<const float> truth, int classes) {
  require(outputs.size() == truth.size(), "a score for each label");
  MultiLabel all;
  const size_t width = static_cast<size_t>(classes), rows = truth.size() / width;
  double right = 0, exact = 0;
  for (size_t row = 0; row < rows; ++row) {
    size_t here = 0;
    for (size_t i = row * width; i < (row + 1) * width; ++i) here += (outputs[i] >= 0.5F) == (truth[i] >= 0.5F);
    right += static_cast<double>(here);
    exact += here == width;
  }
  all.exact = ratio(exact, static_cast<double>(rows));
  all.accuracy = ratio(right, static_cast<double>(truth.size()));
  for (int c = 0; c < classes; ++c) {
    const std::vector<float> scores = column(outputs, classes, c), labels = column(truth, classes, c);
    Counts counts;
    std::vector<uint8_t> positive;
    for (size_t i = 0; i < scores.size(); ++i) {
      const bool is = labels[i] >= 0.5F, said = scores[i] >= 0.5F;
      counts.hits += is && said, counts.truth += is, counts.predicted += said;
      positive.push_back(is);
    }
    all.classes.push_back(score_of(counts, roc(scores, positive).area));
  }
  all.macro_f1 = mean_over(all.classes, [](const ClassScore& one) { return one.f1; });
  all.macro_auc = mean_over(all.classes, [](const ClassScore& one) { return one.auc; });
  return all;
}

Regression score_numbers(std::span<const float> outputs, std::span<const float> truth) {
  require(outputs.size() == truth.size() && !truth.empty(), "a prediction for each truth");
  Regression all;
  const auto n = static_cast<double>(truth.size());
  double mean = 0, spread = 0;
  for (size_t i = 0; i < truth.size(); ++i) {
    const double error = static_cast<double>(outputs[i]) - static_cast<double>(truth[i]);
    all.mse += error * error / n, all.mae += std::fabs(error) / n, all.bias += error / n;
    mean += static_cast<double>(truth[i]) / n;
  }
  for (size_t i = 0; i < truth.size(); ++i) {
    const double error = static_cast<double>(outputs[i]) - static_cast<double>(truth[i]) - all.bias;
    all.sd += error * error;
    spread += (static_cast<double>(truth[i]) - mean) * (static_cast<double>(truth[i]) - mean);
  }
  all.sd = truth.size() > 1 ? std::sqrt(all.sd / (n - 1)) : 0;
  all.rmse = std::sqrt(all.mse);
  all.r2 = spread > 0 ? 1 - all.mse * n / spread : 0;
  all.lower_limit = all.bias - 1.96 * all.sd, all.upper_limit = all.bias + 1.96 * all.sd;
  return all;
}

std::vector<Agreement> bland_altman(std::span<const float> outputs, std::span<const float> truth) {
  std::vector<Agreement> all;
  for (size_t i = 0; i < truth.size(); ++i)
    all.push_back({(static_cast<double>(outputs[i]) + static_cast<double>(truth[i])) / 2,
                   static_cast<double>(outputs[i]) - static_cast<double>(truth[i])});
  return all;
}

}  // namespace thimble
