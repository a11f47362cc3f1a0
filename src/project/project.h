/// A project: what its thimble.toml says, section by section, and the data that it names.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/progress.h"
#include "compress/calibrate.h"
#include "data/augment.h"
#include "data/readers.h"
#include "data/windows.h"
#include "dsp/block.h"
#include "dsp/smoothing.h"
#include "models/architecture.h"
#include "train/train.h"

namespace thimble {

/// [project]
struct ProjectSection {
  std::string name = "model";
  Task task = Task::Classification;
  template <class V>
  void fields(V&& v) {
    v("name", name, "what the model, its C and its files are called");
    v("task", task, "what is learnt: a class, numbers, several labels at once, or the data itself (to tell what is unusual)");
  }
};

/// [data]
struct DataSection : ReadOptions {
  std::string path, synthetic;
  template <class V>
  void fields(V&& v) {
    v("path", path, "the folder of recordings, seen from this file; `thimble data PATH` tells what is in it");
    v("synthetic", synthetic, "recordings made up instead, to begin without any of your own", one_of(synthetic_sources()));
    ReadOptions::fields(v);
  }
  /// "" and the names of the sources.
  static std::vector<std::string> synthetic_sources();
};

/// [[block]]: one signal block. Its other keys are those of the block.
struct BlockSection {
  std::string block = "spectral", name, input;
  std::vector<std::string> axes;
  template <class V>
  void fields(V&& v) {
    v("block", block, "which; `thimble blocks` tells more", one_of(block_names()));
    v("name", name, "a name by which another block can take this one's output; without one that of the block");
    v("input", input, "the name of the block whose output it works on; without one the samples");
    v("axes", axes, "the channels that it sees; empty: all");
  }
  static std::vector<std::string> block_names();

  const Block* row = nullptr;
  AttrBag given;                              ///< the block's own keys that are in the file
  std::string place;                          ///< "thimble.toml:12"
  std::map<std::string, std::string> places;  ///< of each key that is in the file
};

/// [network]: its other keys are those of the architecture.
struct NetworkSection {
  std::string architecture = "mlp";
  bool standardise = true;
  template <class V>
  void fields(V&& v) {
    v("architecture", architecture, "the kind of network", one_of(architecture_names()));
    v("standardise", standardise, "bring each feature to mean 0 and deviation 1 first, as it was in training");
  }
  static std::vector<std::string> architecture_names();

  const Architecture* row = nullptr;
  AttrBag given;
  std::string place;
};

/// Where the ranges of the int8 network come from.
enum class RangesFrom : uint8_t { Training, Calibration };
std::span<const std::string_view> enum_names(RangesFrom);

/// [quantize]
struct QuantizeSection : CalibrationOptions {
  RangesFrom ranges = RangesFrom::Training;
  int64_t examples = 500;
  template <class V>
  void fields(V&& v) {
    v("ranges", ranges, "where the int8 network has them from: its own training, or only a calibration of the float network");
    v("examples", examples, "training windows that a calibration looks at", at_least(1));
    CalibrationOptions::fields(v);
  }
};

/// [deploy]
struct DeploySection : Smoothing {
  std::string board = "nano33ble";
  double interval = 0;
  template <class V>
  void fields(V&& v) {
    v("board", board, "where it is to run; `thimble boards` lists them");
    v("interval", interval, "seconds from one result to the next; 0: a quarter of the window", at_least(0));
    Smoothing::fields(v);
  }
};

struct Project {
  std::filesystem::path folder;
  std::string text;  ///< of the thimble.toml
  ProjectSection project;
  DataSection data;
  AttrBag synthetic;  ///< [synthetic]: the keys of the source that [data] names
  WindowOptions window;
  SplitOptions split;
  AugmentOptions augment;
  std::vector<BlockSection> blocks;  ///< in the order of the file; none: the network sees the samples
  NetworkSection network;
  TrainOptions train;
  QuantizeSection quantize;
  DeploySection deploy;

  std::filesystem::path out() const { return folder / "out"; }
  std::filesystem::path runs() const { return folder / ".thimble" / "runs.sqlite"; }
};

constexpr const char* kProjectFile = "thimble.toml";

/// Held while a training writes into the project's folder.
inline std::filesystem::path training_lock(const std::filesystem::path& folder) { return folder / ".thimble" / "training.lock"; }

/// `file` names the text in errors. Every section is checked here, so that nothing is trained with a value out of range.
Project parse_project(const std::string& text, const std::filesystem::path& folder, const std::string& file = kProjectFile);
/// Does the path name a project: its folder, or its thimble.toml?
bool is_project(const std::filesystem::path& path);
/// The folder of the project that a path names so.
std::filesystem::path project_folder(const std::filesystem::path& path);
/// That there is none in the folder, or no folder: a User error with the hint, or that says which folder above it is one.
[[noreturn]] void refuse_without_project(const std::filesystem::path& folder, const std::string& hint);
/// The project of a folder or a thimble.toml; a User error that says how to make one when there is none.
Project load_project(const std::filesystem::path& path);

/// The same project with its recordings at `path`, seen from the working directory. Its text says so too, and with it all that is trained.
Project with_recordings(const Project& project, const std::filesystem::path& path);

/// The recordings that [data] names.
std::vector<Recording> recordings_of(const Project& project, Progress& progress);
/// The same, checked, cut into windows and parted. A User error tells what `thimble data` would call a fault.
Dataset dataset_of(const Project& project, Progress& progress);
/// What labels are where that is learnt.
Labels labels_for(Task task);

/// A section as `thimble new` writes it and errors know it.
struct SectionInfo {
  std::string name, help;
  std::vector<FieldInfo> fields;
};
/// All sections in the order in which they are written, without those of blocks and architectures.
std::vector<SectionInfo> project_sections();

}  // namespace thimble
