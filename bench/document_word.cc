// `bench document`: writes docs/performance.md, or says that it is out of date.
#include <fmt/format.h>

#include "bench/document.h"
#include "bench/words.h"

namespace thimble::bench {
namespace {

struct Request {
  bool check = false;
  template <class V>
  void fields(V&& v) {
    v("check", check, "write nothing; exit code 1 where the file is out of date");
  }
};

StepResult run(const AttrBag& bag, Progress&) {
  const auto request = from_bag<Request>(bag);
  const std::string text = document();
  const bool same = fs::exists(document_file()) && read_text(document_file()) == text;
  StepResult result;
  result.json.set("file", document_file().string()).set("up_to_date", same || !request.check);
  if (request.check) {
    result.status = same ? 0 : 1;
    result.text = fmt::format("  {} is {}\n", document_file().string(), same ? "up to date" : "out of date: ./thimble bench document");
    return result;
  }
  write_text(document_file(), text);
  result.text = fmt::format("  wrote {}\n", document_file().string());
  return result;
}

}  // namespace

const Step kDocument = {.name = "bench document",
                        .summary = "write docs/performance.md from the accepted figures",
                        .stage = Stage::Measure,
                        .examples = "./thimble bench document\n./thimble bench document --check",
                        .fields = request_fields<Request>,
                        .run = run};

}  // namespace thimble::bench
