/// What the tests of this folder share: a store in a folder of its own, and a training to keep in it.
#pragma once

#include <gmock/gmock.h>

#include <functional>
#include <string>

#include "base/error.h"
#include "base/files.h"
#include "runs/store.h"

namespace thimble {

inline std::string text_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return explain(error);
  }
  return "none";
}

class Runs : public ::testing::Test {
 protected:
  /// A training of two epochs.
  int64_t trained(RunStore& store) {
    RunStart start{.kind = "train", .project = "wand", .config = "[project]\n", .data_hash = "abc", .version = "0.1.0", .seed = 7};
    const int64_t id = store.begin(start);
    store.add(id, Metric{1, "loss", 0.5});
    store.add(id, Metric{2, "loss", 0.25});
    store.add(id, Metric{Metric::kWhole, "test_accuracy", 0.975});
    store.add(id, Artefact{"out/model.tflite", 4096, "def"});
    store.finish(id, "done", 12.5);
    return id;
  }

  TempDir dir_;
  fs::path file_ = dir_.path() / ".thimble" / "runs.sqlite";
};

}  // namespace thimble
