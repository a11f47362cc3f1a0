// `bench host`: one inference on this machine beside LiteRT with XNNPACK and ONNX Runtime.
#include <fmt/format.h>

#include <algorithm>

#include "bench/host.h"
#include "bench/words.h"

namespace thimble::bench {
namespace {

struct Request {
  std::vector<std::string> models;
  std::string board = "host", onnx;
  double seconds = 2;
  template <class V>
  void fields(V&& v) {
    v("models", models, "only these; all when none is named");
    v("board", board, "which of this machine's instruction sets: host, x86_64_avx512, x86_64_avx2 or x86_64");
    v("onnx", onnx, "folder with the models as .onnx, for ONNX Runtime; none: build/peers/onnx of the sources");
    v("seconds", seconds, "how long to take times of each model");
  }
};

StepResult run(const AttrBag& bag, Progress& progress) {
  auto request = from_bag<Request>(bag);
  if (request.onnx.empty()) request.onnx = THIMBLE_SOURCE_DIR "/build/peers/onnx";
  const std::string python = peer_python();
  if (const auto absent = peers_absent(python)) return {.text = "skipped: " + *absent + "\n", .json = {}, .status = 0};
  const std::vector<HostTimes> times =
      measure_host({.board = request.board, .onnx = request.onnx, .models = request.models, .seconds = request.seconds}, python, progress);
  if (times.empty())
    return {.text = "skipped: ../shared/data/models is not here, and other models are nobody's measure\n", .json = {}, .status = 0};
  StepResult result;
  result.text = to_terminal(host_grid(times));
  if (std::any_of(times.begin(), times.end(), [](const HostTimes& one) { return !one.onnxruntime; }))
    result.text += fmt::format(
        "  ONNX Runtime needs MODEL.onnx in {}: `python -m tf2onnx.convert --tflite MODEL.tflite --output MODEL.onnx --opset 13`\n",
        request.onnx);
  Json::Array rows;
  for (const HostTimes& one : times) {
    Json row;
    row.set("model", one.model).set("thimble", one.ours);
    if (one.litert) row.set("litert", *one.litert);
    if (one.onnxruntime) row.set("onnxruntime", *one.onnxruntime);
    rows.push_back(std::move(row));
    if (!fastest(one)) result.status = 1;
  }
  result.json.set("microseconds", rows);
  return result;
}

}  // namespace

const Step kHost = {.name = "bench host",
                    .summary = "one inference on this machine beside LiteRT (XNNPACK) and ONNX Runtime, one thread each",
                    .stage = Stage::Measure,
                    .details =
                        "All engines run by turns in one process, called from Python alike; ours, compiled with --optimize speed, copies "
                        "its input in each time. A "
                        "figure is the median over rounds of the fastest of eight calls, so look at the ratios, not at the times. "
                        "Exit code 1 where an engine is faster. Without the peers it says so and skips.",
                    .examples = "./thimble bench host\n./thimble bench host --models kws_int8 --board x86_64_avx2 --seconds 10",
                    .fields = request_fields<Request>,
                    .run = run};

}  // namespace thimble::bench
