/// How good a project is on what it never saw, part after part of its data being left out.
#pragma once

#include "steps/step.h"
#include "steps/training_run.h"

namespace thimble {

/// One training for each fold or group that [split] leaves out; nothing is written but the figures of each as a run, which begins as
/// `start`. asked: by a flag, not by the project.
StepResult train_folds(Project project, const RunStart& start, bool asked, TrainingAlone& alone, Progress& progress);

}  // namespace thimble
