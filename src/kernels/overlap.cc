#include "kernels/overlap.h"

namespace thimble {
namespace {

/// One tile: where its output begins and ends, and the lowest byte that it reads.
struct Tile {
  int64_t begin, end, low;
};

/// The first tap of an axis that lies inside the input, or -1.
int64_t first_inside(int64_t first, int64_t kernel, int64_t dilation, int64_t size) {
  const int64_t tap = first >= 0 ? 0 : (-first + dilation - 1) / dilation, at = first + tap * dilation;
  return tap < kernel && at < size ? at : -1;
}

/// The pixel of an image whose window begins lowest counts; `nothing` where no tap is inside.
int64_t lowest_read(const Window2d& at, int64_t oy, int64_t ox, int64_t nothing) {
  const int64_t iy = first_inside(oy * at.stride_h - at.pad_top, at.kernel_h, at.dilation_h, at.in_h);
  const int64_t ix = first_inside(ox * at.stride_w - at.pad_left, at.kernel_w, at.dilation_w, at.in_w);
  return iy < 0 || ix < 0 ? nothing : iy * at.in_w + ix;
}

std::vector<Tile> tiles_of(const Window2d& at, int64_t out_bytes, int64_t element_bytes, const PixelWalk& walk) {
  const int64_t count = at.out_h * at.out_w, whole = count - walk.tail, image = at.in_h * at.in_w;
  std::vector<Tile> tiles;
  const auto add = [&](int64_t batch, int64_t first, int64_t pixels) {
    int64_t low = image;
    for (int64_t p = first; p < first + pixels; ++p) low = std::min(low, lowest_read(at, p / at.out_w, p % at.out_w, image));
    const int64_t before = batch * count, first_read = low < image ? batch * image + low : at.batches * image;
    tiles.push_back({(before + first) * out_bytes, (before + first + pixels) * out_bytes, first_read * at.in_c * element_bytes});
  };
  for (int64_t batch = 0; batch < at.batches; ++batch) {
    for (int64_t done = 0; done < whole; done += walk.pixels) {
      const int64_t pixels = std::min(walk.pixels, whole);
      add(batch, std::min(done, whole - pixels), pixels);
    }
    if (walk.tail > 0) add(batch, whole, walk.tail);
  }
  return tiles;
}

/// Walked from the last tile to the first, so that what is still to be read is known.
int64_t overlap_of(const std::vector<Tile>& tiles, int64_t early, int64_t in_bytes) {
  int64_t distance = -in_bytes, still = in_bytes;
  for (size_t i = tiles.size(); i-- > 0;) {
    if (still < in_bytes) distance = std::max(distance, tiles[i].end - still);
    still = std::min(still, tiles[i].low);
    if (early > 0 && still < in_bytes) distance = std::max(distance, tiles[i].begin + early - still);
  }
  return distance;
}

}  // namespace

int64_t overlap_of_window(const Window2d& at, int64_t out_bytes, int64_t element_bytes, PixelWalk walk) {
  return overlap_of(tiles_of(at, out_bytes, element_bytes, walk), walk.early, at.batches * at.in_h * at.in_w * at.in_c * element_bytes);
}

int64_t overlap_of_rows(int64_t rows, int64_t in_bytes, int64_t out_bytes, int64_t early) {
  std::vector<Tile> tiles;
  for (int64_t row = 0; row < rows; ++row) tiles.push_back({row * out_bytes, (row + 1) * out_bytes, row * in_bytes});
  return overlap_of(tiles, early, rows * in_bytes);
}

}  // namespace thimble
