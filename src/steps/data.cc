#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/files.h"
#include "base/table.h"
#include "data/check.h"
#include "data/readers.h"
#include "data/windows.h"
#include "project/project.h"
#include "steps/data_page.h"
#include "steps/step.h"

namespace thimble {
namespace {

struct DataRequest : ReadOptions {
  std::string action, path, plot;
  template <class V>
  void fields(V&& v) {
    v("action", action, "check; it may be left out");
    v("path", path, "a folder of recordings, one file, or a project");
    v("plot", plot, "write a page for the browser that shows some recordings of each label: look.html");
    ReadOptions::fields(v);
  }
};

/// `thimble data PATH` is `thimble data check PATH`.
DataRequest understood(DataRequest request) {
  if (request.path.empty() && request.action == "check" && !std::filesystem::exists("check"))
    throw Error(Blame::User, "thimble data check needs a path", "for example: thimble data check gestures/");
  if (request.path.empty()) request.path = std::exchange(request.action, "check");
  const std::vector<std::string> actions = {"check"};
  if (request.action != "check")
    throw Error(Blame::User, fmt::format("thimble data cannot '{}'{}", request.action, suggest(request.action, actions)));
  return request;
}

struct Sum {
  int64_t recordings = 0, samples = 0, train = 0, validation = 0, test = 0;
  double seconds = 0;
};

std::map<std::string, Sum> sums_by_label(const std::vector<Recording>& recordings) {
  std::map<std::string, Sum> sums;
  // Where some have a split, what has none is there to learn from.
  const bool given = std::any_of(recordings.begin(), recordings.end(), [](const Recording& r) { return !r.split.empty(); });
  const bool numbers = labels_are_numbers(recordings);
  for (const Recording& r : recordings) {
    Sum& sum = sums[numbers ? "numbers" : r.label];
    ++sum.recordings;
    sum.samples += r.length();
    sum.seconds += r.seconds();
    sum.train += r.split == "train" || (given && r.split.empty());
    sum.validation += r.split == "validation";
    sum.test += r.split == "test";
  }
  return sums;
}

std::string seconds_text(double seconds) {
  if (seconds <= 0) return "-";
  return seconds < 120    ? fmt::format("{:.1f} s", seconds)
         : seconds < 7200 ? fmt::format("{:.1f} min", seconds / 60)
                          : fmt::format("{:.1f} h", seconds / 3600);
}

std::vector<Cell> cells_of(std::string_view label, const Sum& sum) {
  const std::string splits =
      sum.train + sum.validation + sum.test == 0 ? "-" : fmt::format("{} / {} / {}", sum.train, sum.validation, sum.test);
  return {Cell(label, Style::Accent), sum.recordings, sum.samples, seconds_text(sum.seconds), splits};
}

std::string labels_text(const std::map<std::string, Sum>& sums) {
  Table table({{"label"},
               {"recordings", Align::Right},
               {"samples", Align::Right},
               {"time", Align::Right},
               {"train / validation / test", Align::Right}});
  Sum all;
  for (const auto& [label, sum] : sums) {
    table.row(cells_of(label.empty() ? "(none)" : label, sum));
    all.recordings += sum.recordings, all.samples += sum.samples, all.seconds += sum.seconds;
    all.train += sum.train, all.validation += sum.validation, all.test += sum.test;
  }
  table.total(cells_of("", all));
  return table.text();
}

/// Range, mean and deviation of each channel over all recordings that have the channels of the first.
struct ChannelSum {
  Channel channel;
  double low = INFINITY, high = -INFINITY, sum = 0, squares = 0;
  int64_t count = 0;

