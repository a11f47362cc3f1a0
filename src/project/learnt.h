/// What training finds beside the network itself, kept in out/model.json: with out/model.tflite it is all that the impulse is made of.
#pragma once

#include "base/json.h"
#include "project/impulse.h"

namespace thimble {

struct Learnt {
  std::vector<std::string> classes;
  WindowInfo window;
  Standard standard;
  std::string data_hash, version;
  std::string network;  ///< SHA-256 of out/model.tflite: the two belong together
  std::string config;   ///< the thimble.toml of the training: blocks and windows stay those that the network knows
  bool operator==(const Learnt& other) const = default;
};

Json json_of(const Learnt& learnt);
Learnt learnt_from(const Json& json);

/// out/model.json of the project; a User error that says to train where it is not there.
Learnt read_learnt(const Project& project);
void write_learnt(const Project& project, const Learnt& learnt);

/// The project as it was trained, with the [deploy] of today.
Project project_as_trained(const Project& project, const Learnt& learnt);

/// Blocks and standardisation, as they were trained: input "samples", output "features" of the network.
Graph features_as_trained(const Project& project, const Learnt& learnt);

}  // namespace thimble
