#include "bench/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "base/subprocess.h"
#include "bench/models.h"
#include "deploy/toolchain.h"
#include "steps/pipeline.h"

namespace thimble::bench {
namespace {

constexpr std::string_view kModelNames[] = {"kws_int8", "vww_int8", "ic_int8", "ad_int8", "kws_float", "vww_float", "ic_float", "ad_float"};

/// The two functions that the driver calls. A run consumes its input, so that copying it in belongs to it.
constexpr const char* kShim = R"(#include <string.h>
#include "{name}.c"
static thimble_{name} self __attribute__((aligned(64)));
void init(void) {{ thimble_{name}_init(&self); }}
void run(const void* in, void* out) {{
  memcpy(thimble_{name}_input0(&self), in, {in});
  thimble_{name}_run(&self);
  memcpy(out, thimble_{name}_output0(&self), {out});
}}
)";

/// The model as a library of this machine.
fs::path build_library(const std::string& file, const HostRequest& request, const fs::path& dir) {
  ModelOnBoard wanted;
  wanted.model = file, wanted.board = request.board, wanted.no_tuned = true;
  wanted.optimize = Optimize::Speed;  // as the others are built
  Progress silent;
  const Prepared made = prepare(wanted, silent);
  const Compiled& model = made.compiled;
  write_text(dir / (model.name + ".h"), model.header);
  write_text(dir / (model.name + ".c"), model.source);
  write_text(dir / "shim.c", fmt::format(fmt::runtime(kShim), fmt::arg("name", model.name), fmt::arg("in", model.inputs[0].type.bytes()),
                                         fmt::arg("out", model.outputs[0].type.bytes())));
  std::vector<std::string> compile = compile_command(*made.board, model.compiler_level, false, false);
  compile.insert(compile.end(), {"-fPIC", "shim.c", "-o", "shim.o"});
  must_compile(compile, dir, "the library of a model");
  const fs::path library = dir / (model.name + ".so");
  must_compile({compile[0], "-shared", "-o", library.string(), "shim.o", "-lm"}, dir, "the library of a model");
  return library;
}

Json job_of(const Model& model, const fs::path& file, const HostRequest& request, const fs::path& dir) {
  Json job;
  job.set("name", model.name).set("tflite", file.string()).set("seconds", request.seconds);
  job.set("library", build_library(file.string(), request, dir).string());
  return job.set("onnx", (fs::path(request.onnx) / (std::string(model.name) + ".onnx")).string());
}

std::optional<double> time_of(const Json& line, std::string_view engine) {
  const Json* us = line.find("us");
  const Json* time = us ? us->find(engine) : nullptr;
  return time ? std::optional(time->number()) : std::nullopt;
}

std::string microseconds(std::optional<double> us) { return us ? fmt::format("{:.1f}", *us) : "-"; }
std::string ratio_to(double ours, std::optional<double> theirs) { return theirs ? fmt::format("{:.2f}", ours / *theirs) : "-"; }

}  // namespace

std::string peer_python() {
  const char* chosen = std::getenv("THIMBLE_PEER_PYTHON");
  return chosen ? chosen : THIMBLE_SOURCE_DIR "/build/peers/bin/python";
}

std::optional<std::string> peers_absent(const std::string& python) {
  if (find_program(python) && run_command({python, "-c", "import numpy, ai_edge_litert.interpreter"}).status == 0) return std::nullopt;
  return fmt::format(
      "'{}' cannot import ai_edge_litert, so there is nobody to compare with\n"
      "  `pip install ai-edge-litert onnxruntime numpy`, and name the python in THIMBLE_PEER_PYTHON",
      python);
}

std::vector<HostTimes> measure_host(const HostRequest& request, const std::string& python, Progress& progress) {
  const TempDir dir;
  Json jobs{Json::Array{}};
  progress.begin("compiling for this machine");
  for (const Model& model : all_models()) {
    const std::vector<std::string>& chosen = request.models;
    if (std::find(std::begin(kModelNames), std::end(kModelNames), model.name) == std::end(kModelNames)) continue;
    if (!chosen.empty() && std::find(chosen.begin(), chosen.end(), model.name) == chosen.end()) continue;
    const fs::path here = dir.path() / model.name;
    fs::create_directory(here);
    if (const auto file = file_of(model, here)) jobs.push(job_of(model, *file, request, here));
  }
  progress.begin("taking times by turns");
  write_text(dir.path() / "jobs.json", jobs.dump());
  const std::string driver = THIMBLE_SOURCE_DIR "/bench/host_latency.py";
  const CommandResult result = run_command({"sh", "-c", "exec \"$0\" \"$@\" 2>errors.txt", python, driver, "jobs.json"}, dir.path());
  if (result.status != 0) throw Error(Blame::Environment, "host_latency.py failed:\n" + read_text(dir.path() / "errors.txt"));
  return read_host_times(result.out);
}

std::vector<HostTimes> read_host_times(std::string_view lines) {
  std::vector<HostTimes> all;
  std::istringstream in{std::string(lines)};
  for (std::string text; std::getline(in, text);) {
    if (text.empty()) continue;
    const Json line = Json::parse(text);
    all.push_back({*line.find("name")->as_string(), *time_of(line, "thimble"), time_of(line, "litert"), time_of(line, "onnxruntime")});
  }
  return all;
}

bool fastest(const HostTimes& times) {
  return times.ours <= times.litert.value_or(times.ours) && times.ours <= times.onnxruntime.value_or(times.ours);
}

Grid host_grid(const std::vector<HostTimes>& times) {
  Grid grid{.heading = "", .columns = {"model", "ours µs", "LiteRT µs", "ours to it", "ONNX Runtime µs", "ours to it", ""}, .rows = {}};
  for (const HostTimes& one : times)
    grid.rows.push_back({one.model, microseconds(one.ours), microseconds(one.litert), ratio_to(one.ours, one.litert),
                         microseconds(one.onnxruntime), ratio_to(one.ours, one.onnxruntime), fastest(one) ? "met" : "MISSED"});
  return grid;
}

}  // namespace thimble::bench
