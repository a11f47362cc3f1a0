// `bench layers`: no layer of ours may need more instructions than CMSIS-NN's for the same.
#include <fmt/format.h>

#include "bench/layers.h"
#include "bench/models.h"
#include "bench/words.h"

namespace thimble::bench {
namespace {

StepResult run(const AttrBag&, Progress& progress) {
  const TempDir made;
  std::vector<Job> jobs;
  for (const std::string& name : models_with_peer_layers())
    for (const Model& model : all_models())
      if (model.name == name)
        if (const auto file = file_of(model, made.path())) jobs.push_back({name, *file, std::string(kLayersOn), Optimize::Balanced});
  StepResult result;
  int slower = 0, layers = 0;
  Json::Array models;
  for (const Figures& figures : measure_all(jobs, progress)) {
    const std::vector<Row> rows = layer_rows(figures);
    const LayerGrid grid = layer_grid(figures.job.model, rows);
    result.text += to_terminal(grid.grid, 4);
    slower += grid.slower, layers += static_cast<int>(rows.size());
    for (const Row& row : rows) {
      Json json;
      json.set("layer", row.key);
      for (const auto& [name, value] : row.figures) json.set(name, value);
      models.push_back(std::move(json));
    }
  }
  result.json.set("layers", models).set("slower", slower);
  result.text += jobs.empty() ? "  the peers' layers are those of the models in ../shared/data/models, which is not here\n"
                              : fmt::format("  {} of {} layers slower than CMSIS-NN on the Cortex-M4\n", slower, layers);
  result.status = slower > 0 ? 1 : 0;
  return result;
}

}  // namespace

const Step kLayers = {.name = "bench layers",
                      .summary = "every layer on the Cortex-M4 beside CMSIS-NN's operator of the same name",
                      .stage = Stage::Measure,
                      .details =
                          "Exit code 1 where a layer needs more instructions than CMSIS-NN's. Operators that no layer of ours is named "
                          "after, because a pass merged them, count with the next layer; reshapes with none.",
                      .examples = "./thimble bench layers\n./thimble bench layers --json",
                      .fields = request_fields<NoRequest>,
                      .run = run};

}  // namespace thimble::bench
