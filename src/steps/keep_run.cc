#include "steps/keep_run.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/version.h"

namespace thimble {

namespace {

void keep(const Project& project, const FinishedRun& run) {
  RunStore store(project.runs());
  const int64_t id = store.begin({.kind = run.kind,
                                  .project = project.project.name,
                                  .config = run.config,
                                  .data_hash = run.data_hash,
                                  .version = version(),
                                  .board = run.board,
                                  .seed = project.train.seed},
                                 run.seconds);
  store.add(id, run.metrics);
  for (const fs::path& file : run.files) {
    const FileMark mark = mark_of(file);
    store.add(id, Artefact{fs::proximate(file, project.folder).string(), mark.bytes, mark.hash});
  }
  store.finish(id, "done", run.seconds);
}

}  // namespace

std::string keep_run(const Project& project, const FinishedRun& run) {
  const fs::path file = project.runs();
  if (const std::string why = RunStore::why_not_written(file); !why.empty())
    return fmt::format("\nNot kept as a run: '{}' cannot be written: {}\n", file.string(), why);
  try {
    keep(project, run);
  } catch (const Error& error) {  // what was done is worth more than its row
    if (error.blame == Blame::Bug) throw;
    return fmt::format("\nNot kept as a run: {}\n  {}\n", error.what(), error.hint);
  }
  return "";
}

}  // namespace thimble
