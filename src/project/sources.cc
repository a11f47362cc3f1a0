#include "project/sources.h"

#include <array>

#include "data/synthetic.h"

namespace thimble {
namespace {

template <class Options, auto kMake>
Source source(std::string_view name, std::string_view summary) {
  return {name, summary, [] { return fields_of(Options{}); },
          [](const AttrBag& bag, Progress& progress) {
            progress.begin("making recordings up");
            return kMake(from_bag<Options>(bag), progress);
          }};
}

/// The words stand beside the other options in a project.
struct SpokenOptions {
  std::vector<std::string> words{"lamp", "door", "music"};
  SpeechOptions speech;
  template <class V>
  void fields(V&& v) {
    v("words", words, "that are to be told apart");
    speech.fields(v);
  }
};

std::vector<Recording> motion(const MotionOptions& options, Progress&) { return motion_gestures(options); }
std::vector<Recording> speech(const SpokenOptions& options, Progress& progress) {
  return spoken_words(options.words, options.speech, progress);
}
std::vector<Recording> shapes(const ShapeOptions& options, Progress&) { return drawn_shapes(options); }
std::vector<Recording> machine(const MachineOptions& options, Progress&) { return machine_series(options); }

}  // namespace

std::span<const Source> all_sources() {
  static const std::array<Source, 4> kRows = {
      source<MotionOptions, motion>("motion", "gestures of a hand that holds an accelerometer and a gyroscope"),
      source<SpokenOptions, speech>("speech", "words spoken by espeak-ng in many voices, with noise"),
      source<ShapeOptions, shapes>("shapes", "grey pictures of circles, squares and the like"),
      source<MachineOptions, machine>("machine", "vibration, current and temperature of a motor, sound or damaged")};
  return kRows;
}

const Source& source_named(std::string_view name) {
  std::vector<std::string> names;
  for (const Source& source : all_sources()) {
    if (source.name == name) return source;
    names.emplace_back(source.name);
  }
  throw Error(Blame::User, "there is no synthetic source '" + std::string(name) + "'" + suggest(name, names));
}

}  // namespace thimble
