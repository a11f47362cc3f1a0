// A program that feeds the exported stream lines of numbers: what one begins with on a board of one's own.
#include <fmt/format.h>

#include "codegen/c_text.h"
#include "codegen/compiled.h"

namespace thimble {

std::string example_text(const Compiled& model) {
  require(model.stream.has_value(), "an example is of a stream");
  const std::string macro = "THIMBLE_" + c_macro(model.name);
  const bool answers = !model.stream->about.classes.empty();
  std::string text = fmt::format(
      "/* How {0}.h is used. On a board, read_sample waits for the sensor; here it reads lines of numbers, one a sample:\n *\n"
      " *   cc {2} -ffp-contract=off {0}.c {0}_example.c -o {0} && ./{0} < recording.csv\n */\n"
      "#include <stdio.h>\n\n#include \"{0}.h\"\n\n"
      "static thimble_{0} model;\n{3}\n"
      "static int read_sample(float *sample) {{\n  int i;\n  for (i = 0; i < {1}_CHANNELS; ++i) {{\n"
      "    if (scanf(\"%f\", &sample[i]) != 1) return 0;\n    (void)scanf(\"%*[,; \\t]\");\n  }}\n  return 1;\n}}\n\n"
      "int main(void) {{\n  float sample[{1}_CHANNELS];\n  long number = 0;\n  thimble_{0}_init(&model);\n"
      "  while (read_sample(sample)) {{\n    ++number;\n    if (!thimble_{0}_push(&model, sample)) continue;\n",
      model.name, macro, model.compiler_level,
      answers ? fmt::format("static const char *const names[] = {}_CLASS_NAMES;\n", macro) : std::string());
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
