// `./thimble bench WORD`: reads the command line and catches what is thrown, as `thimble` does for its verbs.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "base/terminal.h"
#include "bench/words.h"
#include "cli/command_line.h"
#include "cli/help.h"
#include "cli/progress_bar.h"

namespace thimble::bench {
namespace {

constexpr std::string_view kPrefix = "bench ";

std::string_view word_of(const Step& step) { return step.name.substr(kPrefix.size()); }

const Step& word_named(const std::string& word) {
  std::vector<std::string> words;
  for (const Step* step : all_words()) {
    if (word_of(*step) == word) return *step;
    words.emplace_back(word_of(*step));
  }
  throw Error(Blame::User, fmt::format("the bench has no word '{}'{}", word, suggest(word, words)), "`./thimble bench --help` lists them");
}

std::string overview() {
  std::string text = "./thimble bench [WORD] [flags]: what the product is measured by\n\n";
  for (const Step* step : all_words()) text += fmt::format("  {:<10}{}\n", word_of(*step), step->summary);
  return text + fmt::format("\nWithout a word: {}. Every word takes --help and --json.\n", word_of(*all_words()[0]));
}

int run(std::vector<std::string> words) {
  if (!words.empty() && (words[0] == "--help" || words[0] == "-h")) return fmt::print("{}", overview()), 0;
  const bool named = !words.empty() && !words[0].starts_with('-');
  const Step& step = named ? word_named(words[0]) : *all_words()[0];
  if (named) words.erase(words.begin());
  const CommandLine line = parse_command_line(step, words);
  if (line.help) return fmt::print("{}", help_of(step)), 0;
  StepResult result;
  {
    ProgressBar progress(isatty(STDERR_FILENO));
    result = step.run(line.request, progress);
  }
  fmt::print("{}", line.json ? result.json.dump() + "\n" : result.text);
  return result.status;
}

void look_at_terminal() {
  winsize size{};
  terminal().width = 140;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) terminal().width = size.ws_col;
  terminal().watched = terminal().colours = isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
}

}  // namespace
}  // namespace thimble::bench

int main(int argc, char** argv) {
  using namespace thimble;
  bench::look_at_terminal();
  try {
    return bench::run({argv + 1, argv + argc});
  } catch (const Error& error) {
    fmt::print(stderr, "{}", explain(error));
    return exit_code(error.blame);
  } catch (const std::exception& fault) {
    fmt::print(stderr, "{}", explain(Error(Blame::Bug, fault.what())));
    return exit_code(Blame::Bug);
  }
}
