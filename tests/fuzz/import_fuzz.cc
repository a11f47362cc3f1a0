#include "fuzz/import_fuzz.h"

#include <cstdio>
#include <cstdlib>
#include <span>

#include "formats/import.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using thimble::Blame;
  try {
    thimble::import_bytes(std::as_bytes(std::span(data, size)), "fuzz");
  } catch (const thimble::Error& error) {
    if (error.blame == Blame::User || error.blame == Blame::Unsupported) return 0;
    std::fprintf(stderr, "%s", thimble::explain(error).c_str());
    std::abort();
  }
  return 0;
}
