#include "ops/strided_slice.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/indexing.h"

namespace thimble {
namespace {

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const auto& a = attrs.as<StridedSliceAttrs>();
  const TensorType& x = operand_type(in, 0);
  const size_t rank = x.shape.size();
  expect(a.begin.size() == rank && a.size.size() == rank && a.step.size() == rank,
         fmt::format("the slice is given for {} axes; the input has {}", a.begin.size(), rank));
  for (size_t i = 0; i < rank; ++i) {
    const int64_t d = x.shape[i];
    expect(a.size[i] >= 1 && a.size[i] <= d, fmt::format("{} elements cannot be taken from axis {} of {}", a.size[i], i, d));
    expect(a.step[i] != 0 && a.step[i] >= -d && a.step[i] <= d,
           fmt::format("axis {} of {} cannot be sliced in steps of {}", i, d, a.step[i]));
    const int64_t last = a.begin[i] + (a.size[i] - 1) * a.step[i];
    expect(a.begin[i] >= 0 && a.begin[i] < d && last >= 0 && last < d,
           fmt::format("elements {} to {} of axis {} do not exist: it has {}", a.begin[i], last, i, d));
  }
  expect(checked_elements(a.shape) == checked_elements(a.size),
         fmt::format("a slice of {} cannot have shape {}", to_string(a.size), to_string(a.shape)));
  return {moved(x, a.shape)};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<StridedSliceAttrs>();
  const auto strides = strides_of(in[0].type->shape);
  int64_t written = 0;
  for_each_index(a.size, [&](const std::vector<int64_t>& index) {
    int64_t at = 0;
    for (size_t i = 0; i < index.size(); ++i) at += (a.begin[i] + index[i] * a.step[i]) * strides[i];
    copy_element(in[0], at, out[0], written++);
  });
}

/// One entry of the format's lists and the bits of the masks that go with it.
struct Entry {
  int64_t begin, end, stride;
  bool begin_open, end_open, ellipsis, new_axis, shrink;
};

std::vector<Entry> read_entries(const ForeignNode& node, const ForeignGraph& graph) {
  const auto begin = constant_operand(node, graph, 1, "begin"), end = constant_operand(node, graph, 2, "end"),
             stride = constant_operand(node, graph, 3, "list of strides");
  expect(begin.size() == end.size() && begin.size() == stride.size(), "begin, end and strides must be of one length");
  const auto bit = [&](std::string_view mask, size_t i) { return i < 31 && (attr_or<int64_t>(node, mask, 0) >> i & 1) != 0; };
  const bool relative = attr_or(node, "offset", false);
  std::vector<Entry> entries;
  for (size_t i = 0; i < begin.size(); ++i) {
    entries.push_back({begin[i], relative ? begin[i] + end[i] : end[i], stride[i], bit("begin_mask", i), bit("end_mask", i),
                       bit("ellipsis_mask", i), bit("new_axis_mask", i), bit("shrink_axis_mask", i)});
    if (entries.back().ellipsis) entries.back().new_axis = false;
  }
  return entries;
}

/// Takes one whole axis.
void take_whole(StridedSliceAttrs& a, int64_t size) {
  a.begin.push_back(0);
  a.size.push_back(size);
  a.step.push_back(1);
  a.shape.push_back(size);
}

/// Takes the part of an axis of `d` elements that `entry` says, by the format's rules for ends that lie outside.
void take_part(StridedSliceAttrs& a, const Entry& entry, int64_t d) {
  const bool forward = entry.stride > 0;
  expect(entry.stride != 0, "a stride of 0 leads nowhere");
  expect(!entry.shrink || forward, "an axis that is dropped needs a positive stride");
  const int64_t low = forward ? 0 : -1, high = forward ? d : d - 1;
  const auto place = [&](int64_t i) { return i < 0 ? i + d : i; };
  const int64_t begin = entry.begin_open ? (forward ? 0 : d - 1) : std::clamp(place(entry.begin), low, high);
  const int64_t end = entry.shrink ? begin + 1 : entry.end_open ? (forward ? d : -1) : std::clamp(place(entry.end), low, high);
  const int64_t reach = forward ? end - begin : begin - end, step = std::clamp(entry.stride, -d, d), pace = forward ? step : -step;
  expect(begin >= 0 && begin < d && reach > 0,
         fmt::format("nothing is left of an axis of {} elements between {} and {}", d, entry.begin, entry.end));
  expect(!entry.shrink || entry.begin_open || place(entry.begin) == begin,
         fmt::format("element {} of an axis of {} does not exist", entry.begin, d));
  a.begin.push_back(begin);
  a.size.push_back((reach + pace - 1) / pace);
  a.step.push_back(step);
  if (!entry.shrink) a.shape.push_back(a.size.back());
}

Translated read_strided_slice(const ForeignNode& node, const ForeignGraph& graph) {
  const Shape& from = foreign_operand(node, graph, 0).type.shape;
  const std::vector<Entry> entries = read_entries(node, graph);
  StridedSliceAttrs a;
  size_t axis = 0;
  const auto added = static_cast<size_t>(std::count_if(entries.begin(), entries.end(), [](const Entry& e) { return e.new_axis; }));
  for (size_t i = 0; i < entries.size(); ++i) {
    const size_t later = static_cast<size_t>(
        std::count_if(entries.begin() + static_cast<std::ptrdiff_t>(i) + 1, entries.end(), [](const Entry& e) { return !e.new_axis; }));
    if (entries[i].ellipsis) {
      while (axis + later < from.size()) take_whole(a, from[axis++]);
    } else if (entries[i].new_axis) {
      a.shape.push_back(1);
    } else {
      expect(axis < from.size(), fmt::format("the slice is given for {} axes; the input has {}", entries.size() - added, from.size()));
      take_part(a, entries[i], from[axis++]);
    }
  }
  while (axis < from.size()) take_whole(a, from[axis++]);
  return {a, {node.in[0]}};
}

Translated read_slice(const ForeignNode& node, const ForeignGraph& graph) {
  const Shape& from = foreign_operand(node, graph, 0).type.shape;
  StridedSliceAttrs a{constant_operand(node, graph, 1, "begin"), constant_operand(node, graph, 2, "size"), {}, {}};
  expect(a.begin.size() == from.size() && a.size.size() == from.size(),
         fmt::format("the slice is given for {} axes; the input has {}", a.begin.size(), from.size()));
  a.step.assign(from.size(), 1);
  for (size_t i = 0; i < from.size(); ++i)
    if (a.size[i] == -1) a.size[i] = from[i] - a.begin[i];
  a.shape = a.size;
  return {a, {node.in[0]}};
}

bool write_slice(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const auto& a = attrs.as<StridedSliceAttrs>();
  if (a.shape != a.size || std::any_of(a.step.begin(), a.step.end(), [](int64_t step) { return step != 1; })) return false;
  node.version = version_by_type(node, graph);
  append_operand(node, graph, "begin", a.begin);
  append_operand(node, graph, "size", a.size);
  return true;
}

/// The lists and masks of a STRIDED_SLICE, grown entry by entry.
struct Lists {
  std::vector<int64_t> begin, end, stride;
  int64_t end_mask = 0, new_axis_mask = 0, shrink_axis_mask = 0;

