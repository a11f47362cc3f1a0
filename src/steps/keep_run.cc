#include "steps/keep_run.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/version.h"

namespace thimble {

std::string keep_run(const Impulse& impulse, const FinishedRun& run) {
  const Project& project = impulse.project;
  if (const std::string why = RunStore::why_not_written(project.runs()); !why.empty())
    return fmt::format("\nNot kept as a run: '{}' cannot be written: {}\n", project.runs().string(), why);
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
  return "";
}

}  // namespace thimble
