#include "cases/block_case.h"

namespace thimble::testing {
namespace {

OpCase image_case(std::string_view name, DType dtype, Shape shape, const AttrBag& attrs) {
  const OpDef& op = block_named("image").op;
  OpCase c{.name = "image/" + std::string(name), .graph = {}};
  c.graph.name = op.name;
  const ValueId x = c.graph.add_input("picture", {dtype, std::move(shape), {}});
  c.graph.outputs = {c.graph.add_node(op, "pixels", {x}, op.attrs.with(attrs))};
  c.records = 2;
  c.exact = true;
  c.tflite = false;
  return c;
}

AttrBag sized(int64_t height, int64_t width, AttrBag more) {
  more.insert({{"height", height}, {"width", width}});
  return more;
}

}  // namespace

std::vector<OpCase> dsp_image_cases() {
  const auto word = [](const char* text) { return FieldValue(std::string(text)); };
  return {image_case("same_size", DType::U8, {6, 5, 3}, sized(6, 5, {})),
          image_case("fit_short_of_bytes", DType::U8, {9, 14, 3}, sized(4, 4, {{"anchor", word("right")}})),
          image_case("fit_long", DType::U8, {9, 14, 1}, sized(6, 6, {{"resize", word("fit-long")}, {"anchor", word("bottom")}})),
          image_case("squash_to_larger", DType::F32, {5, 7, 1}, sized(9, 8, {{"resize", word("squash")}, {"channels", word("grey")}})),
          image_case("crop", DType::U8, {8, 8, 3},
                     sized(3, 5, {{"resize", word("crop")}, {"anchor", word("top-left")}, {"scaling", word("torch")}})),
          image_case("grey", DType::U8, {8, 12, 3}, sized(5, 5, {{"channels", word("grey")}, {"scaling", word("-128..127")}})),
          image_case("blue_first", DType::F32, {4, 4, 3}, sized(2, 2, {{"scaling", word("bgr-mean")}}))};
}

}  // namespace thimble::testing
