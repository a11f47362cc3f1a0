// Words by espeak-ng, which is a program of its own: each is spoken into a file, then set into a room with noise.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/files.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/subprocess.h"
#include "data/background.h"
#include "data/readers.h"
#include "data/resample.h"
#include "data/synthetic.h"

namespace thimble {
namespace {

constexpr std::string_view kAccents[] = {"en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-gb-x-gbclan"};
constexpr std::string_view kVariants[] = {"m1", "f1", "m2", "f2", "m3", "f3", "m4", "f4", "m5", "f5", "m7", "m6", "m8"};
constexpr std::string_view kOthers[] = {"table",  "yellow", "seven",  "window", "music",   "garden", "paper",  "morning",
                                        "river",  "sugar",  "planet", "winter", "kitchen", "ladder", "monkey", "orange",
                                        "pencil", "silver", "tree",   "house",  "stone",   "bread",  "cloud",  "friend",
                                        "glass",  "horse",  "judge",  "knife",  "light",   "mouth",  "north",  "phone",
                                        "queen",  "sheep",  "thumb",  "voice",  "wheel",   "young",  "zebra",  "basket"};

struct Voice {
  std::string name;
  double speed, pitch;
};

Voice voice_of(int64_t number, const SpeechOptions& o) {
  Random random(static_cast<uint64_t>(o.seed), 9000 + static_cast<uint64_t>(number));
  const auto n = static_cast<size_t>(number);
  const std::string language = o.language == "en" ? std::string(kAccents[n % std::size(kAccents)]) : o.language;
  return {fmt::format("{}+{}", language, kVariants[n % std::size(kVariants)]), random.uniform(130, 190), random.uniform(30, 65)};
}

/// From a little before the first loud sample to a little after the last.
std::vector<float> trimmed(const Recording& r) {
  float most = 0;
  for (const float x : r.samples) most = std::max(most, std::abs(x));
  const auto loud = [&](float x) { return std::abs(x) > 0.02f * most; };
  const auto margin = static_cast<std::ptrdiff_t>(0.02 * r.rate);
  auto first = std::find_if(r.samples.begin(), r.samples.end(), loud);
  auto last = std::find_if(r.samples.rbegin(), r.samples.rend(), loud).base();
  first -= std::min(margin, first - r.samples.begin());
  if (last < first) last = first;
  last += std::min(margin, r.samples.end() - last);
  return {first, last};
}

/// One wall throws the sound back, and the microphone hears high notes less.
void set_in_room(std::vector<float>& sound, double rate, Random& random) {
  const auto delay = static_cast<size_t>(random.uniform(0.002, 0.03) * rate);
  const auto echo = static_cast<float>(random.uniform(0, 0.35)), dull = static_cast<float>(random.uniform(0, 0.45));
  for (size_t i = delay; i < sound.size(); ++i) sound[i] += echo * sound[i - delay];
  float held = 0;
  for (float& x : sound) x = held = dull * held + (1 - dull) * x;
}

class Speaker {
 public:
  explicit Speaker(const SpeechOptions& options) : o_(options) {
    const auto program = find_program("espeak-ng");
    if (!program)
      throw Error(Blame::Environment, "espeak-ng, which speaks the words, is not installed",
                  "apt-get install espeak-ng; or record the words yourself");
    program_ = program->string();
  }

  std::vector<float> speak(const std::string& word, const Voice& voice, Random& random, int64_t number) const {
    const fs::path file = folder_.path() / fmt::format("{}.wav", number);
    const std::string speed = fmt::format("{:.0f}", std::clamp(voice.speed * random.uniform(0.85, 1.2), 80.0, 400.0));
    const std::string pitch = fmt::format("{:.0f}", std::clamp(voice.pitch + random.uniform(-12, 12), 0.0, 99.0));
    const CommandResult said = run_command({program_, "-v", voice.name, "-s", speed, "-p", pitch, "-w", file.string(), "--", word});
    if (said.status != 0 || !fs::exists(file))
      throw Error(Blame::Environment, fmt::format("espeak-ng cannot speak '{}' with the voice {}: {}", word, voice.name, said.out),
                  "espeak-ng --voices lists the languages it has");
    Recording r = parse_sound(read_bytes(file), file.filename().string());
    fs::remove(file);
    resample(r, o_.rate);
    if (std::ranges::all_of(r.samples, [](float x) { return x == 0; }))
      throw Error(Blame::User, fmt::format("espeak-ng makes no sound of '{}'", word), "spell it in letters, as it is said");
    return trimmed(r);
  }

