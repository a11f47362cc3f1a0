#include "project/project.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "base/files.h"
#include "data/check.h"
#include "project/sources.h"
#include "project/toml.h"

namespace thimble {
namespace {

std::vector<FieldInfo> joined(std::vector<FieldInfo> fields, const std::vector<FieldInfo>& more) {
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

/// The keys of `bag` that `fields` have, and the others.
std::pair<AttrBag, AttrBag> parted(const AttrBag& bag, const std::vector<FieldInfo>& fields) {
  AttrBag own, others;
  for (const auto& [key, value] : bag) {
    const bool here = std::any_of(fields.begin(), fields.end(), [&](const FieldInfo& f) { return f.name == key; });
    (here ? own : others).emplace(key, value);
  }
  return {own, others};
}

/// The word, one of those that `fields` allow, by which a section chooses the row that decides about its other keys.
std::string word_of(const TomlFile& file, const TomlSection& section, const std::vector<FieldInfo>& fields, std::string_view key) {
  TomlSection only = section;
  std::erase_if(only.values, [&](const auto& entry) { return entry.first != key; });
  const AttrBag bag = fitted(file, only, fields);
  const auto field = std::find_if(fields.begin(), fields.end(), [&](const FieldInfo& f) { return f.name == key; });
  return std::get<std::string>(bag.contains(key) ? bag.find(key)->second : field->value);
}

BlockSection read_block(const TomlFile& file, const TomlSection& section) {
  const std::vector<FieldInfo> own = fields_of(BlockSection{});
  const std::string name = word_of(file, section, own, "block");
  const Block& row = block_named(name);
  const auto [keys, attrs] = parted(fitted(file, section, joined(own, row.op.attrs.fields())), own);
  BlockSection block = from_bag<BlockSection>(keys);
  block.row = &row;
  block.given = attrs;
  block.place = place_in(file, section);
  block.places = places_in(file, section);
  if (block.name.empty()) block.name = name;
  return block;
}

/// A block's input must be named, and stand before it.
void check_names(const std::vector<BlockSection>& blocks) {
  std::vector<std::string> known;
  for (const BlockSection& block : blocks) {
    if (!block.input.empty() && std::find(known.begin(), known.end(), block.input) == known.end())
      throw Error(Blame::User, fmt::format("{}: no block before this one is called '{}'{}", block.place, block.input,
                                           known.empty() ? "" : suggest(block.input, known)));
    if (!block.input.empty() && !block.axes.empty())
      throw Error(Blame::User, fmt::format("{}: a block has axes or an input, not both", block.place),
                  "axes choose channels of the samples; give them to the block that is the input");
    if (std::find(known.begin(), known.end(), block.name) != known.end())
      throw Error(Blame::User, fmt::format("{}: there is already a block '{}'", block.place, block.name),
                  "give one of them another name: name = \"second\"");
    known.push_back(block.name);
  }
}

NetworkSection read_network(const TomlFile& file, const TomlSection* section) {
  NetworkSection network;
  if (!section) {
    network.row = &architecture_named(network.architecture);
    network.place = file.file;
    return network;
  }
  const std::vector<FieldInfo> own = fields_of(NetworkSection{});
  const Architecture& row = architecture_named(word_of(file, *section, own, "architecture"));
  const auto [keys, attrs] = parted(fitted(file, *section, joined(own, row.fields())), own);
  network = from_bag<NetworkSection>(keys);
  network.row = &row;
  network.given = attrs;
  network.place = place_in(file, *section);
  return network;
}

void check_data(const TomlFile& file, const DataSection& data) {
  const TomlSection* section = file.find("data");
  const std::string place = section ? place_in(file, *section) : file.file;
  if (data.path.empty() && data.synthetic.empty())
    throw Error(Blame::User, fmt::format("{}: the project names no data", place),
                "[data] needs path = \"a folder of recordings\", or synthetic = \"motion\" to begin without any");
  if (!data.path.empty() && !data.synthetic.empty())
    throw Error(Blame::User, fmt::format("{}: the data is either at path or synthetic, not both", place), "take one of the two lines away");
}

void refuse_unknown_sections(const TomlFile& file) {
  std::vector<std::string> known;
  for (const SectionInfo& info : project_sections()) known.push_back(info.name);
  for (const TomlSection& section : file.sections)
    if (std::find(known.begin(), known.end(), section.name) == known.end())
      throw Error(Blame::User,
                  fmt::format("{}: there is no section [{}]{}", place_in(file, section), section.name, suggest(section.name, known)));
}

void check_parts(const TomlFile& file, const SplitOptions& split) {
  try {
    check_split(split);
  } catch (const Error& error) {
    const TomlSection& section = *file.find("split");  // without one, all is at its default
    throw placed(error, places_in(file, section), place_in(file, section));
  }
}

template <class T>
void read_into(T& struct_, const TomlFile& file, std::string_view name) {
  if (const TomlSection* section = file.find(name)) struct_ = read_section<T>(file, *section);
}

}  // namespace

std::span<const std::string_view> enum_names(RangesFrom) {
  static constexpr std::string_view kNames[] = {"training", "calibration"};
  return kNames;
}

std::vector<std::string> DataSection::synthetic_sources() {
  std::vector<std::string> names = {""};
  for (const Source& source : all_sources()) names.emplace_back(source.name);
  return names;
}

std::vector<std::string> BlockSection::block_names() {
  std::vector<std::string> names;
  for (const Block* block : all_blocks()) names.emplace_back(block->op.name);
  return names;
}

std::vector<std::string> NetworkSection::architecture_names() {
  std::vector<std::string> names;
  for (const Architecture* row : all_architectures()) names.emplace_back(row->name);
  return names;
}

std::vector<SectionInfo> project_sections() {
  return {{"project", "", fields_of(ProjectSection{})},
          {"data", "Where the recordings are.", fields_of(DataSection{})},
          {"synthetic", "How recordings are made up.", {}},
          {"window", "How recordings are cut into what the model sees at a time.", fields_of(WindowOptions{})},
          {"split", "What is learnt from, and what is kept to judge by.", fields_of(SplitOptions{})},
          {"augment", "How training examples are varied, in each epoch anew.", fields_of(AugmentOptions{})},
          {"block", "A signal block: from samples to features, by the same C here and on the board.", fields_of(BlockSection{})},
          {"network", "", fields_of(NetworkSection{})},
          {"train", "", fields_of(TrainOptions{})},
          {"quantize", "", fields_of(QuantizeSection{})},
          {"deploy", "", fields_of(DeploySection{})}};
}

Project parse_project(const std::string& text, const std::filesystem::path& folder, const std::string& name) {
  const TomlFile file = parse_toml(text, name, {"block"});
  refuse_unknown_sections(file);
  Project project;
  project.folder = folder;
  project.text = text;
  read_into(project.project, file, "project");
  read_into(project.data, file, "data");
  check_data(file, project.data);
  const TomlSection* synthetic = file.find("synthetic");
  // Set aside where recordings of one's own have taken its place: the way from a template to them is one line of [data].
  if (synthetic && !project.data.synthetic.empty())
    project.synthetic = fitted(file, *synthetic, source_named(project.data.synthetic).fields());
  read_into(project.window, file, "window");
  read_into(project.split, file, "split");
  check_parts(file, project.split);
  read_into(project.augment, file, "augment");
  for (const TomlSection& section : file.sections)
    if (section.name == "block") project.blocks.push_back(read_block(file, section));
  check_names(project.blocks);
  project.network = read_network(file, file.find("network"));
  read_into(project.train, file, "train");
  read_into(project.quantize, file, "quantize");
  read_into(project.deploy, file, "deploy");
  return project;
}

bool is_project(const std::filesystem::path& path) { return std::filesystem::is_regular_file(project_folder(path) / kProjectFile); }

std::filesystem::path project_folder(const std::filesystem::path& path) {
  if (path.filename() != kProjectFile || std::filesystem::is_directory(path)) return path;
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

void refuse_without_project(const std::filesystem::path& folder, const std::string& hint) {
  const bool there = std::filesystem::exists(folder);
  const std::string what = there ? fmt::format("there is no project in '{}': it has no {}", folder.string(), kProjectFile)
                                 : fmt::format("there is no folder '{}'", folder.string());
  // Such as its out, into which somebody has looked.
  const std::filesystem::path whole = std::filesystem::absolute(folder / "").lexically_normal().parent_path();
  for (std::filesystem::path above = whole.parent_path(); there && above.has_relative_path(); above = above.parent_path())
    if (is_project(above))
      throw Error(Blame::User, what,
                  fmt::format("name the folder above it that is one: '{}'",
                              (folder.is_absolute() ? above : std::filesystem::proximate(above)).string()));
  throw Error(Blame::User, what, hint);
}

Project load_project(const std::filesystem::path& path) {
  const std::filesystem::path folder = project_folder(path), file = folder / kProjectFile;
  if (std::filesystem::is_regular_file(folder))
    throw Error(Blame::User, fmt::format("'{}' is a file, and no {}", folder.string(), kProjectFile), "name the folder of the project");
  if (!std::filesystem::exists(file)) refuse_without_project(folder, "`thimble new NAME --template motion` makes one");
  return parse_project(read_text(file), folder, file.lexically_normal().string());
}

Project with_recordings(const Project& project, const std::filesystem::path& path) {
  const TomlFile file = parse_toml(project.text, kProjectFile, {"block"});
  const TomlSection* data = file.find("data");
  const auto line_of = [&](std::string_view key) {
    const auto line = data->lines.find(key);
    return line == data->lines.end() ? 0 : line->second;
  };
  const std::string said = "path = " + toml_text(FieldValue(std::filesystem::absolute(path).lexically_normal().string()));
  const int there = std::max(line_of("path"), line_of("synthetic"));
  std::istringstream lines(project.text);
  std::string text, line;
  for (int number = 1; std::getline(lines, line); ++number) text += (number == there ? said : line) + "\n";
  try {
    return parse_project(text, project.folder);
  } catch (const Error&) {  // the text parsed before: the value goes on in the lines below
    throw Error(Blame::User, fmt::format("{}:{}: other recordings cannot take the place of a value of several lines", kProjectFile, there),
                "write it on one line: path = \"FOLDER\"");
  }
}

std::vector<Recording> recordings_of(const Project& project, Progress& progress) {
  if (!project.data.synthetic.empty()) return source_named(project.data.synthetic).make(project.synthetic, progress);
  const std::filesystem::path path = (project.folder / project.data.path).lexically_normal();
  try {
    require_file(path);
  } catch (const Error& error) {
    throw Error(error.blame, error.what(), "[data] path says where the recordings are; `thimble train --data FOLDER` takes others");
  }
  return read_folder(path, project.data, progress);
}

Dataset dataset_of(const Project& project, Progress& progress) {
  std::vector<Recording> recordings = recordings_of(project, progress);
  const bool classes = project.project.task == Task::Classification;
  std::vector<std::string> faults;
  if (classes)
    for (const Finding& finding : check_recordings(recordings))
      if (finding.severity == Severity::Fault && (finding.kind != "leak" || project.split.leaks == Leaks::Refuse))
        faults.push_back(fmt::format("{}\n      {}", finding.text, finding.hint));
  if (!faults.empty()) {
    std::string text = fmt::format("the data has {} fault{}", faults.size(), faults.size() == 1 ? "" : "s");
    for (const std::string& fault : faults) text += "\n  " + fault;
    throw Error(Blame::User, text, "`thimble data PATH` shows everything that is known about it");
  }
  return make_dataset(std::move(recordings), project.window, project.split, labels_for(project.project.task));
}

Labels labels_for(Task task) {
  switch (task) {
    case Task::Classification: return Labels::Class;
    case Task::Regression: return Labels::Number;
    case Task::MultiLabel: return Labels::Several;
    case Task::Reconstruction: return Labels::Optional;
  }
  return Labels::Class;
}

}  // namespace thimble
