#include "steps/golden.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/files.h"
#include "base/json.h"

namespace thimble {
namespace {

std::string text_at(const Json& row, std::string_view key) {
  const Json* value = row.find(key);
  return value && value->as_string() ? *value->as_string() : "";
}

const Json::Array& rows_of(const Json& manifest, const fs::path& path) {
  const Json* models = manifest.find("models");
  if (!models || !models->as_array()) throw Error(Blame::User, fmt::format("'{}' has no list \"models\"", path.string()));
  return *models->as_array();
}

const Json& row_of(const Json::Array& rows, const fs::path& model) {
  const std::string stem = model.stem().string();
  std::vector<std::string> wanted = {model.filename().string()};
  constexpr std::string_view kHybrid = "_hybrid";
  if (stem.ends_with(kHybrid)) wanted.push_back(stem.substr(0, stem.size() - kHybrid.size()) + "_float" + model.extension().string());
  std::vector<std::string> names;
  for (const std::string& name : wanted)
    for (const Json& row : rows) {
      if (text_at(row, "model") == name) return row;
      names.push_back(text_at(row, "model"));
    }
  names.resize(rows.size());
  throw Error(Blame::User, fmt::format("there are no golden vectors of '{}'{}", wanted[0], suggest(wanted[0], names)),
              "leave --golden out to compare with the interpreter instead");
}

/// Tensors that share a name cannot be told apart later, so they are left out.
std::set<std::string> unique_names(const Graph& graph) {
  std::map<std::string, int> times;
  for (const Value& value : graph.values) ++times[value.name];
  std::set<std::string> once;
  for (const auto& [name, count] : times)
    if (count == 1) once.insert(name);
  return once;
}

TensorContents load_layers(const fs::path& folder, const Json& row, const Graph& imported) {
  TensorContents layers;
  const std::string list = text_at(row, "layers_manifest"), file = text_at(row, "layers_file");
  if (list.empty() || file.empty()) return layers;
  const std::set<std::string> unique = unique_names(imported);
  const std::vector<std::byte> bytes = read_bytes(folder / file);
  const Json json = Json::parse(read_text(folder / list));
  if (!json.as_array()) throw Error(Blame::User, fmt::format("'{}' is not a list of layers", (folder / list).string()));
  for (const Json& layer : *json.as_array()) {
    const auto number = [&](const char* key) { return static_cast<size_t>(layer.find(key) ? layer.find(key)->number() : -1); };
    const size_t tensor = number("tensor"), offset = number("offset"), size = number("bytes");
    const bool fits = tensor < imported.values.size() && offset <= bytes.size() && size <= bytes.size() - offset &&
                      static_cast<int64_t>(size) == imported.values[tensor].type.bytes();
    if (!fits)
      throw Error(Blame::User, fmt::format("'{}' does not belong to this model: tensor {} does not fit", (folder / list).string(), tensor));
    const std::string& name = imported.values[tensor].name;
    const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(offset);
    if (unique.count(name)) layers[name] = Buffer(first, first + static_cast<std::ptrdiff_t>(size));
  }
  return layers;
}

}  // namespace

Golden load_golden(const fs::path& folder, const fs::path& model, const Graph& imported) {
  const Doing doing([&] { return fmt::format("reading golden vectors in '{}'", folder.string()); });
  const fs::path path = folder / "manifest.json";
  if (!fs::exists(path))
    throw Error(Blame::User, fmt::format("'{}' has no manifest.json", folder.string()),
                "it lists the models and their files of inputs and outputs");
  const Json manifest = Json::parse(read_text(path));
  const Json& row = row_of(rows_of(manifest, path), model);
  Golden golden;
  for (const auto& [name, prefix] : {std::pair("uniform", ""), std::pair("smooth", "smooth_")}) {
    const std::string in = text_at(row, fmt::format("{}in_file", prefix)), out = text_at(row, fmt::format("{}out_file", prefix));
    if (in.empty() || out.empty()) continue;
    RecordSet set{name, cut_records(read_bytes(folder / in), input_types(imported), in),
                  cut_records(read_bytes(folder / out), output_types(imported), out)};
    if (set.inputs.size() != set.outputs.size())
      throw Error(Blame::User, fmt::format("'{}' holds {} records and '{}' {}", in, set.inputs.size(), out, set.outputs.size()));
    golden.sets.push_back(std::move(set));
  }
  if (golden.sets.empty())
    throw Error(Blame::User, fmt::format("'{}' names no in_file and out_file for '{}'", path.string(), model.filename().string()));
  golden.layers = load_layers(folder, row, imported);
  return golden;
}

std::vector<Record> interpret_all(const Graph& imported, const std::vector<RecordSet>& sets, TensorContents& layers,
                                  const std::function<void(int64_t)>& after) {
  const std::set<std::string> unique = unique_names(imported);
  const auto watch = [&](size_t node, Outputs out) {
    for (size_t i = 0; i < out.size(); ++i) {
      const std::string& name = imported.value(imported.nodes[node].out[i]).name;
      if (unique.count(name)) layers[name] = Buffer(out[i].data, out[i].data + out[i].type->bytes());
    }
  };
  std::vector<Record> all;
  for (const RecordSet& set : sets) all.insert(all.end(), set.inputs.begin(), set.inputs.end());
  return interpret(imported, all, watch, after);
}

Golden interpreted(const Graph& imported, uint64_t seed, int64_t records) {
  Golden golden;
  golden.sets = {{"uniform", random_records(input_types(imported), Texture::Uniform, seed, records), {}},
                 {"smooth", random_records(input_types(imported), Texture::Smooth, seed, records), {}}};
  const std::vector<Record> outputs = interpret_all(imported, golden.sets, golden.layers);
  golden.sets[0].outputs.assign(outputs.begin(), outputs.begin() + records);
  golden.sets[1].outputs.assign(outputs.begin() + records, outputs.end());
  return golden;
}

}  // namespace thimble
