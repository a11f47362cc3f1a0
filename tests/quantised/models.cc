#include "quantised/models.h"

#include "formats/import.h"

namespace thimble::testing {
namespace {

std::vector<ExampleInputs> records(const fs::path& file, const Graph& graph) {
  const std::vector<std::byte> bytes = read_bytes(file);
  std::vector<ExampleInputs> all;
  for (auto at = bytes.begin(); at < bytes.end();) {
    all.emplace_back();
    for (ValueId id : graph.inputs) {
      all.back().emplace_back(at, at + graph.type(id).bytes());
      at += graph.type(id).bytes();
    }
  }
  return all;
}

}  // namespace

std::optional<FloatModel> float_model(const std::string& name) {
  const fs::path data = fs::path(THIMBLE_SOURCE_DIR) / "../shared/data";
  const fs::path model = data / "models/mlperf-tiny" / (name + ".tflite"), golden = data / "golden/tflm";
  if (!fs::exists(model) || !fs::exists(golden / (name + ".in.bin"))) return std::nullopt;
  FloatModel made{name, import_model(model), {}, {}};
  float_passes(made.graph);
  made.uniform = records(golden / (name + ".in.bin"), made.graph);
  made.smooth = records(golden / (name + ".smooth.in.bin"), made.graph);
  return made;
}

}  // namespace thimble::testing
