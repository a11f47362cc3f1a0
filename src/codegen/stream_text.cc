#include "codegen/stream_text.h"

#include <fmt/format.h>

#include <cmath>

#include "codegen/c_text.h"
#include "ir/call.h"

namespace thimble {
namespace {

/// A C string literal; what is not plain ASCII as octal escapes, which end after three digits.
std::string c_string(const std::string& text) {
  std::string out = "\"";
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\')
      out += {'\\', letter};
    else if (code < 32 || code > 126)
      out += fmt::format("\\{:03o}", code);
    else
      out += letter;
  }
  return out + "\"";
}

/// Text that may stand in a C comment.
std::string c_comment(std::string text) {
  for (size_t at = text.find("*/"); at != std::string::npos; at = text.find("*/")) text.replace(at, 2, "* /");
  return text;
}

bool answers(const Compiled& model) { return !model.stream->about.classes.empty(); }

std::string channels_text(const Stream& stream) {
  std::string text;
  for (const StreamChannel& channel : stream.channels)
    text += (text.empty() ? "" : ", ") + channel.name + (channel.unit.empty() ? "" : " in " + channel.unit);
  return c_comment(text);
}

}  // namespace

int64_t stream_bytes(const CompiledStream& stream) {
  const int64_t history = stream.about.classes.empty() ? 0 : 4 + stream.about.smoothing.readings;
  return (8 + history + 7) / 8 * 8;
}

std::string stream_macros(const Compiled& model) {
  const CompiledStream& s = *model.stream;
  const std::string macro = "THIMBLE_" + c_macro(model.name);
  const double rate = s.about.rate;
  std::string text = fmt::format(
      "/* Samples of {1} channel{2} ({3}), {4} a second; a result sees {5} of them and the next one comes {6} later. */\n"
      "#define {0}_RATE {4}\n#define {0}_CHANNELS {1}\n#define {0}_WINDOW {5}\n#define {0}_STRIDE {6}\n",
      macro, s.axes, s.axes == 1 ? "" : "s", channels_text(s.about),
      fmt::format("{:.9g}{}f", rate, rate == std::floor(rate) && rate < 1e9 ? ".0" : ""), s.window, s.stride * s.rows_between);
  if (!answers(model)) return text + "\n";
  std::string names;
  for (const std::string& name : s.about.classes) names += (names.empty() ? "" : ", ") + c_string(name);
  return text + fmt::format("#define {0}_CLASSES {1}\n#define {0}_CLASS_NAMES {{{2}}}\n#define {0}_UNCERTAIN (-1)\n\n", macro,
                            s.about.classes.size(), names);
}

std::string stream_members(const Compiled& model) {
  std::string text = "  int32_t samples, rows;  /* of the frame, of the window */\n";
  if (answers(model)) text += fmt::format("  int32_t answer;\n  int8_t history[{}];\n", model.stream->about.smoothing.readings);
  return text;
}

std::string stream_declarations(const Compiled& model) {
  const std::string macro = "THIMBLE_" + c_macro(model.name);
  std::string text = fmt::format(
      "/* Takes the next sample, in the units above; 1 when that made a new result. The first one comes with sample {1}_WINDOW. */\n"
      "int thimble_{0}_push(thimble_{0} *self, const float sample[{1}_CHANNELS]);\n\n"
      "/* The result of one whole window, [{1}_WINDOW][{1}_CHANNELS]; 0 when it went well. The stream is as new then: what\n"
      " * was pushed before is forgotten, the answer is uncertain, and the next push is the first of its window. */\n"
      "int thimble_{0}_run(thimble_{0} *self, const float *window);\n\n",
      model.name, macro);
  if (!model.stream->by_frames())
    text += fmt::format(
        "/* Where the model keeps its window: filled in here, it need not be copied for a run. */\n"
        "float *thimble_{0}_window(thimble_{0} *self);\n\n",
        model.name);
  if (!answers(model)) return text;
  const Smoothing& smoothing = model.stream->about.smoothing;
  return text + fmt::format(
                    "/* The answer after a push that gave 1: the class that {2} of the last {3} results name with a score of {4} or more,\n"
                    " * {1}_UNCERTAIN where there is none. The scores themselves are output 0. */\n"
                    "int32_t thimble_{0}_answer(const thimble_{0} *self);\n\n",
                    model.name, macro, smoothing.same, smoothing.readings, smoothing.confidence);
}

std::string stream_init(const Compiled& model) {
  std::string text = "  self->samples = self->rows = 0;\n";
  if (answers(model)) text += "  self->answer = -1;\n  memset(self->history, -1, sizeof self->history);\n";
  return text;
}

std::string stream_functions(const Compiled& model, const std::string& row_calls, const std::string& window_calls,
                             const std::string& frame) {
  const CompiledStream& s = *model.stream;
  std::string slide;
  if (s.stride < s.length)
    slide = fmt::format("    memmove(frame, frame + {}, {} * sizeof(float));\n", s.stride * s.axes, (s.length - s.stride) * s.axes);
  std::string text = fmt::format(
      "/* Takes a sample; 1 when the layers of a window have run. */\n"
      "static int thimble_{0}_advance(thimble_{0} *self, const float *sample) {{\n"
      "  float *const frame = {1};\n"
      "  if (self->samples == {2}) {{ /* the frame was used: what the next one shares with it moves to the front */\n{3}"
      "    self->samples = {4};\n  }}\n"
      "  if (self->samples >= 0) memcpy(frame + self->samples * {5}, sample, {5} * sizeof(float));\n"
      "  if (++self->samples < {2}) return 0;\n{6}"
      "  if (++self->rows < {7}) return 0;\n  self->rows = {8};\n{9}  return 1;\n}}\n\n",
      model.name, frame, s.length, slide, s.length - s.stride, s.axes, row_calls, s.rows, s.rows - s.rows_between, window_calls);
  text += fmt::format("int thimble_{0}_push(thimble_{0} *self, const float sample[THIMBLE_{1}_CHANNELS]) {{\n", model.name,
                      c_macro(model.name));
  if (answers(model))
    text += fmt::format("  static const thimble_smoothing_shape shape = {{{}, {}, {}, {}}};\n", s.about.classes.size(),
                        s.about.smoothing.readings, s.about.smoothing.same, c_literal(static_cast<float>(s.about.smoothing.confidence)));
  text += fmt::format("  if (!thimble_{}_advance(self, sample)) return 0;\n", model.name);
  if (answers(model))
    text += fmt::format("  self->answer = thimble_smooth(thimble_{}_output0(self), self->history, &shape);\n", model.name);
  text += fmt::format("  return 1;\n}}\n\nint thimble_{0}_run(thimble_{0} *self, const float *window) {{\n", model.name);
  if (s.by_frames())
    text +=
        fmt::format("  int32_t i;\n  thimble_{0}_init(self);\n  for (i = 0; i < {1}; ++i) thimble_{0}_advance(self, window + i * {2});\n",
                    model.name, s.window, s.axes);
  else
    text += fmt::format("  float *const frame = {};\n  if (window != frame) memcpy(frame, window, {} * sizeof(float));\n{}", frame,
                        s.window * s.axes, window_calls);
  text += stream_init(model);
  text += "  return 0;\n}\n\n";
  if (!s.by_frames()) text += fmt::format("float *thimble_{0}_window(thimble_{0} *self) {{ return {1}; }}\n\n", model.name, frame);
  if (answers(model)) text += fmt::format("int32_t thimble_{0}_answer(const thimble_{0} *self) {{ return self->answer; }}\n\n", model.name);
  return text;
}

}  // namespace thimble
