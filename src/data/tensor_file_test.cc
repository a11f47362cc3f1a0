#include "data/tensor_file.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "data/data_test.h"

namespace thimble {
namespace {

using namespace std::string_literals;

template <class T>
FileTensor tensor_of(Shape shape, const std::vector<T>& values) {
  const auto raw = std::as_bytes(std::span(values));
  return {{dtype_of<T>(), std::move(shape), {}}, {raw.begin(), raw.end()}};
}

void comes_back(const FileTensor& tensor) {
  const FileTensor back = parse_npy(npy_of(tensor), "x.npy");
  EXPECT_EQ(back.type, tensor.type);
  EXPECT_EQ(back.bytes, tensor.bytes);
}

TEST(Npy, ComesBackAsItWent) {
  comes_back(tensor_of<float>({2, 2}, {1.5f, -2, 3e20f, 0}));
  comes_back(tensor_of<int8_t>({3}, {-128, 0, 127}));
  comes_back(tensor_of<uint8_t>({1, 3, 1}, {0, 7, 255}));
  comes_back(tensor_of<int16_t>({1}, {-300}));
  comes_back(tensor_of<int32_t>({}, {1 << 30}));
  comes_back(tensor_of<int64_t>({0}, {}));
}

/// numpy.save of numpy.array([[1, 2]], dtype=int8), to the byte.
TEST(Npy, IsWhatNumpyWrites) {
  std::string text = "\x93NUMPY\x01\x00v\x00{'descr': '|i1', 'fortran_order': False, 'shape': (1, 2), }"s;
  text.resize(127, ' ');
  text += "\n\x01\x02";
  EXPECT_EQ(npy_of(tensor_of<int8_t>({1, 2}, {1, 2})), bytes_in(text));
}

TEST(Npy, TakesDoublesAsFloats) {
  std::string text = "\x93NUMPY\x01\x00\x3a\x00{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n"s;
  text += "\x00\x00\x00\x00\x00\x00\xf8\x3f"s;
  const FileTensor tensor = parse_npy(bytes_in(text), "x.npy");
  EXPECT_EQ(tensor.type, (TensorType{DType::F32, {1}, {}}));
  EXPECT_EQ(tensor.number(0), 1.5);
}

TEST(Npy, TellsWhatIsWrong) {
  EXPECT_EQ(fault_of([] { parse_npy(bytes_in("hello, this is no array"), "a.npy"); }),
            "error: 'a.npy' is not a .npy file: it does not begin with \"\\x93NUMPY\"\n  write it anew with numpy.save\n");
  auto cut = npy_of(tensor_of<int32_t>({2}, {1, 2}));
  cut.resize(cut.size() - 3);
  EXPECT_EQ(fault_of([&] { parse_npy(cut, "a.npy"); }),
            "error: 'a.npy' is cut off: its shape 2 needs 8 bytes, 5 are there\n  write it anew with numpy.save\n");
  const std::string complex = "\x93NUMPY\x01\x00\x3b\x00{'descr': '<c16', 'fortran_order': False, 'shape': (0,), }\n"s;
  EXPECT_EQ(fault_of([&] { parse_npy(bytes_in(complex), "a.npy"); }),
            "error: 'a.npy' holds elements of type <c16\n"
            "  save it as float32, float64, int8, uint8, int16, int32, int64 or bool: x.astype(numpy.float32)\n");
  const std::string fortran = "\x93NUMPY\x01\x00\x39\x00{'descr': '<f4', 'fortran_order': True, 'shape': (0,), }\n"s;
  EXPECT_EQ(fault_of([&] { parse_npy(bytes_in(fortran), "a.npy"); }),
            "error: 'a.npy' has its first axis fastest\n  save numpy.ascontiguousarray(x)\n");
}

TEST(Csv, SkipsAHeaderCommentsAndEmptyLines) {
  const FileTensor tensor = parse_csv("x,y\n# at rest\n1,-2.5\n\n3e2,\"4\"\r\n", "a.csv");
  EXPECT_EQ(tensor.type, (TensorType{DType::F32, {2, 2}, {}}));
  EXPECT_EQ(csv_of(tensor), "1,-2.5\n300,4\n");
}

TEST(Csv, ReadsWhatSpreadsheetsWrite) {
  EXPECT_EQ(csv_of(parse_csv("\xEF\xBB\xBF"
                             "1;2\r\n3;4\r\n",
                             "a.csv")),
            "1,2\n3,4\n");
}

TEST(Csv, TakesOtherSeparators) {
  EXPECT_EQ(csv_of(parse_csv("1;2\n3;4\n", "a.csv")), "1,2\n3,4\n");
  EXPECT_EQ(csv_of(parse_csv("1  2\t3\n", "a.csv")), "1,2,3\n");
}

TEST(Csv, TellsTheLine) {
  EXPECT_EQ(fault_of([] { parse_csv("1,2\n3,x\n", "a.csv"); }), "error: a.csv:2: 'x' is not a number\n");
  EXPECT_EQ(fault_of([] { parse_csv("1,2\n3\n", "a.csv"); }), "error: a.csv:2: 1 numbers where the lines before have 2\n");
  EXPECT_EQ(fault_of([] { parse_csv("\n", "a.csv"); }),
            "error: 'a.csv' holds no numbers\n  a .csv has one record a line, numbers separated by commas\n");
}

TEST(TensorFile, ChoosesByTheExtension) {
  const TempDir dir;
  const FileTensor tensor = tensor_of<int8_t>({2, 2}, {1, 2, 3, 4});
  for (const char* name : {"t.npy", "t.csv", "t.bin"}) write_tensor(dir.path() / name, tensor);
  EXPECT_EQ(read_tensor(dir.path() / "t.npy").bytes, tensor.bytes);
  EXPECT_EQ(read_tensor(dir.path() / "t.bin").bytes, tensor.bytes);
  EXPECT_EQ(read_tensor(dir.path() / "t.csv").number(3), 4);
  EXPECT_EQ(fault_of([] { read_tensor("t.wav"); }),
            "error: 't.wav' is not a kind of file that holds tensors here\n"
            "  use .npy (numpy.save), .csv (one record a line) or .bin (bare little-endian elements)\n");
}

}  // namespace
}  // namespace thimble
