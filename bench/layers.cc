#include "bench/layers.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "bench/peers.h"

namespace thimble::bench {
namespace {

std::vector<PeerLayer> peers_of(std::string_view model) {
  std::vector<PeerLayer> layers;
  for (const PeerLayer& layer : peer_layers())
    if (layer.model == model) layers.push_back(layer);
  return layers;
}

std::string dims(const Shape& shape) {
  std::string text;
  for (size_t i = shape.size() > 1 ? 1 : 0; i < shape.size(); ++i) text += (text.empty() ? "" : "x") + std::to_string(shape[i]);
  return text;
}

}  // namespace

std::vector<std::string> models_with_peer_layers() {
  std::vector<std::string> models;
  for (const PeerLayer& layer : peer_layers())
    if (std::find(models.begin(), models.end(), layer.model) == models.end()) models.push_back(layer.model);
  return models;
}

std::vector<Row> layer_rows(const Figures& figures) {
  const std::vector<PeerLayer> theirs = peers_of(figures.job.model);
  if (theirs.empty() || figures.job.board != kLayersOn || figures.job.optimize != Optimize::Balanced || !figures.fits) return {};
  require(theirs.size() == figures.imported.size(),
          fmt::format("'{}' has {} operators, the peers' list {}", figures.job.model, figures.imported.size(), theirs.size()));
  std::vector<int64_t> cost(figures.layers.size(), 0);
  int64_t pending = 0;
  for (size_t i = 0; i < theirs.size(); ++i) {
    if (theirs[i].op != "RESHAPE") pending += theirs[i].cmsis_nn;
    for (size_t k = 0; k < figures.layers.size(); ++k)
      if (figures.layers[k].name == figures.imported[i]) {
        cost[k] += std::exchange(pending, 0);
        break;
      }
  }
  std::vector<Row> rows;
  for (size_t k = 0; k < figures.layers.size(); ++k) {
    const LayerFigures& layer = figures.layers[k];
    rows.push_back(
        {.key = fmt::format("{} {:02} {} {} {}", figures.job.model, k, layer.op, layer.kernel, dims(layer.out)),
         .board = std::string(kLayersOn),
         .figures = {{"instructions", layer.instructions}, {"cycles", layer.cycles}, {"macs", layer.macs}, {"cmsis_nn", cost[k]}}});
  }
  return rows;
}

LayerGrid layer_grid(std::string_view model, const std::vector<Row>& rows) {
  LayerGrid all{
      .grid = {.heading = std::string(model), .columns = {"#", "op", "kernel", "output", "instructions", "CMSIS-NN", "ratio"}, .rows = {}}};
  for (const Row& row : rows) {
    if (!row.key.starts_with(std::string(model) + " ")) continue;
    std::vector<std::string> words;
    for (size_t at = 0; at < row.key.size(); at = row.key.find(' ', at) == std::string::npos ? row.key.size() : row.key.find(' ', at) + 1)
      words.push_back(row.key.substr(at, row.key.find(' ', at) - at));
    words.resize(5);
    const int64_t ours = row.figures.at("instructions"), theirs = row.figures.at("cmsis_nn");
    const bool slower = theirs > 0 && ours > theirs;
    all.slower += slower;
    all.grid.rows.push_back(
        {words[1], words[2], words[3], words[4], number(ours), theirs > 0 ? number(theirs) : "-",
         ratio(ours, theirs > 0 ? std::optional(static_cast<double>(theirs)) : std::nullopt) + (slower ? " SLOWER" : "")});
  }
  return all;
}

}  // namespace thimble::bench
