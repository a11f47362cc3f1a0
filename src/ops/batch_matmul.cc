#include "ops/batch_matmul.h"

#include <algorithm>

#include "ops/weights.h"

namespace thimble {
namespace {

/// Size of batch axis `axis` (of `batch_axes`, counted from the front) of a tensor that may have fewer.
int64_t batch_size(const TensorType& type, int64_t axis, int64_t batch_axes) {
  const int64_t own = axis - (batch_axes - (type.rank() - 2));
  return own < 0 ? 1 : type.shape[static_cast<size_t>(own)];
}

}  // namespace

MatrixProduct lay_product(const BatchMatmulAttrs& a, const TensorType& x, const TensorType& y) {
  expect(x.rank() >= 2 && y.rank() >= 2 && x.rank() <= 5 && y.rank() <= 5,
         "the operands must be matrices or batches of them, up to 5 axes");
  const size_t xr = x.shape.size(), yr = y.shape.size();
  MatrixProduct p;
  p.rows = x.shape[a.adj_x ? xr - 1 : xr - 2], p.depth = x.shape[a.adj_x ? xr - 2 : xr - 1];
  p.columns = y.shape[a.adj_y ? yr - 2 : yr - 1];
  const int64_t y_depth = y.shape[a.adj_y ? yr - 1 : yr - 2];
  expect(p.depth == y_depth,
         "the left matrices have " + std::to_string(p.depth) + " columns, the right ones " + std::to_string(y_depth) + " rows");
  p.x_row = a.adj_x ? 1 : p.depth, p.x_k = a.adj_x ? p.rows : 1;
  p.y_column = a.adj_y ? p.depth : 1, p.y_k = a.adj_y ? 1 : p.columns;
  int64_t x_step = p.rows * p.depth, y_step = p.depth * p.columns;
  for (int64_t axis = 2; axis >= 0; --axis) {
    const auto i = static_cast<size_t>(axis);
    const int64_t nx = batch_size(x, axis, 3), ny = batch_size(y, axis, 3);
    expect(nx == ny || nx == 1 || ny == 1,
           "batches of " + std::to_string(nx) + " and " + std::to_string(ny) + " matrices do not broadcast");
    p.batch[i] = nx == 1 ? ny : nx;
    p.x_batch[i] = nx == 1 ? 0 : x_step, p.y_batch[i] = ny == 1 ? 0 : y_step;
    x_step *= nx, y_step *= ny;
  }
  return p;
}

namespace {

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType &x = *in[0].type, &y = *in[1].type;
  expect(x.dtype == y.dtype && (x.dtype == DType::F32 || x.dtype == DType::I8),
         "batch_matmul takes two float or two int8 operands, not " + std::string(name_of(x.dtype)) + " and " +
             std::string(name_of(y.dtype)) + ": convert the model with int8 quantisation, or none");
  const MatrixProduct p = lay_product(attrs.as<BatchMatmulAttrs>(), x, y);
  const auto axes = static_cast<size_t>(std::max(x.rank(), y.rank())) - 2;
  Shape shape(p.batch.end() - static_cast<std::ptrdiff_t>(axes), p.batch.end());
  shape.push_back(p.rows);
  shape.push_back(p.columns);
  return {{x.dtype, shape, {}}};
}

/// Calls f(offset of the left row, offset of the right column) for every output element, in memory order.
template <class F>
void for_each_element(const MatrixProduct& p, F f) {
  for (int64_t b0 = 0; b0 < p.batch[0]; ++b0)
    for (int64_t b1 = 0; b1 < p.batch[1]; ++b1)
      for (int64_t b2 = 0; b2 < p.batch[2]; ++b2)
        for (int64_t row = 0; row < p.rows; ++row)
          for (int64_t column = 0; column < p.columns; ++column)
            f(b0 * p.x_batch[0] + b1 * p.x_batch[1] + b2 * p.x_batch[2] + row * p.x_row,
              b0 * p.y_batch[0] + b1 * p.y_batch[1] + b2 * p.y_batch[2] + column * p.y_column);
}

/// The sum of products along one row and one column.
template <class T, class Sum>
Sum dot(const MatrixProduct& p, std::span<const T> x, std::span<const T> y, int64_t row, int64_t column, Sum x_zero, Sum y_zero) {
  Sum sum = 0;
  for (int64_t k = 0; k < p.depth; ++k)
    sum += (static_cast<Sum>(x[static_cast<size_t>(row + k * p.x_k)]) - x_zero) *
           (static_cast<Sum>(y[static_cast<size_t>(column + k * p.y_k)]) - y_zero);
  return sum;
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const TensorType &x = *in[0].type, &y = *in[1].type, &z = *out[0].type;
  const MatrixProduct p = lay_product(attrs.as<BatchMatmulAttrs>(), x, y);
  size_t i = 0;
  if (x.dtype == DType::F32) {
    for_each_element(p, [&](int64_t row, int64_t column) {
      out[0].as<float>()[i++] = dot<float, float>(p, in[0].as<const float>(), in[1].as<const float>(), row, column, 0, 0);
    });
    return;
  }
  const Multiplier multiplier = tensor_multiplier(x, y, z);
  for_each_element(p, [&](int64_t row, int64_t column) {
    const int64_t sum =
        dot<int8_t, int64_t>(p, in[0].as<const int8_t>(), in[1].as<const int8_t>(), row, column, x.quant.zero[0], y.quant.zero[0]);
    const int32_t scaled = requantize(static_cast<int32_t>(sum), multiplier) + z.quant.zero[0];
    out[0].as<int8_t>()[i++] = static_cast<int8_t>(std::clamp(scaled, -128, 127));
  });
}

int64_t macs(const Attrs& attrs, Inputs in, Outputs out) {
  return out[0].type->elements() * lay_product(attrs.as<BatchMatmulAttrs>(), *in[0].type, *in[1].type).depth;
}

Translated read(const ForeignNode& node, const ForeignGraph&) {
  return {BatchMatmulAttrs{attr_or(node, "adj_x", false), attr_or(node, "adj_y", false)}, node.in};
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph&) {
  const auto& a = attrs.as<BatchMatmulAttrs>();
  node.attrs = {{"adj_x", a.adj_x}, {"adj_y", a.adj_y}};
  node.version = 2;
  return true;
}

constexpr ForeignMap kTflite[] = {{"BATCH_MATMUL", read, write}};

}  // namespace

std::span<const OpDef> batch_matmul_ops() {
  static const OpDef kOps[] = {{.name = "batch_matmul",
                                .summary = "matrix product over the last two axes",
                                .min_in = 2,
                                .max_in = 2,
                                .attrs = BatchMatmulAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .macs = macs,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble
