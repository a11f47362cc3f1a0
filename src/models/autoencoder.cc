#include <fmt/format.h>

#include "models/network.h"

namespace thimble {
namespace {

struct AutoencoderFields {
  std::vector<int64_t> layers = {64, 32};
  int64_t code = 8;
  template <class V>
  void fields(V&& v) {
    v("layers", layers, "units of the layers on the way to the code, and in reverse on the way back");
    v("code", code, "numbers that everything must pass through", at_least(1));
  }
};

Graph build(const AutoencoderFields& fields, const NetworkRequest& request) {
  require_each("layers", fields.layers);
  if (request.task != Task::Reconstruction)
    throw Error(Blame::User,
                fmt::format("autoencoder learns its own input, not a {}", enum_names(request.task)[static_cast<size_t>(request.task)]),
                "take task reconstruction (what it reconstructs badly is unusual), or mlp");
  Network net("autoencoder", request);
  const auto layer = [&](ValueId x, int64_t units) { return net.unary(net.batch_norm(net.dense(x, units)), "relu"); };
  ValueId x = net.input();
  for (int64_t units : fields.layers) x = layer(x, units);
  x = layer(x, fields.code);
  for (size_t i = fields.layers.size(); i-- > 0;) x = layer(x, fields.layers[i]);
  return net.with_head(x);
}

}  // namespace

std::span<const Architecture> autoencoder_architectures() {
  static const Architecture kRows[] = {
      architecture<AutoencoderFields, build>("autoencoder", "to few numbers and back, for telling the unusual from the usual")};
  return kRows;
}

}  // namespace thimble
