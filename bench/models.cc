#include "bench/models.h"

#include "base/files.h"
#include "bench/networks.h"
#include "formats/export.h"
#include "formats/tflite.h"
#include "steps/ds_cnn.h"

namespace thimble::bench {

const std::vector<Model>& all_models() {
  static const std::vector<Model> kModels = {
      {"ds_cnn", ""},
      {"autoencoder", ""},
      {"inverted_residual", ""},
      {"kws_int8", "mlperf-tiny"},
      {"vww_int8", "mlperf-tiny"},
      {"ic_int8", "mlperf-tiny"},
      {"ad_int8", "mlperf-tiny"},
      {"person_detect_int8", "tflm-examples"},
      {"micro_speech_int8", "tflm-examples"},
      {"hello_world_int8", "tflm-examples"},
      {"wand_int8", "magic-wand"},
      {"kws_hybrid", "mlperf-tiny", false},
      {"kws_float", "mlperf-tiny", false},
      {"vww_float", "mlperf-tiny", false},
      {"ic_float", "mlperf-tiny", false},
      {"ad_float", "mlperf-tiny", false},
      {"wand_float", "magic-wand", false},
      {"hello_world_float", "tflm-examples", false},
  };
  return kModels;
}

std::optional<fs::path> file_of(const Model& model, const fs::path& made) {
  const std::string name = std::string(model.name) + ".tflite";
  if (!model.folder.empty()) {
    const fs::path file = fs::path(THIMBLE_SOURCE_DIR).parent_path() / "shared/data/models" / model.folder / name;
    return fs::exists(file) ? std::optional(file) : std::nullopt;
  }
  const Graph graph = model.name == "ds_cnn" ? make_ds_cnn() : model.name == "autoencoder" ? make_autoencoder() : make_inverted_residual();
  write_bytes(made / name, write_tflite(export_graph(graph)));
  return made / name;
}

}  // namespace thimble::bench
