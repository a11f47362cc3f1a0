/// How far a kernel's output may lie over its operand: what `Kernel::overlap` states, found by walking the pixels.
#pragma once

#include "ops/window2d.h"

namespace thimble {

/// How a kernel walks the output pixels of each image of the batch, in memory order.
struct PixelWalk {
  int64_t pixels = 1;  ///< of a tile: their windows are read before the tile is written
  /// Pixels behind the last whole tile that make a smaller one. What is left beyond these is made by a last whole tile that is moved back,
  /// so that it reads and writes some pixels again (as long as there are as many).
  int64_t tail = 0;
  int64_t early = 0;  ///< bytes of a tile that may be written while its windows are still read
};

/// The least distance in bytes by which the input must begin after the output begins. An output pixel has `out_bytes`, an input channel
/// `element_bytes`. Exact for any walk that reads no byte outside the windows.
int64_t overlap_of_window(const Window2d& at, int64_t out_bytes, int64_t element_bytes = 1, PixelWalk walk = {});

/// The same for a kernel that reads and writes `rows` rows one after the other, all of a row before it is written but for `early` bytes.
int64_t overlap_of_rows(int64_t rows, int64_t in_bytes, int64_t out_bytes, int64_t early = 0);

}  // namespace thimble
