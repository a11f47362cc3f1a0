/// What every verb that takes a model to a board has in common: the request, and the way from file to compiled model.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "codegen/compiled.h"
#include "codegen/stream.h"
#include "passes/passes.h"
#include "passes/strips.h"
#include "steps/step.h"
#include "steps/training.h"
#include "targets/board.h"

namespace thimble {

/// The fields of a verb that takes a model.
struct ModelRequest {
  std::string model;
  template <class V>
  void fields(V&& v) {
    v("model", model, "the model's file (.tflite), or the folder of a project");
  }
};

/// The fields of a verb that takes a model to a board; without one the project of the working directory.
struct ModelOnBoard : ModelRequest {
  ModelOnBoard() { model = "."; }
  std::string board = "nano33ble";
  Optimize optimize = Optimize::Balanced;
  std::string ram;
  std::string tuned = ".thimble/tuned.json";
  bool no_tuned = false;
  template <class V>
  void fields(V&& v) {
    ModelRequest::fields(v);
    v("board", board, "where it is to run; `thimble boards` lists them");
    v("optimize", optimize, "what counts most: speed and size alike, cycles, flash or RAM");
    v("ram", ram, "the most RAM that it may take, in bytes or as 32k, whatever that costs in cycles; none: what the board has");
    v("tuned", tuned, "the file in which `thimble tune` keeps the fastest kernels; none is needed");
    v("no_tuned", no_tuned, "leave that file aside");
  }
};

/// The trained project that a graph is of.
struct Origin {
  Project project;
  Learnt learnt;
};

/// What a verb's model names: a file's graph, or that of a project's impulse, with what it is of and fed by.
struct Loaded {
  Graph graph;
  std::optional<Origin> origin;
  std::optional<Stream> stream;
};

/// A model on its way to a board.
struct Prepared {
  const Board* board = nullptr;
  Graph imported;  ///< as the file has it
  std::vector<PassReport> passes;
  std::optional<Origin> origin;    ///< of a project
  std::optional<Stream> stream;    ///< what feeds it
  std::vector<std::string> saved;  ///< a line on each change that was made to save RAM
  Compiled compiled;
};

/// Reads the model; a missing file is a User error that suggests a model nearby.
Graph load_model(const std::filesystem::path& path);
/// The same of a file, or of a project, which must be trained.
Loaded load_model_or_project(const std::filesystem::path& path);
/// The graph after the deployment pipeline.
Graph after_passes(Graph graph, std::vector<PassReport>* reports = nullptr);
/// What the request says about the compilation: its aim, and the kernels that were tuned for it.
CompileOptions options_of(const ModelOnBoard& request, const Board& board, bool golden);
/// The bytes that "32768" or "32k" stands for; 0 for "".
int64_t ram_limit_of(const std::string& text);
/// A User error where a request limits the RAM to less than `bytes`, which are `what`.
void require_within_limit(const ModelOnBoard& request, const std::string& name, int64_t bytes, std::string_view what);

/// What the passes left as code, in less RAM than it would take where the request is served by that. `saved`: a line on each change.
Compiled compile_for(const Board& board, Graph graph, const ModelOnBoard& request, bool golden, std::vector<std::string>* saved = nullptr,
                     const std::optional<Stream>& stream = std::nullopt);
/// Board, model, passes and code, in that order, so that a misspelt board is told at once.
Prepared prepare(const ModelOnBoard& request, Progress& progress, bool golden = false);

/// "12,288 B  4.7 %" as two cells of a table are made of; empty share where the board has no limit.
std::string share_of(int64_t bytes, const Region& region);

/// ".tflite" and the like taken off the file's name.
std::string stem_of(const std::string& model);

}  // namespace thimble