  void add(int64_t first, int64_t behind, int64_t step) {
    begin.push_back(first);
    end.push_back(behind);
    stride.push_back(step);
  }
  int64_t last_bit() const { return int64_t{1} << (begin.size() - 1); }
};

/// Walks `size` and `shape` together: where they differ, one of them has a 1 that the other lacks.
Lists lists_of(const StridedSliceAttrs& a) {
  Lists lists;
  size_t j = 0;
  const auto add_axes = [&](int64_t size, bool last) {
    while (j < a.shape.size() && (last || size != 1) && a.shape[j] != size && a.shape[j] == 1) {
      lists.add(0, 1, 1);
      lists.new_axis_mask |= lists.last_bit();
      ++j;
    }
  };
  for (size_t i = 0; i < a.size.size(); ++i) {
    add_axes(a.size[i], false);
    const int64_t behind = a.begin[i] + (a.size[i] - 1) * a.step[i] + (a.step[i] > 0 ? 1 : -1);
    const bool shrink = j >= a.shape.size() || a.shape[j] != a.size[i];
    lists.add(a.begin[i], behind, shrink ? 1 : a.step[i]);
    if (shrink)
      lists.shrink_axis_mask |= lists.last_bit();
    else
      ++j;
    if (behind < 0) lists.end_mask |= lists.last_bit();
  }
  add_axes(0, true);
  return lists;
}

bool write_strided_slice(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const Lists lists = lists_of(attrs.as<StridedSliceAttrs>());
  node.version = version_by_type(node, graph);
  append_operand(node, graph, "begin", lists.begin);
  append_operand(node, graph, "end", lists.end);
  append_operand(node, graph, "strides", lists.stride);
  node.attrs = {{"begin_mask", int64_t{0}},
                {"end_mask", lists.end_mask},
                {"ellipsis_mask", int64_t{0}},
                {"new_axis_mask", lists.new_axis_mask},
                {"shrink_axis_mask", lists.shrink_axis_mask}};
  return true;
}

constexpr ForeignMap kTflite[] = {{"SLICE", read_slice, write_slice}, {"STRIDED_SLICE", read_strided_slice, write_strided_slice}};

}  // namespace

std::span<const OpDef> strided_slice_ops() {
  static const OpDef kOps[] = {{.name = "strided_slice",
                                .summary = "a part of a tensor, in steps along each axis",
                                .attrs = StridedSliceAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble
