// Every case as generated C on the host: C99 and C++17 without a warning, clean under ASan and UBSan, equal to the interpreter.
#include "runners/host_c.h"
#include "base/files.h"
#include "runners/each_case.h"

namespace thimble::testing {
namespace {

const std::vector<HostOutcome>& outcomes() {
  static const TempDir dir;
  static const std::vector<HostOutcome> kAll = [] {
    std::vector<HostModel> models;
    for (const OpCase& one : cases()) models.push_back({one.graph, records_of(one)});
    return run_as_host_c(models, dir.path());
  }();
  return kAll;
}

THIMBLE_EACH_CASE(HostC) {
  const HostOutcome& outcome = outcomes()[GetParam()];
  ASSERT_EQ(outcome.fault, "") << print(one().graph);
  const auto wanted = interpret(one().graph, records_of(one()));
  EXPECT_EQ(difference(one().graph, outcome.outputs, wanted, float_tolerance(one())).value_or("equal"), "equal") << print(one().graph);
}

}  // namespace
}  // namespace thimble::testing
