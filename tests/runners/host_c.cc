#include "runners/host_c.h"

#include <fmt/format.h>

#include <atomic>
#include <iterator>
#include <sstream>
#include <thread>

#include "base/files.h"
#include "base/subprocess.h"
#include "codegen/compiled.h"

namespace thimble::testing {
namespace {

constexpr size_t kModelsPerProgram = 12;
constexpr unsigned kAtOnce = 2;

std::string name_of_model(size_t index) { return fmt::format("m{}", index); }

class Batch {
 public:
  Batch(const std::vector<HostModel>& models, std::vector<HostOutcome>& outcomes, fs::path dir, const Board& board)
      : models_(models), outcomes_(outcomes), board_(board), dir_(std::move(dir)) {}

  void add(size_t index) {
    Graph graph = models_[index].graph;
    graph.name = name_of_model(index);
    try {
      const Compiled model = compile(std::move(graph), board_, {.golden = false});
      write_text(dir_ / (model.name + ".h"), model.header);
      write_text(dir_ / (model.name + ".c"), model.source);
      members_.push_back(index);
      calls_.push_back(call_text(model, models_[index].records.size()));
    } catch (const Error& error) {
      outcomes_[index].fault = explain(error);
    }
  }

  /// Builds all members as one program; when that fails, each alone, so that the guilty one is told.
  void build_and_run() {
    if (members_.empty()) return;
    const std::string fault = build(members_);
    if (fault.empty()) return run_all();
    if (members_.size() == 1) {
      outcomes_[members_[0]].fault = fault;
      return;
    }
    for (size_t i = 0; i < members_.size(); ++i) {
      Batch alone(models_, outcomes_, dir_, board_);
      alone.members_ = {members_[i]};
      alone.calls_ = {calls_[i]};
      alone.build_and_run();
    }
  }

 private:
  /// A C function that runs one model on its records: m7.in -> m7.out.
  static std::string call_text(const Compiled& model, size_t records) {
    std::string text = fmt::format(
        "static void run_{0}(void) {{\n  thimble_{0} *self = (thimble_{0} *)malloc(sizeof *self);\n"
        "  FILE *in = fopen(\"{0}.in\", \"rb\"), *out = fopen(\"{0}.out\", \"wb\");\n  int r;\n"
        "  memset(self, 0xa5, sizeof *self);\n  thimble_{0}_init(self);\n  for (r = 0; r < {1}; ++r) {{\n"
        "    memset(self->arena, 0x5a + r, sizeof self->arena);\n",
        model.name, records);
    for (size_t i = 0; i < model.inputs.size(); ++i)
      text += fmt::format("    if (fread(thimble_{0}_input{1}(self), {2}, 1, in) != 1) exit(91);\n", model.name, i,
                          model.inputs[i].type.bytes());
    text += fmt::format("    if (thimble_{0}_run(self) != 0) exit(92);\n", model.name);
    for (size_t i = 0; i < model.outputs.size(); ++i)
      text += fmt::format("    if (fwrite(thimble_{0}_output{1}(self), {2}, 1, out) != 1) exit(93);\n", model.name, i,
                          model.outputs[i].type.bytes());
    return text + "  }\n  fclose(in);\n  fclose(out);\n  free(self);\n}\n";
  }

  std::string build(const std::vector<size_t>& members) {
    std::string text, runs;
    for (size_t i = 0; i < members.size(); ++i) {
      text += fmt::format("#include \"{}.c\"\n", name_of_model(members[i]));
      runs += fmt::format("  if (first <= {}) run_{}();\n", i, name_of_model(members[i]));
    }
    text += "#include <stdio.h>\n#include <stdlib.h>\n";
    for (const std::string& call : calls_) text += call;
    text += "int main(int argc, char **argv) {\n  const int first = argc > 1 ? atoi(argv[1]) : 0;\n" + runs + "  return 0;\n}\n";
    program_ = dir_ / fmt::format("batch{}", members[0]);
    const std::string source = program_.string() + ".c";
    write_text(source, text);
    std::istringstream words{std::string(board_.cflags)};
    const std::vector<std::string> core(std::istream_iterator<std::string>(words), {});
    const auto with = [&](std::vector<std::string> command, std::initializer_list<std::string> more) {
      command.insert(command.end(), core.begin(), core.end());
      command.insert(command.end(), more);
      return command;
    };
    const CommandResult c = run_command(
        with({"gcc", "-std=c99", "-O1", "-g1", "-Wall", "-Wextra", "-Wpedantic", "-Werror"},
             {"-ffp-contract=off", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", source, "-o", program_.string(), "-lm"}));
    if (c.status != 0) return "gcc -std=c99 says\n" + c.out.substr(0, 3000);
    const CommandResult cxx =
        run_command(with({"g++", "-x", "c++", "-std=c++17", "-Wall", "-Wextra", "-Werror"}, {"-fsyntax-only", source}));
    return cxx.status == 0 ? "" : "g++ -std=c++17 says\n" + cxx.out.substr(0, 3000);
  }

  /// A model that crashes takes the program with it: go on with the one after it.
  void run_all() {
    for (size_t index : members_) {
      std::vector<std::byte> in;
      for (const auto& record : models_[index].records)
        for (const Buffer& input : record) in.insert(in.end(), input.begin(), input.end());
      write_bytes(dir_ / (name_of_model(index) + ".in"), in);
    }
    for (size_t first = 0; first < members_.size();) {
      const CommandResult result = run_command({program_.string(), std::to_string(first)}, dir_, std::chrono::minutes(2));
      for (; first < members_.size() && collect(members_[first]); ++first) {
      }
      if (first < members_.size())
        outcomes_[members_[first++]].fault = fmt::format("ended with {}\n{}", result.status, result.out.substr(0, 3000));
    }
  }

  /// False when the outputs of the model are not all there.
  bool collect(size_t index) {
    const fs::path file = dir_ / (name_of_model(index) + ".out");
    if (!fs::exists(file)) return false;
    const Buffer bytes = read_bytes(file);
    const Graph& graph = models_[index].graph;
    std::vector<std::vector<Buffer>> outputs;
    size_t at = 0;
    for (size_t r = 0; r < models_[index].records.size(); ++r) {
      outputs.emplace_back();
      for (ValueId id : graph.outputs) {
        const auto size = static_cast<size_t>(graph.type(id).bytes());
        if (at + size > bytes.size()) return false;
        outputs.back().emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                                    bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
        at += size;
      }
    }
    outcomes_[index].outputs = std::move(outputs);
    return true;
  }

  const std::vector<HostModel>& models_;
  std::vector<HostOutcome>& outcomes_;
  const Board& board_;
  fs::path dir_, program_;
  std::vector<size_t> members_;
  std::vector<std::string> calls_;
};

}  // namespace

std::vector<HostOutcome> run_as_host_c(const std::vector<HostModel>& models, const fs::path& dir, const Board& board) {
  std::vector<HostOutcome> outcomes(models.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t first = next.fetch_add(kModelsPerProgram); first < models.size(); first = next.fetch_add(kModelsPerProgram)) {
      Batch batch(models, outcomes, dir, board);
      for (size_t i = first; i < std::min(first + kModelsPerProgram, models.size()); ++i) batch.add(i);
      batch.build_and_run();
    }
  };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < kAtOnce; ++i) others.emplace_back(work);
  work();
  others.clear();
  return outcomes;
}

}  // namespace thimble::testing
