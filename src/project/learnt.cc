#include "project/learnt.h"

#include <fmt/format.h>

#include "base/files.h"

namespace thimble {
namespace {

template <class T>
Json::Array array_of(const std::vector<T>& values) {
  Json::Array array(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    if constexpr (std::is_same_v<T, float>)
      array[i] = Json(static_cast<double>(values[i]));
    else
      array[i] = Json(values[i]);
  }
  return array;
}

const Json& member(const Json& json, std::string_view key) {
  static const Json kNothing;
  const Json* found = json.find(key);
  return found ? *found : kNothing;
}

std::string text_of(const Json& json) { return json.as_string() ? *json.as_string() : ""; }

std::vector<float> floats_of(const Json& json) {
  std::vector<float> values;
  if (const Json::Array* array = json.as_array())
    for (const Json& value : *array) values.push_back(static_cast<float>(value.number()));
  return values;
}

fs::path file_of(const Project& project) { return project.out() / "model.json"; }

}  // namespace

Json json_of(const Learnt& learnt) {
  Json::Array channels;
  for (const Channel& channel : learnt.window.channels) {
    Json one;
    channels.push_back(one.set("name", channel.name).set("unit", channel.unit));
  }
  Json window, standard, json;
  window.set("shape", array_of(learnt.window.shape)).set("channels", channels).set("rate", learnt.window.rate);
  standard.set("offset", array_of(learnt.standard.offset)).set("scale", array_of(learnt.standard.scale));
  json.set("classes", array_of(learnt.classes)).set("window", window).set("standard", standard);
  return json.set("data_hash", learnt.data_hash).set("version", learnt.version).set("network", learnt.network).set("config", learnt.config);
}

Learnt learnt_from(const Json& json) {
  Learnt learnt;
  if (const Json::Array* classes = member(json, "classes").as_array())
    for (const Json& name : *classes) learnt.classes.push_back(text_of(name));
  const Json& window = member(json, "window");
  if (const Json::Array* shape = member(window, "shape").as_array())
    for (const Json& extent : *shape) learnt.window.shape.push_back(static_cast<int64_t>(extent.number()));
  if (const Json::Array* channels = member(window, "channels").as_array())
    for (const Json& channel : *channels)
      learnt.window.channels.push_back({text_of(member(channel, "name")), text_of(member(channel, "unit"))});
  learnt.window.rate = member(window, "rate").number();
  learnt.standard.offset = floats_of(member(member(json, "standard"), "offset"));
  learnt.standard.scale = floats_of(member(member(json, "standard"), "scale"));
  learnt.data_hash = text_of(member(json, "data_hash")), learnt.version = text_of(member(json, "version"));
  learnt.config = text_of(member(json, "config")), learnt.network = text_of(member(json, "network"));
  return learnt;
}

Learnt read_learnt(const Project& project) {
  const fs::path file = file_of(project);
  const std::string hint = fmt::format("`thimble train {}` trains it", project.folder.string());
  if (!fs::exists(file)) throw Error(Blame::User, fmt::format("the project '{}' is not trained yet", project.project.name), hint);
  const Doing doing([&] { return fmt::format("reading '{}'", file.string()); });
  const Learnt learnt = learnt_from(Json::parse(read_text(file)));
  if (learnt.window.shape.empty() || learnt.config.empty())
    throw Error(Blame::User, fmt::format("'{}' does not say what was trained", file.string()), hint + " anew");
  return learnt;
}

void write_learnt(const Project& project, const Learnt& learnt) { write_text(file_of(project), json_of(learnt).dump() + "\n"); }

Project project_as_trained(const Project& project, const Learnt& learnt) {
  Project trained = parse_project(learnt.config, project.folder);
  trained.deploy = project.deploy;
  return trained;
}

Graph features_as_trained(const Project& project, const Learnt& learnt) {
  return standardised(feature_graph(project_as_trained(project, learnt), learnt.window), learnt.standard);
}

}  // namespace thimble
