#include "bench/host.h"

#include <gtest/gtest.h>

namespace thimble::bench {
namespace {

TEST(Host, ReadsTimesAndJudgesByTheFastestPeer) {
  const auto times = read_host_times(
      "{\"name\": \"a\", \"us\": {\"thimble\": 10.0, \"litert\": 20.0, \"onnxruntime\": 40.0}, \"apart\": {}}\n"
      "{\"name\": \"b\", \"us\": {\"thimble\": 30.0, \"litert\": 40.0, \"onnxruntime\": 20.0}, \"apart\": {}}\n"
      "{\"name\": \"c\", \"us\": {\"thimble\": 30.0, \"litert\": 20.0}, \"apart\": {}}\n");
  ASSERT_EQ(times.size(), 3u);
  const Grid grid = host_grid(times);
  EXPECT_EQ(grid.rows[0], (std::vector<std::string>{"a", "10.0", "20.0", "0.50", "40.0", "0.25", "met"}));
  EXPECT_EQ(grid.rows[1], (std::vector<std::string>{"b", "30.0", "40.0", "0.75", "20.0", "1.50", "MISSED"}));
  EXPECT_EQ(grid.rows[2], (std::vector<std::string>{"c", "30.0", "20.0", "1.50", "-", "-", "MISSED"}));
}

TEST(Host, SaysWhatToInstallWithoutPeers) {
  EXPECT_EQ(peers_absent("/no/python").value_or(""),
            "'/no/python' cannot import ai_edge_litert, so there is nobody to compare with\n"
            "  `pip install ai-edge-litert onnxruntime numpy`, and name the python in THIMBLE_PEER_PYTHON");
}

}  // namespace
}  // namespace thimble::bench
