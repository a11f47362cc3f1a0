#include "program.h"

#include "base/files.h"
#include "base/subprocess.h"

namespace thimble::testing {

Said run_thimble(const std::vector<std::string>& words) {
  const TempDir dir;
  // The shell keeps the two streams apart.
  std::vector<std::string> command = {
      "sh", "-c", R"(out=$1 err=$2; shift 2; "$@" >"$out" 2>"$err")", "sh", dir.path() / "out", dir.path() / "err", THIMBLE_PROGRAM};
  command.insert(command.end(), words.begin(), words.end());
  Said said;
  said.status = run_command(command).status;
  said.out = read_text(dir.path() / "out");
  said.err = read_text(dir.path() / "err");
  return said;
}

}  // namespace thimble::testing
