/// Pictures as recordings: samples are [row][column][channel], 0 to 255.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data/recording.h"

namespace thimble {

/// The picture at another size: the largest part in its middle that has the new one's proportions, each new pixel the mean of what it
/// covers (or between its neighbours, where the picture grows). The same size gives the same values.
std::vector<float> scaled_picture(const Recording& picture, int64_t width, int64_t height);

}  // namespace thimble
