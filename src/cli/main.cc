// The command line: one subcommand per row of the step table. The only place that catches an Error of a verb.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/terminal.h"
#include "cli/command_line.h"
#include "cli/help.h"
#include "cli/progress_bar.h"

namespace thimble {
namespace {

void look_at_terminal() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) terminal().width = size.ws_col;
  const char* no_colour = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  terminal().watched = isatty(STDOUT_FILENO);
  terminal().colours = terminal().watched && !(no_colour && *no_colour) && !(kind && std::string_view(kind) == "dumb");
}

void say(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw Error(Blame::Environment, "cannot write the result", "is the disk full, or the reader of the pipe gone?");
}

int run_step(const Step& step, std::span<const std::string> words) {
  const Doing doing([&] { return fmt::format("running `thimble {}`", step.name); });
  const CommandLine line = parse_command_line(step, words);
  if (line.help) return say(help_of(step)), 0;
  StepResult result;
  {
    ProgressBar progress(isatty(STDERR_FILENO));
    result = step.run(line.request, progress);
  }
  say(line.json ? result.json.dump() + "\n" : result.text);
  return result.status;
}

int run(std::span<const std::string> words) {
  const auto is = [&](std::initializer_list<std::string_view> any) { return std::find(any.begin(), any.end(), words[0]) != any.end(); };
  if (words.empty()) return say(overview(THIMBLE_VERSION)), 0;
  if (is({"--version", "-V"})) return say("thimble " THIMBLE_VERSION "\n"), 0;
  if (is({"--help", "-h", "help"})) return say(words.size() > 1 ? help_of(step_named(words[1])) : overview(THIMBLE_VERSION)), 0;
  if (words[0].starts_with('-'))
    throw Error(Blame::User, "thimble knows no flag '" + words[0] + "' before a verb",
                "flags of a verb follow it: `thimble inspect model.tflite --json`");
  return run_step(step_named(words[0]), words.subspan(1));
}

constexpr std::string_view kBlames[] = {"user", "unsupported", "environment", "bug"};

/// Errors go to stderr in words; with --json, stdout gets them as well, so that a machine always finds one JSON value there.
int report(const Error& error, bool json) {
  const std::string text = explain(error);
  const size_t colon = text.find(':');
  const bool colours = terminal().colours && isatty(STDERR_FILENO);
  fmt::print(stderr, "{}{}", colours ? styled(Style::Bad, text.substr(0, colon)) : text.substr(0, colon), text.substr(colon));
  if (json) {
    Json::Array doing(error.doing.begin(), error.doing.end());
    Json fault;
    fault.set("blame", kBlames[static_cast<size_t>(error.blame)]).set("what", error.what()).set("hint", error.hint).set("doing", doing);
    Json all;
    all.set("error", fault);
    say(all.dump() + "\n");
  }
  return exit_code(error.blame);
}

}  // namespace
}  // namespace thimble

int main(int argc, char** argv) {
  using namespace thimble;
  look_at_terminal();
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool json = std::find(words.begin(), words.end(), "--json") != words.end();
  try {
    return run(words);
  } catch (const Error& error) {
    return report(error, json);
  } catch (const std::bad_alloc&) {
    return report(Error(Blame::Environment, "out of memory"), json);
  } catch (const std::exception& fault) {
    return report(Error(Blame::Bug, fault.what()), json);
  }
}
