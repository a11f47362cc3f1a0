/// What is measured: the models of ../shared where they are, and networks made in code that everybody has.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thimble::bench {

struct Model {
  std::string_view name;    ///< "kws_int8"
  std::string_view folder;  ///< below shared/data/models; empty: made in code
  bool everywhere = true;   ///< measured on every board; else only on the l4r5, which has room for all
};

const std::vector<Model>& all_models();

/// The model's .tflite: the file, or one that is written into `made`. Nothing where ../shared is absent.
std::optional<std::filesystem::path> file_of(const Model& model, const std::filesystem::path& made);

}  // namespace thimble::bench
