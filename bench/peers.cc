#include "bench/peers.h"

#include <algorithm>

#include "base/files.h"
#include "base/json.h"

namespace thimble::bench {
namespace {

std::string text(const Json& row, std::string_view key) {
  const Json* found = row.find(key);
  return found && found->as_string() ? *found->as_string() : std::string();
}

int64_t whole(const Json& row, std::string_view key) {
  const Json* found = row.find(key);
  require(found && found->as_int(), "a row of the peers' figures lacks '" + std::string(key) + "'");
  return *found->as_int();
}

std::optional<int64_t> maybe(const Json& row, std::string_view key) {
  const Json* found = row.find(key);
  return found && found->as_int() ? std::optional(*found->as_int()) : std::nullopt;
}

Shape shape(const Json& row, std::string_view key) {
  Shape dims;
  for (const Json& dim : *row.find(key)->as_array()) dims.push_back(static_cast<int64_t>(dim.number()));
  return dims;
}

Json file(std::string_view name) { return Json::parse(read_text(fs::path(THIMBLE_SOURCE_DIR) / "bench" / name)); }

Peers read_peers() {
  const Json json = file("peers.json");
  Peers all;
  all.builds_source = text(*json.find("sources"), "builds");
  all.silicon_source = text(*json.find("sources"), "silicon");
  for (const Json& row : *json.find("builds")->as_array())
    all.builds.push_back({.core = text(row, "core"),
                          .model = text(row, "model"),
                          .kernels = text(row, "kernels"),
                          .level = text(row, "level"),
                          .registered = text(row, "registered"),
                          .instructions = maybe(row, "instructions"),
                          .cycles = maybe(row, "cycles"),
                          .ram = whole(row, "ram"),
                          .code = whole(row, "code"),
                          .constants = whole(row, "constants")});
  for (const Json& row : *json.find("silicon")->as_array())
    all.silicon.push_back(
        {text(row, "core"), text(row, "model"), text(row, "who"), text(row, "where"), row.find("mhz")->number(), row.find("ms")->number()});
  return all;
}

/// The row of that core and model with the least `cost`; `admitted` says which take part.
template <class T, class Admitted, class Cost>
const T* least(const std::vector<T>& rows, std::string_view core, std::string_view model, Admitted admitted, Cost cost) {
  const T* best = nullptr;
  for (const T& row : rows)
    if (row.core == core && row.model == model && admitted(row) && (!best || cost(row) < cost(*best))) best = &row;
  return best;
}

bool any(const PeerBuild&) { return true; }

}  // namespace

const PeerBuild* Peers::fastest(std::string_view core, std::string_view model) const {
  return least(
      builds, core, model, [](const PeerBuild& one) { return one.kernels == "cmsis-nn" && one.instructions; },
      [](const PeerBuild& one) { return *one.instructions; });
}

const PeerBuild* Peers::least_ram(std::string_view core, std::string_view model) const {
  return least(builds, core, model, any, [](const PeerBuild& one) { return one.ram; });
}

const PeerBuild* Peers::least_code(std::string_view core, std::string_view model) const {
  return least(builds, core, model, any, [](const PeerBuild& one) { return one.code; });
}

const PeerSilicon* Peers::best_silicon(std::string_view core, std::string_view model) const {
  return least(
      silicon, core, model, [](const PeerSilicon&) { return true; }, [](const PeerSilicon& one) { return one.cycles(); });
}

const Peers& peers() {
  static const Peers kAll = read_peers();
  return kAll;
}

const std::vector<PeerLayer>& peer_layers() {
  static const std::vector<PeerLayer> kAll = [] {
    std::vector<PeerLayer> all;
    const Json json = file("peer_layers.json");
    for (const Json& row : *json.find("layers")->as_array())
      all.push_back({text(row, "model"), text(row, "op"), text(row, "weights"), shape(row, "in"), shape(row, "out"), whole(row, "macs"),
                     whole(row, "reference"), whole(row, "cmsis_nn")});
    return all;
  }();
  return kAll;
}

}  // namespace thimble::bench
