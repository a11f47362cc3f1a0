#include "ir/tensor.h"

#include <gmock/gmock.h>

#include "ir/attrs.h"
#include "ir/testing_ops.h"

namespace thimble {
namespace {

using ::testing::ElementsAre;

TEST(Tensor, Texts) {
  EXPECT_EQ(to_string(TensorType{DType::I8, {1, 49, 10, 1}, per_tensor(0.58f, 83)}), "i8[1x49x10x1] scale 0.58 zero 83");
  EXPECT_EQ(to_string(TensorType{DType::F32, {}, {}}), "f32[]");
  EXPECT_EQ(to_string(TensorType{DType::I8, {2, 3}, {{1, 2}, {0, 0}, 0}}), "i8[2x3] 2 scales along axis 0");
  EXPECT_EQ(to_string(Shape{}), "scalar");
}

TEST(Tensor, Sizes) {
  EXPECT_EQ((TensorType{DType::I64, {2, 3}, {}}).bytes(), 48);
  EXPECT_EQ((TensorType{DType::I8, {}, {}}).elements(), 1);
  EXPECT_EQ(c_type(DType::U8), "uint8_t");
  EXPECT_EQ(dtype_of<float>(), DType::F32);
  EXPECT_EQ(dtype_of<bool>(), DType::Bool);
  for (std::string_view name : enum_names(DType{})) EXPECT_FALSE(name.empty());
}

TEST(Tensor, WholeNumbersOfAnyWidth) {
  const TensorType type{DType::I16, {3}, {}};
  const int16_t values[] = {-300, 0, 32767};
  Bytes bytes = bytes_from<int16_t>(values);
  EXPECT_THAT(to_int64({&type, const_cast<std::byte*>(bytes->data())}), ElementsAre(-300, 0, 32767));
}

TEST(Tensor, ViewsAreChecked) {
  const TensorType type{DType::F32, {1}, {}};
  float value = 1;
  const TensorView view{&type, reinterpret_cast<std::byte*>(&value)};
  EXPECT_EQ(view.as<float>()[0], 1);
  EXPECT_THROW(view.as<int32_t>(), Error);
  EXPECT_THROW((TensorView{&type, nullptr}.as<float>()), Error);
  EXPECT_THROW(to_int64(view), Error);
  EXPECT_FALSE(TensorView{});
}

TEST(Attrs, EqualByContents) {
  const Attrs a = testing::ScaleAttrs{3};
  EXPECT_TRUE(a == Attrs(testing::ScaleAttrs{3}));
  EXPECT_FALSE(a == Attrs(testing::ScaleAttrs{4}));
  EXPECT_EQ(a.with({{"by", int64_t{9}}}).as<testing::ScaleAttrs>().by, 9);
  EXPECT_THROW(a.as<NoAttrs>(), Error);
  EXPECT_EQ(a.fields()[0].help, "factor");
}

}  // namespace
}  // namespace thimble
