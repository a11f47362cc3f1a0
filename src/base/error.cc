#include "base/error.h"

namespace thimble {
namespace {

std::vector<const Doing*>& activities() {
  thread_local std::vector<const Doing*> stack;
  return stack;
}

std::string basename_of(std::string_view path) { return std::string(path.substr(path.find_last_of('/') + 1)); }

}  // namespace

Error::Error(Blame blame_in, std::string what, std::string hint_in, std::source_location at_in)
    : std::runtime_error(std::move(what)), blame(blame_in), hint(std::move(hint_in)), doing(Doing::stack()), at(at_in) {}

std::string explain(const Error& error) {
  std::string text = error.blame == Blame::Bug ? "internal error: " : "error: ";
  text += error.what();
  if (error.blame == Blame::Bug) {
    text += "\n  at " + basename_of(error.at.file_name()) + ":" + std::to_string(error.at.line());
    text += "\n  this is a defect of Thimble, not of your input; please report it with the command you ran";
  }
  if (!error.hint.empty()) text += "\n  " + error.hint;
  for (const std::string& activity : error.doing) text += "\n  while " + activity;
  return text + "\n";
}

int exit_code(Blame blame) {
  switch (blame) {
    case Blame::User: return 1;
    case Blame::Unsupported: return 2;
    case Blame::Environment: return 3;
    case Blame::Bug: break;
  }
  return 70;
}

std::vector<std::string> Doing::stack() {
  std::vector<std::string> texts;
  const auto& now = activities();
  for (auto it = now.rbegin(); it != now.rend(); ++it) texts.push_back((*it)->text_.get()());
  return texts;
}

void Doing::push(const Doing* doing) { activities().push_back(doing); }
void Doing::pop() { activities().pop_back(); }

void require(bool holds, std::string_view what, std::source_location at) {
  if (!holds) throw Error(Blame::Bug, std::string(what), "", at);
}

}  // namespace thimble
