#include "train/history.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

Epoch epoch(const History& history, double accuracy, double loss, bool qat = false) {
  return {.number = history.next(), .qat = qat, .validation_loss = loss, .validation_accuracy = accuracy};
}

int best_of(Task task, bool validated, const std::vector<std::pair<double, double>>& epochs) {
  History history(task, validated, 0);
  for (const auto& [accuracy, loss] : epochs) history.add(epoch(history, accuracy, loss));
  return history.best(false)->number;
}

TEST(History, TheBestIsTheMostAccurateThenTheOneOfLeastLoss) {
  for (const Task task : {Task::Classification, Task::MultiLabel}) {
    EXPECT_EQ(best_of(task, true, {{0.8, 0.1}, {0.9, 0.5}, {0.7, 0.0}}), 2);
    EXPECT_EQ(best_of(task, true, {{0.9, 0.2}, {0.9, 0.1}, {0.9, 0.3}}), 2);
    EXPECT_EQ(best_of(task, true, {{0.9, 0.1}, {0.9, 0.1}, {0.8, 0.1}}), 2) << "of equals the later";
    EXPECT_EQ(best_of(task, false, {{0, 0}, {0, 0}, {0, 0}}), 3) << "nothing tells them apart";
  }
  for (const Task task : {Task::Regression, Task::Reconstruction}) EXPECT_EQ(best_of(task, true, {{0, 0.3}, {0, 0.1}, {0, 0.2}}), 2);
}

TEST(History, EachPhaseHasABestOfItsOwn) {
  History history(Task::Classification, true, 0);
  EXPECT_EQ(history.best(false), nullptr);
  history.add(epoch(history, 0.9, 0.1));
  EXPECT_EQ(history.best(true), nullptr);
  history.add(epoch(history, 0.7, 0.1, true));
  history.add(epoch(history, 0.8, 0.1, true));
  EXPECT_EQ(history.best(false)->number, 1);
  EXPECT_EQ(history.best(true)->number, 3);
  EXPECT_EQ(history.done(false), 1);
  EXPECT_EQ(history.done(true), 2);
  EXPECT_EQ(history.next(), 4);
}

TEST(History, PatienceEndsBehindTheBest) {
  History history(Task::Classification, true, 2);
  for (const double accuracy : {0.5, 0.9, 0.8}) {
    history.add(epoch(history, accuracy, 0));
    EXPECT_FALSE(history.out_of_patience(false));
  }
  history.add(epoch(history, 0.8, 0));
  EXPECT_TRUE(history.out_of_patience(false));
  EXPECT_FALSE(history.out_of_patience(true)) << "that phase has not begun";
  History patient(Task::Classification, true, 0);
  patient.go_on_from(history.epochs());
  EXPECT_FALSE(patient.out_of_patience(false));
}

}  // namespace
}  // namespace thimble
