// What a program without libtorch has in the place of training: the way to the program that has it.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "train/train.h"

namespace thimble {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> own_command_line() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::string> words;
  for (size_t at = 0; at < all.size(); at += words.back().size() + 1) words.emplace_back(all.c_str() + at);
  return words;
}

}  // namespace

void ensure_training_is_here() {
  std::error_code fault;
  const fs::path sibling = fs::read_symlink("/proc/self/exe", fault).parent_path() / "thimble-train";
  std::vector<std::string> words = own_command_line();
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  // A thread that waits for the others of a step spins for a while; where all cores are busy that keeps those others from their work.
  setenv("GOMP_SPINCOUNT", "10000", /*overwrite=*/0);
  execv(sibling.c_str(), argv.data());  // returns only where it failed
  throw Error(Blame::Environment, "this Thimble was built without training: there is no '" + sibling.string() + "'",
              "install libtorch-dev and build with -DTHIMBLE_TRAIN=ON; a model trained elsewhere (.tflite) needs none of it");
}

Trained train(Graph, Task, const Examples&, const Examples&, const TrainOptions&, const TrainHooks&, Progress&) {
  ensure_training_is_here();
  throw Error(Blame::Bug, "training was asked for before ensure_training_is_here()");
}

}  // namespace thimble
