/// Examples changed as the world changes them, so that a model learns what stays. The same seed gives the same changes.
#pragma once

#include "data/windows.h"

namespace thimble {

/// How far each change goes at most; 0 leaves it out.
struct AugmentOptions {
  double chance = 0.9;
  double rotation = 0, scaling = 0, jitter = 0, speed = 0, time_warp = 0, time_shift = 0, dropped = 0;
  double background = 0, background_db = 10, gain_db = 0;
  double flip = 0, shift = 0, turn = 0, zoom = 0, shear = 0, bend = 0, brightness = 0, contrast = 0;
  int64_t time_masks = 0, frequency_masks = 0;
  double time_mask = 0.1, frequency_mask = 0.2;
  template <class V>
  void fields(V&& v) {
    v("chance", chance, "that an example is changed at all", between(0, 1));
    v("rotation", rotation, "motion: degrees by which the sensor may sit otherwise; every three channels are one vector", between(0, 180));
    v("scaling", scaling, "motion: part by which all may be stronger or weaker", between(0, 0.9));
    v("jitter", jitter, "signals: noise, as a part of the channel's own deviation", between(0, 2));
    v("speed", speed, "signals: part by which all may be slower (some of it leaves the window) or, as often, faster by the inverse",
      between(0, 0.9));
    v("time_warp", time_warp, "signals: part by which time may run faster or slower here and there", between(0, 0.5));
    v("time_shift", time_shift, "signals: part of the window by which it may lie earlier or later", between(0, 0.9));
    v("dropped", dropped, "signals: part of the samples that are lost (the one before stays)", between(0, 0.9));
    v("background", background, "sound: chance that noise is mixed in", between(0, 1));
    v("background_db", background_db, "sound: how little that noise may lie below it, dB; up to 25 dB more", between(-20, 100));
    v("gain_db", gain_db, "sound: dB by which it may be louder or softer", between(0, 60));
    v("flip", flip, "pictures: chance that left and right are exchanged", between(0, 1));
    v("shift", shift, "pictures: part of the width and height by which they may be moved", between(0, 0.9));
    v("turn", turn, "pictures: degrees by which they may be turned", between(0, 180));
    v("zoom", zoom, "pictures: part by which they may be larger or smaller, and by half of which their height may differ from that",
      between(0, 0.9));
    v("shear", shear, "pictures: part of the height by which what is upright may lean", between(0, 0.9));
    v("bend", bend, "pictures: part of the width and height by which their parts may be moved against each other", between(0, 0.2));
    v("brightness", brightness, "pictures: part of 255 by which they may be lighter or darker", between(0, 1));
    v("contrast", contrast, "pictures: part by which contrast may be larger or smaller", between(0, 0.9));
    v("time_masks", time_masks, "features in time: stretches of frames that are blotted out (SpecAugment)", between(0, 10));
    v("time_mask", time_mask, "the longest of them, as a part of all frames", between(0, 1));
    v("frequency_masks", frequency_masks, "features in time: bands that are blotted out", between(0, 10));
    v("frequency_mask", frequency_mask, "the widest of them, as a part of all bands", between(0, 1));
  }
};

/// Windows (of signals: two axes; of pictures: three), changed; as many as there were, in their order. `rate` is that of the signals.
Examples augmented(const Examples& examples, const AugmentOptions& options, double rate, uint64_t seed);

/// Features [frame, band] or [frame, band, 1] with stretches and bands blotted out by the example's mean; others as they are.
Examples masked(const Examples& features, const AugmentOptions& options, uint64_t seed);

}  // namespace thimble