  /// The word somewhere in a recording, at some loudness, with noise.
  void fill(Recording& r, std::vector<float> word, Random& random) const {
    const auto count = static_cast<size_t>(std::llround(o_.seconds * o_.rate));
    set_in_room(word, o_.rate, random);
    if (word.size() > count) word.resize(count);
    const auto begin = static_cast<size_t>(random.below(static_cast<int64_t>(count - word.size()) + 1));
    std::vector<float> sound(count);
    std::copy(word.begin(), word.end(), sound.begin() + static_cast<std::ptrdiff_t>(begin));
    add_background(sound, random, o_.rate, random.uniform(o_.quietest, std::max(o_.quietest, o_.loudest)));
    finish(r, sound, random.uniform(0.1, 0.9));
  }

  void fill_with_noise(Recording& r, Random& random) const {
    const std::vector<float> sound = background(random, o_.rate, std::llround(o_.seconds * o_.rate));
    const double level = level_of(sound);
    finish(r, sound, level * std::pow(10, random.uniform(-3, -0.5)));
  }

 private:
  /// As 16-bit sound whose largest sample is `peak` of what fits.
  static void finish(Recording& r, const std::vector<float>& sound, double peak) {
    float most = 1e-9f;
    for (const float x : sound) most = std::max(most, std::abs(x));
    for (const float x : sound)
      r.samples.push_back(std::clamp(std::round(x / most * static_cast<float>(peak * 32767)), -32768.0f, 32767.0f));
  }

  const SpeechOptions& o_;
  std::string program_;
  TempDir folder_;
};

constexpr std::string_view kHint = "words = [\"lamp\", \"door\"] in thimble.toml; thimble demo keyword --words \"lamp,door\"";

/// Words are classes of their own, beside "other" and "noise".
void check_words(const std::vector<std::string>& words, const SpeechOptions& o) {
  const auto refuse = [](const std::string& what) { throw Error(Blame::User, what, std::string(kHint)); };
  if (words.empty()) refuse("there are no words to speak");
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (word->find_first_not_of(" \t") == std::string::npos) refuse("one of the words to speak is empty");
    if (std::find(words.begin(), word, *word) != word) refuse(fmt::format("the word '{}' is there twice", *word));
    if ((*word == "other" && o.others > 0) || (*word == "noise" && o.noises > 0))
      refuse(fmt::format("'{}' is a class of its own already, so it cannot be a word to speak", *word));
  }
}

struct Wish {
  std::string label, word;  ///< no word: noise
  int64_t number;
};

std::vector<Wish> wishes_of(const std::vector<std::string>& words, const SpeechOptions& o) {
  std::vector<Wish> wishes;
  for (const std::string& word : words)
    for (int64_t i = 0; i < o.each; ++i) wishes.push_back({word, word, i});
  std::vector<std::string> others;
  for (const std::string_view other : kOthers)
    if (std::find(words.begin(), words.end(), other) == words.end()) others.emplace_back(other);
  // Voices go round with the number, so words have to go on by themselves or each voice would have its own few.
  for (int64_t i = 0; i < o.others; ++i) wishes.push_back({"other", others[static_cast<size_t>(i * 7 + i / o.voices) % others.size()], i});
  for (int64_t i = 0; i < o.noises; ++i) wishes.push_back({"noise", "", i});
  return wishes;
}

}  // namespace

std::vector<Recording> spoken_words(const std::vector<std::string>& words, const SpeechOptions& options, Progress& progress) {
  check_words(words, options);
  const Speaker speaker(options);
  const std::vector<Wish> wishes = wishes_of(words, options);
  std::vector<Recording> all(wishes.size());
  in_parallel(wishes.size(), fmt::format("speaking {} words", wishes.size()), progress, [&](size_t i) {
    const Wish& wish = wishes[i];
    const Voice voice = voice_of(wish.number % options.voices, options);
    Random random(static_cast<uint64_t>(options.seed), 100000 + i);
    Recording& r = all[i];
    r.name = fmt::format("{}.{}.wav", wish.label, wish.number + 1);
    r.label = wish.label, r.group = voice.name, r.rate = options.rate;
    r.channels = {{"audio", ""}};
    if (wish.word.empty())
      speaker.fill_with_noise(r, random);
    else
      speaker.fill(r, speaker.speak(wish.word, voice, random, static_cast<int64_t>(i)), random);
  });
  return all;
}

}  // namespace thimble
