#include "cases/block_case.h"

namespace thimble::testing {

std::vector<OpCase> dsp_sound_cases() {
  const AttrBag slow = {{"rate", 2000.0}, {"fft_length", int64_t{64}}};
  const auto with = [&](AttrBag more) {
    more.insert(slow.begin(), slow.end());
    return more;
  };
  const AttrBag micro = {{"rate", int64_t{4000}}, {"channels", int64_t{8}}, {"high_frequency", 1800.0}};
  OpCase loud = block_case("micro_speech", "floats", 500, 1, micro), bytes = block_case("micro_speech", "bytes", 450, 1, micro);
  bytes.graph = block_case("micro_speech", "bytes", 450, 1,
                           {{"rate", int64_t{4000}}, {"channels", int64_t{8}}, {"high_frequency", 1800.0}, {"int8", true}})
                    .graph;
  for (OpCase* one : {&loud, &bytes})
    for (uint32_t r = 0; r < 2; ++r)
      one->inputs.push_back({random_contents(one->graph.type(one->graph.inputs[0]), r + 3, r == 0 ? 20000 : 90)});
  return {loud,
          bytes,
          block_case("mfe", "bands", 400, 1, with({{"num_filters", int64_t{12}}, {"full_scale", 2.0}})),
          block_case("mfe", "narrow_and_fine", 200, 1,
                     with({{"num_filters", int64_t{5}}, {"low_frequency", 100.0}, {"high_frequency", 800.0}, {"levels", int64_t{0}}})),
          block_case("mfcc", "window_longer_than_the_sound", 400, 1, with({{"num_filters", int64_t{12}}, {"num_cepstral", int64_t{6}}})),
          block_case("mfcc", "short_window", 600, 1,
                     with({{"num_filters", int64_t{10}}, {"win_size", int64_t{5}}, {"num_cepstral", int64_t{10}}, {"pre_cof", 0.0}})),
          block_case("mfe", "wrapped", 300, 1, with({{"num_filters", int64_t{6}}, {"wrap", true}})),
          block_case("mfcc", "not_normalised", 200, 1,
                     with({{"num_filters", int64_t{10}}, {"win_size", int64_t{0}}, {"num_cepstral", int64_t{4}}})),
          block_case("spectrogram", "frames", 300, 1, slow),
          block_case("spectrogram", "frames_longer_than_the_transform", 300, 1,
                     {{"rate", 2000.0}, {"fft_length", int64_t{16}}, {"most", 1.0}})};
}

}  // namespace thimble::testing
