/// Recordings from nothing, so that a project can be tried before anything was recorded: simulated sensors, spoken words, drawn shapes.
/// The same options give the same samples.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/fields.h"
#include "base/progress.h"
#include "data/recording.h"

namespace thimble {

/// A hand that moves a three-axis accelerometer and gyroscope: acc_x .. acc_z in m/s2, gyro_x .. gyro_z in deg/s. Groups are persons.
struct MotionOptions {
  std::vector<std::string> gestures{"circle", "triangle", "flick", "shake", "idle"};
  int64_t each = 48, persons = 8, seed = 1;
  double seconds = 2, rate = 100, noise = 1;
  template <class V>
  void fields(V&& v) {
    v("gestures", gestures, "of circle, triangle, square, zigzag, infinity, flick, shake, wave, tap, idle");
    v("each", each, "recordings of each gesture", between(1, 100000));
    v("persons", persons, "who differ in grip, speed, size and steadiness", between(1, 1000));
    v("seconds", seconds, "that a recording takes", between(0.5, 60));
    v("rate", rate, "samples a second", between(10, 2000));
    v("noise", noise, "of the sensors; 1 is that of a common part, 0 none", between(0, 100));
    v("seed", seed, "another number, other recordings", at_least(0));
  }
};
std::vector<Recording> motion_gestures(const MotionOptions& options);
/// What MotionOptions::gestures may hold.
std::span<const std::string_view> known_gestures();

/// Words that espeak-ng speaks in many voices, at many speeds and pitches, with noise; and the classes "other" (other words) and "noise".
/// One channel "audio", counted as 16-bit sound. Groups are voices.
struct SpeechOptions {
  int64_t each = 80, others = 120, noises = 60, voices = 12, seed = 1;
  double seconds = 1, rate = 16000, quietest = 5, loudest = 35;
  std::string language = "en";
  template <class V>
  void fields(V&& v) {
    v("language", language, "that the words are of, as espeak-ng calls it: en, de, fr, es, ...");
    v("each", each, "recordings of each word", between(1, 100000));
    v("others", others, "recordings of other words; 0: no such class", between(0, 100000));
    v("noises", noises, "recordings without speech; 0: no such class", between(0, 100000));
    v("voices", voices, "that speak", between(1, 40));
    v("seconds", seconds, "that a recording takes", between(0.5, 10));
    v("rate", rate, "samples a second", between(4000, 48000));
    v("quietest", quietest, "least distance of the word from the noise, dB", between(-20, 100));
    v("loudest", loudest, "most distance of the word from the noise, dB", between(-20, 100));
    v("seed", seed, "another number, other recordings", at_least(0));
  }
};
/// An Environment error when espeak-ng is missing.
std::vector<Recording> spoken_words(const std::vector<std::string>& words, const SpeechOptions& options, Progress& progress);

/// Grey pictures of figures at any place, size and angle, filled or outlined, on uneven ground, noisy.
struct ShapeOptions {
  std::vector<std::string> shapes{"circle", "square", "triangle", "cross"};
  int64_t each = 200, size = 32, seed = 1;
  double noise = 1;
  template <class V>
  void fields(V&& v) {
    v("shapes", shapes, "of circle, square, triangle, cross, ring, star, empty");
    v("each", each, "pictures of each shape", between(1, 100000));
    v("size", size, "pixels across and down", between(8, 512));
    v("noise", noise, "of the camera; 1 is that of a dim room, 0 none", between(0, 20));
    v("seed", seed, "another number, other pictures", at_least(0));
  }
};
std::vector<Recording> drawn_shapes(const ShapeOptions& options);

/// What is told of a machine: the kind of its fault, or how fast it turns.
enum class MachineLabel : uint8_t { Fault, Speed };
std::span<const std::string_view> enum_names(MachineLabel);

/// A motor with a sensor on its housing: vibration in m/s2, current in A, temperature in degC. Groups are machines.
/// Its states: normal, imbalance, bearing (a damaged one), loose (a foot), hot. With label = speed, turns a second as a number.
struct MachineOptions {
  std::vector<std::string> states{"normal", "imbalance", "bearing", "loose"};
  MachineLabel label = MachineLabel::Fault;
  int64_t each = 60, machines = 6, seed = 1;
  double seconds = 1, rate = 1000, noise = 1;
  template <class V>
  void fields(V&& v) {
    v("states", states, "of normal, imbalance, bearing, loose, hot");
    v("label", label, "what is learnt: the fault, or the speed in turns a second");
    v("each", each, "recordings in each state", between(1, 100000));
    v("machines", machines, "that differ in speed, weight and mounting", between(1, 1000));
    v("seconds", seconds, "that a recording takes", between(0.1, 600));
    v("rate", rate, "samples a second", between(200, 20000));
    v("noise", noise, "of the sensor and of what runs beside it; 1 is a workshop, 0 none", between(0, 100));
    v("seed", seed, "another number, other recordings", at_least(0));
  }
};
std::vector<Recording> machine_series(const MachineOptions& options);

}  // namespace thimble
