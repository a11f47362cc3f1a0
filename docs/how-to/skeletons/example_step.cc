// Skeleton of src/steps/example.cc: subcommand, form and page of the manual in one.
#include "steps/step.h"

namespace thimble {
namespace {

struct Request {
  std::string model;
  int64_t times = 1;
  template <class V>
  void fields(V&& v) {
    v("model", model, "the .tflite file");
    v("times", times, "how often its name is said", between(1, 100));
  }
};

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto request = from_bag<Request>(bag);
  if (request.model.empty()) throw Error(Blame::User, "no model was named", "thimble example model.tflite");
  std::string text;
  progress.begin("saying it");
  for (int64_t i = 0; i < request.times; ++i) {
    text += request.model + "\n";
    progress.update(i + 1, request.times);
  }
  return {.text = text, .json = Json().set("model", request.model).set("times", request.times)};
}

}  // namespace

std::span<const Step> example_steps() {
  static const Step kRows[] = {{.name = "example",
                                .summary = "say a model's name",
                                .stage = Stage::Look,
                                .examples = "thimble example kws.tflite --times 2",
                                .positional = {"model"},
                                .required = 1,
                                .fields = request_fields<Request>,
                                .run = run}};
  return kRows;
}

}  // namespace thimble
