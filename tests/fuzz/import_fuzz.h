/// One hostile file through the importer, and how to make the next one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace thimble::testing {

using File = std::vector<std::byte>;

struct Seed {
  std::string name;
  File file;
};
/// Sound files to start from: each op case as a .tflite, then the models at ../shared/data/models where they are there.
std::vector<Seed> import_seeds();

/// A file near `file`: bytes changed, or (when it can still be read) its graph changed and written again.
File mutate(const File& file, std::mt19937& random);

}  // namespace thimble::testing

/// Imports the bytes; aborts unless they make a graph or an Error that blames them.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
