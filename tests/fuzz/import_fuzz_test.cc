#include <gtest/gtest.h>
#include <sanitizer/common_interface_defs.h>

#include <chrono>
#include <cstdlib>

#include "base/files.h"
#include "formats/import.h"
#include "fuzz/import_fuzz.h"

extern "C" const char* __asan_default_options() { return "max_allocation_size_mb=256:hard_rss_limit_mb=2048:detect_leaks=0"; }

namespace thimble::testing {
namespace {

using Clock = std::chrono::steady_clock;

File now;  // what is being imported, for the post-mortem

fs::path keep() {
  const fs::path path = fs::path(THIMBLE_BINARY_DIR) / "import_fuzz_failure.tflite";
  write_bytes(path, now);
  return path;
}

double import_seconds() {
  const auto start = Clock::now();
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(now.data()), now.size());
  return std::chrono::duration<double>(Clock::now() - start).count();
}

TEST(ImportCorpus, IsTaken) {
  for (const Seed& seed : import_seeds()) {
    SCOPED_TRACE(seed.name);
    EXPECT_NO_THROW(import_bytes(seed.file, seed.name));
  }
}

TEST(ImportCorpus, CutShortAnywhereIsRefused) {
  const Seed seed = import_seeds().front();
  for (size_t size = 0; size < seed.file.size(); ++size) {
    now.assign(seed.file.begin(), seed.file.begin() + static_cast<std::ptrdiff_t>(size));
    import_seconds();
  }
}

TEST(ImportMutations, OnlyBlameTheFile) {
  const char* wish = std::getenv("THIMBLE_FUZZ_SECONDS");
  const std::chrono::duration<double> length(wish ? std::atof(wish) : 30);
  const std::vector<Seed> seeds = import_seeds();
  __sanitizer_set_death_callback([] { std::fprintf(stderr, "the file that did it: %s\n", keep().c_str()); });
  size_t runs = 0, taken = 0;
  for (const auto start = Clock::now(); Clock::now() - start < length; ++runs) {
    std::mt19937 random(static_cast<uint32_t>(runs));
    now = mutate(seeds[random() % seeds.size()].file, random);
    ASSERT_LT(import_seconds(), 5.0) << "run " << runs << " hangs on " << keep();
    try {
      import_bytes(now, "fuzz");
      ++taken;
    } catch (const Error&) {
    }
  }
  std::printf("%zu files, %zu of them sound\n", runs, taken);
  EXPECT_GT(runs, 100U);
  EXPECT_GT(taken, 0U) << "mutations that are all refused at the door try nothing";
}

}  // namespace
}  // namespace thimble::testing
