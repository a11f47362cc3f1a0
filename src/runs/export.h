/// Runs in the formats of other tools.
#pragma once

#include <string>
#include <string_view>

#include "runs/store.h"

namespace thimble {

/// One line a figure: run,kind,began,epoch,name,value; an empty epoch for the whole run.
std::string runs_csv(const std::vector<Run>& runs);

/// What TensorBoard reads (events.out.tfevents.*): each figure a scalar of its epoch, those of the whole run at the last one.
std::string tensorboard_events(const Run& run);

/// Sends the run to a MLflow server by its REST interface: an experiment of the project's name, one run in it. Returns the run's id there.
/// An Environment error when the server cannot be reached or does not answer as MLflow does.
std::string send_to_mlflow(const Run& run, const std::string& uri);

}  // namespace thimble
