#include <algorithm>
#include <chrono>

#include "passes/passes.h"

namespace thimble {
namespace {

/// Every model on its way to a device. Dead code goes first so that it hinders no fusion, and last to take what fusions left over.
constexpr std::string_view kDeploy[] = {
    "dead_code",       "int8_weights",          "fold_constants",        "identities",    "requantize", "fuse_batch_norm", "fuse_pad",
    "fuse_activation", "one_channel_depthwise", "one_pixel_convolution", "dead_channels", "dead_code"};

const Pass& pass_named(std::string_view name) {
  for (const Pass* pass : all_passes())
    if (pass->name == name) return *pass;
  throw Error(Blame::Bug, "the pipeline names a pass '" + std::string(name) + "' that does not exist");
}

void check_known(const std::string& name) {
  std::vector<std::string> known;
  for (const Pass* pass : all_passes()) known.emplace_back(pass->name);
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  throw Error(Blame::User, "there is no pass '" + name + "'" + suggest(name, known), "'thimble passes' lists them all");
}

PassReport run_pass(const Pass& pass, Graph& graph, bool snapshots) {
  const Doing doing([&] { return "running pass '" + std::string(pass.name) + "'"; });
  PassReport report{.name = std::string(pass.name)};
  PassContext context;
  context.note = [&](std::string line) { report.notes.push_back(std::move(line)); };
  if (snapshots) report.before = print(graph);
  const auto start = std::chrono::steady_clock::now();
  report.rewrites = pass.run(graph, context);
  report.ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  report.nodes = graph.nodes.size();
  verify(graph);
  if (snapshots && report.rewrites > 0) report.after = print(graph);
  if (report.after.empty()) report.before.clear();
  return report;
}

}  // namespace

std::vector<PassReport> run_pipeline(Graph& graph, const PipelineOptions& options) {
  if (!options.stop_after.empty()) check_known(options.stop_after);
  for (const std::string& name : options.without) check_known(name);
  std::vector<PassReport> reports;
  for (std::string_view name : kDeploy) {
    const bool left_out = std::find(options.without.begin(), options.without.end(), name) != options.without.end();
    if (!left_out) reports.push_back(run_pass(pass_named(name), graph, options.snapshots));
    if (name == options.stop_after) break;
  }
  return reports;
}

}  // namespace thimble
