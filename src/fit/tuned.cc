#include "fit/tuned.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "base/json.h"
#include "codegen/c_text.h"
#include "fit/one_layer.h"

namespace thimble {
namespace {

constexpr int64_t kVersion = 1;

[[noreturn]] void refuse(const fs::path& file, const std::string& why) {
  throw Error(Blame::User, fmt::format("'{}' is no file of tuned kernels: {}", file.string(), why),
              "nothing was changed; delete it and run `thimble tune` again, or pass --no-tuned to compile without it");
}

std::string text_in(const Json& row, const char* key, const fs::path& file) {
  const Json* found = row.find(key);
  if (!found || !found->as_string()) refuse(file, fmt::format("a layer has no '{}'", key));
  return *found->as_string();
}

TunedLayer layer_from(const Json& row, const fs::path& file) {
  TunedLayer layer{.core = text_in(row, "core", file),
                   .optimize = text_in(row, "optimize", file),
                   .layer = text_in(row, "layer", file),
                   .kernel = text_in(row, "kernel", file),
                   .cycles = {},
                   .code = text_in(row, "code", file)};
  const Json* cycles = row.find("cycles");
  if (!cycles || !cycles->as_object()) refuse(file, "a layer has no 'cycles'");
  for (const auto& [kernel, count] : *cycles->as_object()) {
    if (!count.as_int()) refuse(file, fmt::format("the cycles of '{}' are no whole number", kernel));
    layer.cycles[kernel] = *count.as_int();
  }
  if (!layer.cycles.contains(layer.kernel)) refuse(file, fmt::format("'{}' is chosen but was not measured", layer.kernel));
  return layer;
}

Json parsed(const fs::path& file) {
  try {
    return Json::parse(read_text(file));
  } catch (const Error& error) {
    if (error.blame != Blame::User) throw;
    refuse(file, error.what());
  }
}

}  // namespace

const TunedLayer* Tuned::find(std::string_view core, std::string_view optimize, std::string_view layer) const {
  for (const TunedLayer& one : layers)
    if (one.core == core && one.optimize == optimize && one.layer == layer) return &one;
  return nullptr;
}

void Tuned::put(TunedLayer layer) {
  for (TunedLayer& one : layers)
    if (one.core == layer.core && one.optimize == layer.optimize && one.layer == layer.layer) {
      one = std::move(layer);
      return;
    }
  layers.push_back(std::move(layer));
}

Tuned read_tuned(const fs::path& file) {
  if (!fs::exists(file)) return {};
  const Json json = parsed(file);
  const Json *version = json.find("version"), *layers = json.find("layers");
  if (!version || !version->as_int() || !layers || !layers->as_array()) refuse(file, "it has no version or no layers");
  if (*version->as_int() != kVersion)
    refuse(file, fmt::format("it has version {}, this Thimble reads version {}", *version->as_int(), kVersion));
  Tuned tuned;
  for (const Json& row : *layers->as_array()) tuned.layers.push_back(layer_from(row, file));
  return tuned;
}

void write_tuned(const fs::path& file, const Tuned& tuned) {
  Json::Array layers;
  for (const TunedLayer& one : tuned.layers) {
    Json cycles{Json::Object{}}, row;
    for (const auto& [kernel, count] : one.cycles) cycles.set(kernel, count);
    row.set("core", one.core).set("optimize", one.optimize).set("layer", one.layer).set("kernel", one.kernel);
    layers.push_back(row.set("cycles", cycles).set("code", one.code));
  }
  Json json;
  write_text(file, json.set("version", kVersion).set("layers", layers).dump() + "\n");
}

std::string core_of(const Board& board) {
  if (board.flash_waits == 0) return std::string(board.core);
  return fmt::format("{} waiting {} beyond {}", board.core, board.flash_waits, board.code_cache);
}

std::string code_fingerprint(const std::vector<const Kernel*>& kernels) {
  std::vector<std::string> names, sources;
  for (const Kernel* kernel : kernels) {
    names.emplace_back(kernel->name);
    for (std::string& source : sources_of(*kernel)) sources.push_back(std::move(source));
  }
  for (auto* list : {&names, &sources}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  std::string all = paste_headers(sources);
  for (const std::string& name : names) all += name + "\n";
  uint64_t hash = 14695981039346656037u;  // FNV-1a
  for (const char letter : all) hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211u;
  return fmt::format("{:016x}", hash);
}

Preference preference_of(Tuned tuned, const Board& board, Optimize optimize) {
  if (tuned.layers.empty()) return {};
  return [tuned = std::move(tuned), &board, optimize](const Node& node, const Graph& graph) -> std::string {
    const TunedLayer* found = tuned.find(core_of(board), enum_names(optimize)[static_cast<size_t>(optimize)], shape_text(node, graph));
    if (!found || found->code != code_fingerprint(admissible_kernels(node, graph, board, optimize))) return "";
    return found->kernel;
  };
}

}  // namespace thimble
