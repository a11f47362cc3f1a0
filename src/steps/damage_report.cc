#include "steps/damage_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/table.h"
#include "steps/pipeline.h"

namespace thimble {
namespace {

/// Below this a layer by itself costs outputs; above, hardly.
constexpr double kGood = 30, kBad = 20;
Style style_of(double db) { return db < kBad ? Style::Bad : db < kGood ? Style::Warn : Style::Plain; }

std::string share(double part) { return part == 0 ? "-" : part < 0.0001 ? "< 0.01 %" : fmt::format("{:.2f} %", 100 * part); }

/// Where most of the layer's own noise comes from, and what helps against that.
std::string reason(const LayerDamage& layer) {
  const double noise = layer.own.noise;
  if (layer.clipped_noise > noise / 2)
    return fmt::format("{} of its results are cut off; a higher --percentile or --method minmax keeps them", share(layer.clipped_share()));
  if (layer.rounding_noise() > noise / 2)
    return "a few large results make the steps too coarse for the others; --equalize, or --method mse, may help";
  return "rounding its weights and inputs; --equalize and --correct-bias may help, quantisation-aware training does";
}

std::string floats_text(const QuantizeReport& report) {
  Table table({{"stays float"}, {"op"}, {"because", Align::Wrap}});
  for (const FloatLayer& layer : report.stays_float) table.row({short_name(layer.name), Cell(layer.op, Style::Accent), layer.why});
  return table.empty() ? "" : "\n" + table.text();
}

}  // namespace

std::string decibels(double db) { return std::isinf(db) ? "exact" : fmt::format("{:.1f} dB", db); }

std::string agreement(const OutputDamage& output, const TensorType& type) {
  constexpr int64_t kMany = 100;
  if (type.elements() < 2 || type.elements() > kMany) return "";
  return fmt::format("{} of {} examples keep their largest output", output.same_largest(), output.examples());
}

std::string damage_text(const Damage& damage, const QuantizeReport& report, size_t worst) {
  Table table({{"#", Align::Right},
               {"layer"},
               {"op"},
               {"from", Align::Right},
               {"to", Align::Right},
               {"scale", Align::Right, true},
               {"zero", Align::Right, true},
               {"cut off", Align::Right},
               {"alone", Align::Right},
               {"so far", Align::Right}});
  for (size_t i = 0; i < damage.layers.size(); ++i) {
    const LayerDamage& layer = damage.layers[i];
    const double own = layer.own.db(), all = layer.accumulated.db();
    table.row({i, short_name(layer.name, 28), Cell(layer.op, Style::Accent), fmt::format("{:.4g}", layer.seen.low),
               fmt::format("{:.4g}", layer.seen.high), fmt::format("{:.4g}", layer.quant.scale[0]), layer.quant.zero[0],
               share(layer.clipped_share()), Cell(decibels(own), style_of(own)), Cell(decibels(all), style_of(all))});
  }
  std::string text = table.text();
  const std::vector<size_t> culprits = damage.culprits();
  std::string lines;
  for (size_t i = 0; i < std::min(worst, culprits.size()); ++i) {
    const LayerDamage& layer = damage.layers[culprits[i]];
    if (layer.own.db() < kGood)
      lines += fmt::format("  {} '{}', {} alone: {}\n", culprits[i], short_name(layer.name), decibels(layer.own.db()), reason(layer));
  }
  if (!lines.empty()) text += "\nWhat costs most:\n" + lines;
  return text + floats_text(report);
}

Json damage_json(const Damage& damage, const QuantizeReport& report) {
  const auto number = [](double db) { return std::isinf(db) ? Json() : Json(db); };
  Json::Array layers, floats, outputs, culprits;
  for (const LayerDamage& layer : damage.layers) {
    Json row;
    row.set("name", layer.name).set("op", layer.op).set("scale", static_cast<double>(layer.quant.scale[0]));
    row.set("zero", static_cast<int64_t>(layer.quant.zero[0])).set("low", static_cast<double>(layer.seen.low));
    row.set("high", static_cast<double>(layer.seen.high)).set("clipped", layer.clipped_share());
    layers.push_back(row.set("sqnr_alone", number(layer.own.db())).set("sqnr", number(layer.accumulated.db())));
  }
  for (const FloatLayer& layer : report.stays_float) {
    Json row;
    floats.push_back(row.set("name", layer.name).set("op", layer.op).set("why", layer.why));
  }
  for (const OutputDamage& output : damage.outputs) {
    Json row;
    row.set("name", output.name).set("sqnr", number(output.error.db())).set("examples", output.examples());
    outputs.push_back(row.set("same_largest", output.same_largest()));
  }
  for (size_t i : damage.culprits()) culprits.emplace_back(damage.layers[i].name);
  Json json;
  return json.set("outputs", outputs).set("layers", layers).set("culprits", culprits).set("stays_float", floats);
}

}  // namespace thimble
