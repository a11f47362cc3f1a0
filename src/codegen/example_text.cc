// A program that feeds the exported stream lines of numbers: what one begins with on a board of one's own.
#include "codegen/example_text.h"

#include <fmt/format.h>

#include "codegen/c_text.h"

namespace thimble {
namespace {

/// The comment that it opens with. What was made for another core has to be made anew before it runs on the desk.
std::string how_text(const Compiled& model, const Board& board) {
  std::string text =
      fmt::format("/* How {}.h is used. On a board, read_sample waits for the sensor; here it reads lines of numbers.\n *\n", model.name);
  const std::string flags = fmt::format("{}{}{} -ffp-contract=off", model.compiler_level, board.cflags.empty() ? "" : " ", board.cflags);
  if (board.triple.empty())
    return text + fmt::format(" *   cc {1} {0}.c {0}_example.c -o {0} && ./{0} < recording.csv\n */\n", model.name, flags);
  return text + fmt::format(
                    " * {0}.c is for {1}: in a project of your own it is compiled with {2}.\n"
                    " * To try this program on your desk, let `thimble compile --board host` write another {0}.c.\n */\n",
                    model.name, board.name, flags);
}

constexpr std::string_view kReadSample = R"(
/* A line that is not numbers, such as a header, is passed over; of more numbers than channels the last ones count: a time comes first. */
static int read_sample(float *sample) {{
  char line[4096];
  while (fgets(line, sizeof line, stdin)) {{
    int count = 0;
    char *at = line, *end;
    for (; at[strspn(at, " \t\r\n")] != 0; at = end + strspn(end, ",; \t\r\n")) {{
      const float value = strtof(at, &end);
      if (end == at || (*end != 0 && !strchr(",; \t\r\n", *end))) {{
        count = 0;
        break;
      }}
      if (count == {0}_CHANNELS) memmove(sample, sample + 1, (size_t)--count * sizeof(float));
      sample[count++] = value;
    }}
    if (count == {0}_CHANNELS) return 1;
  }}
  return 0;
}}
)";

}  // namespace

std::string example_text(const Compiled& model, const Board& board) {
  require(model.stream.has_value(), "an example is of a stream");
  const std::string macro = "THIMBLE_" + c_macro(model.name);
  const bool answers = !model.stream->about.classes.empty();
  std::string text = how_text(model, board);
  text += fmt::format("#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n\n#include \"{0}.h\"\n\nstatic thimble_{0} model;\n",
                      model.name);
  if (answers) text += fmt::format("static const char *const names[] = {}_CLASS_NAMES;\n", macro);
  text += fmt::format(kReadSample, macro);
  text += fmt::format(
      "\nint main(void) {{\n  float sample[{1}_CHANNELS];\n  long number = 0;\n  thimble_{0}_init(&model);\n"
      "  while (read_sample(sample)) {{\n    ++number;\n    if (!thimble_{0}_push(&model, sample)) continue;\n",
      model.name, macro);
  if (answers)
    text += fmt::format(
        "    {{\n      const int32_t answer = thimble_{0}_answer(&model);\n"
        "      printf(\"%8.2f s  %s\\n\", (double)number / {1}_RATE, answer == {1}_UNCERTAIN ? \"uncertain\" : names[answer]);\n    }}\n",
        model.name, macro);
  else
    text += fmt::format("    printf(\"%8.2f s  %g\\n\", (double)number / {1}_RATE, (double)thimble_{0}_output0(&model)[0]);\n", model.name,
                        macro);
  return text + "  }\n  return 0;\n}\n";
}

}  // namespace thimble
