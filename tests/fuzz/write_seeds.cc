/// import_seeds <folder>: writes the files that a fuzzer starts from.
#include <algorithm>
#include <cstdio>

#include "base/files.h"
#include "fuzz/import_fuzz.h"

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: import_seeds <folder>\n"), 1;
  for (thimble::testing::Seed& seed : thimble::testing::import_seeds()) {
    std::replace(seed.name.begin(), seed.name.end(), '/', '_');
    thimble::write_bytes(thimble::fs::path(argv[1]) / (seed.name + ".tflite"), seed.file);
  }
  return 0;
}
