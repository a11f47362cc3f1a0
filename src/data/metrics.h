/// How well predictions fit the truth.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace thimble {

/// Rows: the truth; columns: what was predicted.
struct ConfusionMatrix {
  int classes = 0;
  std::vector<int64_t> counts;  ///< classes x classes

  int64_t at(int truth, int predicted) const { return counts[static_cast<size_t>(truth * classes + predicted)]; }
  int64_t total() const;
  int64_t correct() const;
};

/// Of one class against all others.
struct ClassScore {
  double precision = 0, recall = 0, f1 = 0, auc = 0;
  int64_t support = 0;  ///< examples of the class
};

struct Roc {
  std::vector<double> false_positive, true_positive;  ///< rates, from (0, 0) to (1, 1), one point per distinct score
  double area = 0;                                    ///< 0.5 where one of the two sorts is missing
};

/// Index of the largest; the first of equals.
int argmax(std::span<const float> scores);
/// The argmax of each row of `outputs`.
std::vector<int32_t> predictions(std::span<const float> outputs, int classes);
ConfusionMatrix confusion(std::span<const int32_t> truth, std::span<const int32_t> predicted, int classes);
Roc roc(std::span<const float> scores, std::span<const uint8_t> positive);

struct Classification {
  ConfusionMatrix matrix;
  double accuracy = 0, balanced_accuracy = 0, macro_f1 = 0, weighted_f1 = 0, macro_auc = 0;
  std::vector<ClassScore> classes;
};
/// `outputs`: a row of `classes` scores per example. Means over classes leave out those without an example.
Classification score_classes(std::span<const float> outputs, std::span<const int32_t> truth, int classes);

struct MultiLabel {
  double exact = 0;     ///< part of the examples with every label right
  double accuracy = 0;  ///< part of all labels that are right
  double macro_f1 = 0, macro_auc = 0;
  std::vector<ClassScore> classes;
};
/// A label is predicted where its score is at least one half. `truth` holds a row of 0 and 1 per example.
MultiLabel score_labels(std::span<const float> outputs, std::span<const float> truth, int classes);

/// Of numbers; errors are prediction minus truth.
struct Regression {
  double mse = 0, rmse = 0, mae = 0, r2 = 0;
  double bias = 0, sd = 0;                  ///< mean and standard deviation (n - 1) of the errors
  double lower_limit = 0, upper_limit = 0;  ///< of agreement (Bland and Altman 1986): bias -+ 1.96 sd
};
Regression score_numbers(std::span<const float> outputs, std::span<const float> truth);

/// The points of a Bland-Altman plot.
struct Agreement {
  double mean, difference;
};
std::vector<Agreement> bland_altman(std::span<const float> outputs, std::span<const float> truth);

}  // namespace thimble
