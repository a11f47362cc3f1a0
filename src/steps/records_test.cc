#include "steps/records.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "steps/comparison.h"

namespace thimble {
namespace {

using ::testing::ElementsAre;

const TensorType kInt8{DType::I8, {1, 2}, per_tensor(0.5f, -1)};
const TensorType kFloat{DType::F32, {2}, {}};

std::vector<double> numbers(const TensorType& type, const Record& record) {
  const FileTensor tensor{type, record};
  std::vector<double> all;
  for (int64_t i = 0; i < type.elements(); ++i) all.push_back(tensor.number(i));
  return all;
}

class RecordFiles : public ::testing::Test {
 protected:
  fs::path csv(const char* text) const {
    write_text(dir_.path() / "in.csv", text);
    return dir_.path() / "in.csv";
  }
  TempDir dir_;
};

TEST_F(RecordFiles, RealValuesAreQuantised) {
  const auto records = records_from(csv("0,1\n-0.5,1000\n"), {kInt8}, false);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_THAT(numbers(kInt8, records[0]), ElementsAre(-1, 1));
  EXPECT_THAT(numbers(kInt8, records[1]), ElementsAre(-2, 127));  // saturates
}

TEST_F(RecordFiles, RawNumbersAreTakenAsTheyAre) {
  EXPECT_THAT(numbers(kInt8, records_from(csv("5,-7\n"), {kInt8}, true)[0]), ElementsAre(5, -7));
}

TEST_F(RecordFiles, AnArrayOfTheModelsTypeIsTakenAsItIs) {
  write_tensor(dir_.path() / "in.npy", {{DType::I8, {1, 1, 2}, {}}, {std::byte{5}, std::byte{0xF9}}});
  EXPECT_THAT(numbers(kInt8, records_from(dir_.path() / "in.npy", {kInt8}, false)[0]), ElementsAre(5, -7));
}

std::string fault_of(const fs::path& path, const TensorType& type) {
  try {
    records_from(path, {type}, false);
  } catch (const Error& error) {
    return explain(error);
  }
  return "no error";
}

TEST_F(RecordFiles, AnArrayInAnotherOrderOfAxesIsRefused) {
  const TensorType image{DType::I8, {1, 4, 4, 3}, per_tensor(1, 0)};
  const auto fault_for = [&](Shape shape) {
    const TensorType type{DType::I8, std::move(shape), {}};
    write_tensor(dir_.path() / "in.npy", {type, std::vector<std::byte>(static_cast<size_t>(type.bytes()))});
    return fault_of(dir_.path() / "in.npy", image);
  };
  for (const Shape& good : {Shape{4, 4, 3}, Shape{2, 4, 4, 3}, Shape{48}, Shape{5, 48}, Shape{1, 1, 4, 4, 3}, Shape{96}})
    EXPECT_EQ(fault_for(good), "no error") << to_string(good);
  EXPECT_EQ(fault_for({2, 3, 4, 4}),
            "error: 'in.npy' holds an array of 2x3x4x4, which is not the input's shape\n"
            "  a record of this model is i8[1x4x4x3]; numpy.transpose puts axes in another order, x.reshape(records, 48) keeps it\n");
}

TEST_F(RecordFiles, NotANumberHasNoCode) {
  EXPECT_EQ(fault_of(csv("0.5,nan\n"), kInt8),
            "error: an input is not a number (NaN)\n  an int8 model has no code for it; clean the data first\n");
}

TEST_F(RecordFiles, ARecordHoldsAllInputsOneAfterTheOther) {
  const auto records = records_from(csv("0,1,2.5,3.5\n"), {kInt8, kFloat}, false);
  ASSERT_EQ(records.size(), 1u);
  const std::vector<Buffer> inputs = split(records[0], {kInt8, kFloat});
  EXPECT_THAT(numbers(kInt8, inputs[0]), ElementsAre(-1, 1));
  EXPECT_THAT(numbers(kFloat, inputs[1]), ElementsAre(2.5, 3.5));
}

/// The first outputs of SplitMix64 from seed 1 are 910a2dec89025cc1, beeb8da1658eec67, f893a2eefb32555e, ...: their top bytes less 128.
TEST(RandomRecords, AreTheSameEverywhere) {
  const auto records = random_records({{DType::I8, {6}, {}}}, Texture::Uniform, 1, 1);
  EXPECT_THAT(numbers({DType::I8, {6}, {}}, records[0]), ElementsAre(17, 62, 120, -15, -15, 67));
}

TEST(RandomRecords, ReachTheWholeRange) {
  for (const Texture texture : {Texture::Uniform, Texture::Smooth}) {
    const TensorType type{DType::I8, {5000}, {}};
    const auto values = numbers(type, random_records({type}, texture, 3, 1)[0]);
    EXPECT_LT(*std::min_element(values.begin(), values.end()), -80);
    EXPECT_GT(*std::max_element(values.begin(), values.end()), 80);
  }
}

TEST(RandomRecords, SmoothOnesHaveSmallSteps) {
  const TensorType type{DType::I8, {1000}, {}};
  const auto values = numbers(type, random_records({type}, Texture::Smooth, 3, 1)[0]);
  for (size_t i = 1; i < values.size(); ++i) EXPECT_LE(std::abs(values[i] - values[i - 1]), 8);
}

Record floats(const std::vector<float>& values) {
  const auto raw = std::as_bytes(std::span(values));
  return {raw.begin(), raw.end()};
}

TEST(Comparison, CountsBytesOfIntegers) {
  const Comparison same = compare({kInt8}, {{std::byte{1}, std::byte{2}}}, {{std::byte{1}, std::byte{2}}});
  EXPECT_TRUE(same.ok());
  EXPECT_EQ(same.cell().text, "equal");
  const Comparison other = compare({kInt8}, {{std::byte{1}, std::byte{2}}}, {{std::byte{1}, std::byte{3}}});
  EXPECT_FALSE(other.ok());
  EXPECT_EQ(other.cell().text, "1 of 2 bytes differ");
}

TEST(Comparison, AllowsFloatsASmallRelativeError) {
  const Comparison close = compare({kFloat}, {floats({1, 2})}, {floats({1, 2.00001f})});
  EXPECT_TRUE(close.ok());
  EXPECT_EQ(close.cell().text, "within 5.0e-06");
  EXPECT_FALSE(compare({kFloat}, {floats({1, 2})}, {floats({1, 2.0001f})}).ok());
  EXPECT_FALSE(compare({kFloat}, {floats({1, 2})}, {floats({1, std::numeric_limits<float>::quiet_NaN()})}).ok());
}

TEST(Comparison, OfLayersIsAgainstTheLargestElement) {
  const Record want = floats({1, 0.001f}), got = floats({1, 0.001001f});
  Comparison output, layer;
  compare(kFloat, want, got, Measure::Element, output);
  compare(kFloat, want, got, Measure::Tensor, layer);
  EXPECT_FALSE(output.ok());
  EXPECT_TRUE(layer.ok());
}

}  // namespace
}  // namespace thimble
