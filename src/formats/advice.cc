#include "formats/advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ops/ops.h"

namespace thimble {
namespace {

struct Advice {
  std::string_view op, text;
};

constexpr std::string_view kControl =
    "needs the model's other subgraphs, which are not run; unroll loops and freeze branches when exporting";
constexpr std::string_view kLookup = "needs a table in memory; look words up before the model and feed it numbers";
constexpr std::string_view kVariable = "keeps a resource variable; freeze the model's variables when exporting it";
constexpr std::string_view kStableHlo = "is StableHLO, which TFLite itself does not run on a device; convert to TFLite's builtin ops";

// Custom ops first by their code, then builtin ops by their name.
constexpr Advice kAdvice[] = {
    {"TFLite_Detection_PostProcess", "no kernel; export the model without its post-processing"},
    {"AudioSpectrogram", "no kernel; export the model without its features and compute them by a signal block"},
    {"Mfcc", "no kernel; export the model without its features and compute them by a signal block"},
    {"BIDIRECTIONAL_SEQUENCE_LSTM", "not supported; a unidirectional LSTM is"},
    {"BIDIRECTIONAL_SEQUENCE_RNN", "not supported; a unidirectional LSTM is"},
    {"UNIDIRECTIONAL_SEQUENCE_RNN", "not supported; a unidirectional LSTM is"},
    {"RNN", "not supported; a unidirectional LSTM is"},
    {"LSTM", "not supported as a single step; export the layer so that it becomes UNIDIRECTIONAL_SEQUENCE_LSTM"},
    {"WHILE", kControl},
    {"IF", kControl},
    {"CALL", kControl},
    {"CALL_ONCE", kControl},
    {"EMBEDDING_LOOKUP", "not supported; GATHER over a constant table is"},
    {"EMBEDDING_LOOKUP_SPARSE", kLookup},
    {"HASHTABLE_LOOKUP", kLookup},
    {"HASHTABLE", kLookup},
    {"HASHTABLE_FIND", kLookup},
    {"HASHTABLE_IMPORT", kLookup},
    {"HASHTABLE_SIZE", kLookup},
    {"VAR_HANDLE", kVariable},
    {"READ_VARIABLE", kVariable},
    {"ASSIGN_VARIABLE", kVariable},
    {"DELEGATE", "stands for another accelerator's program; use the model as it was before it was compiled for that accelerator"},
    {"DENSIFY", "unpacks sparse weights; convert the model without sparsity"},
    {"FAKE_QUANT", "belongs to training; convert the trained model with quantisation, which removes it"},
    {"SHAPE", "asks for a shape at run time; convert the model with a fixed input shape (batch 1 included)"},
    {"RANK", "asks for a shape at run time; convert the model with a fixed input shape (batch 1 included)"},
    {"NON_MAX_SUPPRESSION_V4", "no kernel; export the model without its post-processing"},
    {"NON_MAX_SUPPRESSION_V5", "no kernel; export the model without its post-processing"},
    {"RFFT2D", "no kernel; compute the spectrum by a signal block before the model"},
    {"CONV_3D", "not supported; CONV_2D over frames is"},
    {"CONV_3D_TRANSPOSE", "not supported; TRANSPOSE_CONV over frames is"},
    {"L2_POOL_2D", "not supported; AVERAGE_POOL_2D and MAX_POOL_2D are"},
};

std::vector<std::string> supported_names() {
  std::set<std::string> names;
  for (const OpDef* op : all_ops())
    for (const ForeignMap& map : op->tflite) names.emplace(map.name);
  return {names.begin(), names.end()};
}

}  // namespace

std::string advice_for(const ForeignNode& node) {
  const bool custom = node.op == "CUSTOM";
  const std::string word = custom ? attr_or<std::string>(node, "custom_code", "") : node.op;
  for (const Advice& advice : kAdvice)
    if (advice.op == word) return std::string(advice.text);
  if (word.starts_with("STABLEHLO_")) return std::string(kStableHlo);
  if (word.starts_with("Flex"))
    return fmt::format("is TensorFlow's own {}; convert without SELECT_TF_OPS, so that only TFLite's ops are used", word.substr(4));
  if (custom) return "no kernel; custom ops carry no meaning of their own, so express it by builtin ops or leave it out of the export";
  if (word.starts_with("BUILTIN_")) return "not known; the model needs a newer TFLite than Thimble reads; export it with an older op set";
  constexpr size_t kTelling = 5;  // shorter names are all near each other: ADD and PAD
  const auto near = word.size() < kTelling ? std::nullopt : did_you_mean(word, supported_names());
  return near ? fmt::format("not supported; {} is", *near) : "not supported; `thimble ops` lists what is";
}

}  // namespace thimble
