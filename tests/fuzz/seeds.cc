#include "base/files.h"
#include "cases/op_case.h"
#include "formats/export.h"
#include "formats/tflite.h"
#include "fuzz/import_fuzz.h"

namespace thimble::testing {

std::vector<Seed> import_seeds() {
  std::vector<Seed> seeds;
  for (const OpCase& one : all_cases())
    if (one.tflite) seeds.push_back({one.name, write_tflite(export_graph(one.graph))});
  const fs::path models = fs::path(THIMBLE_SOURCE_DIR) / "../shared/data/models";
  if (!fs::exists(models)) return seeds;
  for (const auto& entry : fs::recursive_directory_iterator(models))
    if (entry.path().extension() == ".tflite") seeds.push_back({entry.path().stem().string(), read_bytes(entry.path())});
  return seeds;
}

}  // namespace thimble::testing