  double mean() const { return sum / static_cast<double>(count); }
  double deviation() const { return std::sqrt(std::max(0.0, squares / static_cast<double>(count) - mean() * mean())); }
};

std::vector<ChannelSum> channel_sums(const std::vector<Recording>& recordings) {
  std::vector<ChannelSum> sums;
  for (const Channel& channel : recordings[0].channels) sums.push_back({channel});
  for (const Recording& r : recordings) {
    if (r.channels != recordings[0].channels) continue;
    for (size_t i = 0; i < r.samples.size(); ++i) {
      ChannelSum& sum = sums[i % sums.size()];
      const double x = r.samples[i];
      sum.low = std::min(sum.low, x), sum.high = std::max(sum.high, x);
      sum.sum += x, sum.squares += x * x, ++sum.count;
    }
  }
  return sums;
}

std::string channels_text(const std::vector<ChannelSum>& sums) {
  Table table(
      {{"channel"}, {"unit"}, {"least", Align::Right}, {"mean", Align::Right}, {"most", Align::Right}, {"deviation", Align::Right}});
  for (const ChannelSum& sum : sums)
    table.row({Cell(sum.channel.name, Style::Accent), sum.channel.unit.empty() ? "-" : sum.channel.unit, fmt::format("{:.4g}", sum.low),
               fmt::format("{:.4g}", sum.mean()), fmt::format("{:.4g}", sum.high), fmt::format("{:.4g}", sum.deviation())});
  return table.text();
}

constexpr std::string_view kWords[] = {"note", "warning", "fault"};

std::string findings_text(const std::vector<Finding>& findings) {
  if (findings.empty()) return "  nothing looks wrong\n";
  std::string text;
  for (const Finding& finding : findings) {
    const Style style = finding.severity == Severity::Fault ? Style::Bad : finding.severity == Severity::Warning ? Style::Warn : Style::Dim;
    text += fmt::format("  {}  {}\n           {}\n", styled(style, fmt::format("{:7}", kWords[static_cast<size_t>(finding.severity)])),
                        finding.text, finding.hint);
  }
  return text;
}

Json json_of(const std::vector<Recording>& recordings, const std::map<std::string, Sum>& sums, const std::vector<Finding>& findings) {
  Json json, labels{Json::Object{}};
  for (const auto& [label, sum] : sums) {
    Json row;
    row.set("recordings", sum.recordings).set("samples", sum.samples).set("seconds", sum.seconds);
    labels.set(label, row.set("train", sum.train).set("validation", sum.validation).set("test", sum.test));
  }
  Json::Array channels, found;
  for (const ChannelSum& sum : channel_sums(recordings)) {
    Json row;
    row.set("name", sum.channel.name).set("unit", sum.channel.unit).set("least", sum.low).set("mean", sum.mean());
    channels.push_back(row.set("most", sum.high).set("deviation", sum.deviation()));
  }
  for (const Finding& finding : findings) {
    Json row;
    row.set("severity", kWords[static_cast<size_t>(finding.severity)]).set("kind", finding.kind);
    found.push_back(row.set("text", finding.text).set("hint", finding.hint));
  }
  return json.set("recordings", static_cast<int64_t>(recordings.size()))
      .set("rate", recordings[0].rate)
      .set("labels", labels)
      .set("channels", channels)
      .set("findings", found);
}

/// How a project parts its recordings, and into what it cuts them.
std::string parts_text(const Dataset& data) {
  Table table({{"split"}, {"windows", Align::Right}, {"recordings", Align::Right}, {"groups", Align::Right}});
  const std::pair<std::string, const Examples*> parts[] = {{"train", &data.train}, {"validation", &data.validation}, {"test", &data.test}};
  for (const auto& [name, examples] : parts) {
    std::set<std::string> groups;
    int64_t recordings = 0;
    for (const Recording& r : data.recordings) {
      if (r.split != name) continue;
      ++recordings;
      if (!r.group.empty()) groups.insert(r.group);
    }
    table.row({Cell(name, Style::Accent), examples->count(), recordings,
               groups.empty() ? Cell("-", Style::Dim) : Cell(static_cast<int64_t>(groups.size()))});
  }
  return fmt::format("\n  windows of {} (samples x channels, or rows x columns x channels); data {}\n\n{}", to_string(data.train.shape),
                     data.hash.substr(0, 12), table.text());
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const DataRequest request = understood(from_bag<DataRequest>(bag));
  std::optional<Project> project;
  if (is_project(request.path)) project = load_project(request.path);
  const std::vector<Recording> recordings = project ? recordings_of(*project, progress) : read_folder(request.path, request, progress);
  const std::vector<Finding> findings = check_recordings(recordings);
  const std::map<std::string, Sum> sums = sums_by_label(recordings);
  StepResult result;
  result.json = json_of(recordings, sums, findings);
  if (!request.plot.empty()) write_text(request.plot, data_page(request.path, recordings, findings));
  const std::string rate = recordings[0].width > 0  ? fmt::format("{} x {} pixels", recordings[0].width, recordings[0].height())
                           : recordings[0].rate > 0 ? fmt::format("{:.6g} samples a second", recordings[0].rate)
                                                    : "an unknown rate";
  result.text = fmt::format("{}: {} recording{} at {}\n\n{}\n{}\n{}", styled(Style::Bold, request.path), recordings.size(),
                            recordings.size() == 1 ? "" : "s", rate, labels_text(sums), channels_text(channel_sums(recordings)),
                            findings_text(findings));
  const bool fault = std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.severity == Severity::Fault; });
  if (project && !fault) {
    const Dataset data = make_dataset(recordings, project->window, project->split, labels_for(project->project.task));
    result.text += parts_text(data);
    if (const std::string lacking = lacking_text(data); !lacking.empty()) result.text += styled(Style::Warn, "\n  " + lacking + "\n");
    result.json.set("hash", data.hash);
  }
  if (!request.plot.empty()) result.text += fmt::format("\n  some of each label: {}\n", request.plot);
  result.status = fault ? 1 : 0;
  return result;
}

}  // namespace

std::span<const Step> data_steps() {
  static const Step kRows[] = {
      {.name = "data",
       .summary = "what a folder of recordings holds, and what is wrong with it",
       .stage = Stage::Look,
       .details =
           "Reads tables (.csv), sound (.wav, .flac, .ogg), pictures (.png, .jpg, .bmp), arrays (.npy, .npz, IDX) and acquisitions (.json, "
           ".cbor). A folder called train, validation or test is a split, the nearest other folder the label; --names says otherwise. It "
           "looks for dead and clipped channels, mixed rates, the same samples twice or on both sides of a split, labels that are typing "
           "errors, rare, or contradicted by all that looks alike. Exits with 1 when it finds what training would refuse.",
       .examples = "thimble data check gestures/ --rate 50 --plot look.html\n"
                   "thimble data check my-project/\n"
                   "thimble data check wand/ --names '{split}/{label}.csv' --rows 119 --rate 119\n"
                   "thimble data check digits/ --names '{label}_{group}_{}.wav' --test-files '*_[0-4].wav'",
       .positional = {"action", "path"},
       .required = 1,
       .fields = request_fields<DataRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble
