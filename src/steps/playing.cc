#include "steps/playing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

#include "base/table.h"

namespace thimble {
namespace {

std::string name_of(const Stream& stream, int32_t answer) {
  return answer < 0 ? "uncertain" : stream.classes.at(static_cast<size_t>(answer));
}

/// A letter for each class, its first one that no class before it has.
std::string letters_of(const Stream& stream) {
  std::string letters;
  for (const std::string& name : stream.classes) {
    std::string wanted = name + "abcdefghijklmnopqrstuvwxyz0123456789";
    wanted.erase(std::remove_if(wanted.begin(), wanted.end(), [](unsigned char c) { return !std::isalnum(c); }), wanted.end());
    const size_t free = wanted.find_first_not_of(letters);
    letters += free == std::string::npos ? '?' : wanted[free];
  }
  return letters;
}

/// "cc·cccs": a letter for each result, green where it is right.
std::string answers_text(const Playing& recording, const std::string& letters) {
  constexpr size_t kMost = 48;
  std::string text;
  for (size_t i = 0; i < std::min(recording.results.size(), kMost); ++i) {
    const int32_t answer = recording.results[i].answer;
    const Style style = answer < 0 ? Style::Dim : answer == recording.label ? Style::Good : Style::Bad;
    text += styled(style, answer < 0 ? "·" : std::string(1, letters[static_cast<size_t>(answer)]));
  }
  return recording.results.size() > kMost ? text + "..." : text;
}

std::string numbers_text(const Playing& recording) {
  std::string text;
  for (size_t i = 0; i < std::min<size_t>(recording.results.size(), 6); ++i)
    text += fmt::format("{}{:.4g}", i > 0 ? ", " : "", recording.results[i].scores.at(0));
  return recording.results.size() > 6 ? text + ", ..." : text;
}

/// The recording's own samples, or its window where it is shorter than that.
std::vector<float> samples_of(const Dataset& dataset, size_t recording, size_t window) {
  const std::vector<float>& samples = dataset.recordings[recording].samples;
  if (samples.size() >= window) return samples;
  const auto source = std::find(dataset.test.source.begin(), dataset.test.source.end(), static_cast<int32_t>(recording));
  const auto example = dataset.test.example(source - dataset.test.source.begin());
  return {example.begin(), example.end()};
}

}  // namespace

Stream stream_of(const Impulse& impulse) {
  const WindowInfo& window = impulse.learnt.window;
  Stream stream{.rate = window.shape.size() == 2 ? window.rate : 0, .stride = 0, .channels = {}, .classes = {}, .smoothing = {}};
  const double interval = impulse.project.deploy.interval;
  const int64_t stride = interval > 0 ? std::lround(interval * window.rate) : window.shape.at(0) / 4;
  stream.stride = std::max<int64_t>(1, stride);
  for (const Channel& channel : window.channels) stream.channels.push_back({channel.name, channel.unit});
  if (impulse.project.project.task == Task::Classification) stream.classes = impulse.learnt.classes;
  stream.smoothing = impulse.project.deploy;
  return stream;
}

int32_t Playing::verdict() const {
  std::map<int32_t, int> votes;
  int32_t best = -1;
  for (const PlayedResult& result : results)
    if (result.answer >= 0) ++votes[result.answer];
  for (const PlayedResult& result : results)
    if (result.answer >= 0 && (best < 0 || votes[result.answer] > votes[best])) best = result.answer;
  return best;
}

std::vector<Playing> test_recordings(const Dataset& dataset, int64_t most) {
  std::map<int32_t, std::vector<Playing>> by_class;
  std::vector<int32_t> seen;
  const auto window = static_cast<size_t>(dataset.test.elements());
  for (size_t i = 0; i < dataset.test.source.size(); ++i) {
    const int32_t source = dataset.test.source[i];
    if (std::find(seen.begin(), seen.end(), source) != seen.end()) continue;
    seen.push_back(source);
    const int32_t label = dataset.test.labels.empty() ? -1 : dataset.test.labels[i];
    by_class[label].push_back(
        {dataset.recordings[static_cast<size_t>(source)].name, label, samples_of(dataset, static_cast<size_t>(source), window), {}});
  }
  std::vector<Playing> recordings;
  for (size_t turn = 0; recordings.size() < seen.size(); ++turn)
    for (auto& [label, all] : by_class)
      if (turn < all.size()) recordings.push_back(std::move(all[turn]));
  if (most > 0 && recordings.size() > static_cast<size_t>(most)) recordings.resize(static_cast<size_t>(most));
  return recordings;
}

void play(const Firmware& firmware, std::vector<Playing>& recordings, Progress& progress) {
  std::vector<std::vector<float>> samples;
  for (const Playing& recording : recordings) samples.push_back(recording.samples);
  std::vector<std::vector<PlayedResult>> results = play_firmware(firmware, samples, progress);
  for (size_t i = 0; i < recordings.size(); ++i) recordings[i].results = std::move(results[i]);
}

std::string timeline_text(const std::vector<Playing>& recordings, const Stream& stream) {
  const std::string letters = letters_of(stream);
  if (stream.classes.empty()) {
    Table table({{"recording"}, {"results"}});
    for (const Playing& recording : recordings) table.row({recording.name, numbers_text(recording)});
    return table.text();
  }
  Table table({{""}, {"recording", Align::Left, true}, {"is"}, {"was heard as"}, {"as it went by", Align::Left}});
  for (const Playing& recording : recordings) {
    const int32_t verdict = recording.verdict();
    const bool right = verdict == recording.label;
    table.row({recording.label < 0 ? Cell("")
               : right             ? Cell("✓", Style::Good)
                                   : Cell("✗", Style::Bad),
               shortened(recording.name, 32), Cell(recording.label < 0 ? "?" : name_of(stream, recording.label), Style::Accent),
               Cell(name_of(stream, verdict), verdict < 0 ? Style::Dim : Style::Plain), answers_text(recording, letters)});
  }
  std::string legend;
  for (size_t c = 0; c < letters.size(); ++c) legend += fmt::format("{}{} {}", c > 0 ? ", " : "", letters[c], stream.classes[c]);
  const std::string beat =
      stream.rate > 0 ? fmt::format("One mark every {:.3g} s", static_cast<double>(stream.stride) / stream.rate) : "One mark an answer";
  return table.text() + "  " + wrapped(fmt::format("{}: {}, · uncertain", beat, legend), terminal().width - 2, "  ") + "\n";
}

std::string verdicts_text(const std::vector<Playing>& recordings, const Stream& stream) {
  const size_t classes = stream.classes.size();
  std::vector<int64_t> counts(classes * (classes + 1));
  for (const Playing& recording : recordings) {
    if (recording.label < 0) continue;
    const int32_t verdict = recording.verdict();
    ++counts[static_cast<size_t>(recording.label) * (classes + 1) + (verdict < 0 ? classes : static_cast<size_t>(verdict))];
  }
  std::vector<Column> columns = {{"truth \\ answer"}};
  for (const std::string& name : stream.classes) columns.push_back({name, Align::Right, true});
  columns.push_back({"uncertain", Align::Right});
  Table table(columns);
  for (size_t r = 0; r < classes; ++r) {
    std::vector<Cell> cells = {Cell(stream.classes[r], Style::Accent)};
    for (size_t c = 0; c <= classes; ++c) {
      const int64_t n = counts[r * (classes + 1) + c];
      cells.emplace_back(n == 0 ? "." : grouped(n), n == 0 ? Style::Dim : r == c ? Style::Good : Style::Bad);
    }
    table.row(std::move(cells));
  }
  return table.text();
}

Json played_json(const std::vector<Playing>& recordings, const Stream& stream) {
  Json::Array rows;
  int64_t right = 0, known = 0;
  for (const Playing& recording : recordings) {
    Json row;
    row.set("recording", recording.name);
    Json::Array results;
    for (const PlayedResult& result : recording.results) {
      Json one;
      one.set("sample", result.sample).set("scores", Json::Array(result.scores.begin(), result.scores.end()));
      if (!stream.classes.empty()) one.set("answer", name_of(stream, result.answer));
      results.push_back(std::move(one));
    }
    if (recording.label >= 0 && !stream.classes.empty()) {
      row.set("label", name_of(stream, recording.label)).set("verdict", name_of(stream, recording.verdict()));
      ++known, right += recording.verdict() == recording.label;
    }
    rows.push_back(row.set("results", results));
  }
  Json json;
  json.set("recordings", rows);
  if (known > 0) json.set("right", right).set("of", known);
  return json;
}

}  // namespace thimble
