/* Samples that come one by one, collected into frames, and the rows of features made of those, rolled into the window that a network sees.
 *
 *     if (thimble_stream_take(&stream, frame, sample, &shape))
 *       make_row(frame, thimble_stream_row(&stream, rows, &shape));
 *     if (stream.rows == shape.rows) thimble_stream_window(&stream, rows, features, &shape);
 *
 * Every row is computed once, however many windows it belongs to. Nothing that is written back into a window (a normalisation) touches the
 * rows themselves. */
#ifndef THIMBLE_DSP_STREAM_H
#define THIMBLE_DSP_STREAM_H

#include "core/base.h"

typedef struct {
  int32_t axes;     /* values of a sample */
  int32_t length;   /* samples of a frame */
  int32_t stride;   /* samples from one frame to the next */
  int32_t rows;     /* frames of a window */
  int32_t features; /* values of a row */
} thimble_stream_shape;

typedef struct {
  int32_t samples; /* in the frame; negative: so many are passed over first */
  int32_t rows;    /* complete ones, at most those of a window */
  int32_t next;    /* where the next row goes */
} thimble_stream;

THIMBLE_INLINE void thimble_stream_init(thimble_stream* stream) { stream->samples = stream->rows = stream->next = 0; }

/* Appends a sample of `axes` values to frame, [length][axes]; tells whether the frame is complete now. */
THIMBLE_KERNEL int32_t thimble_stream_take(thimble_stream* stream, float* frame, const float* sample, const thimble_stream_shape* s) {
  if (stream->samples == s->length) { /* the frame was used: what the next one shares with it moves to the front */
    const int32_t kept = s->length - s->stride;
    if (kept > 0) memmove(frame, frame + s->stride * s->axes, (size_t)(kept * s->axes) * sizeof(float));
    stream->samples = kept;
  }
  if (stream->samples >= 0) memcpy(frame + stream->samples * s->axes, sample, (size_t)s->axes * sizeof(float));
  return ++stream->samples == s->length;
}

/* Where the row of a complete frame goes, in rows, [rows][features]: over the oldest one once there are enough. */
THIMBLE_KERNEL float* thimble_stream_row(thimble_stream* stream, float* rows, const thimble_stream_shape* s) {
  float* const row = rows + stream->next * s->features;
  stream->next = stream->next + 1 == s->rows ? 0 : stream->next + 1;
  if (stream->rows < s->rows) ++stream->rows;
  return row;
}

/* The last `rows` rows, the oldest first, once there are so many. */
THIMBLE_KERNEL void thimble_stream_window(const thimble_stream* stream, const float* rows, float* window, const thimble_stream_shape* s) {
  const size_t newer = (size_t)(stream->next * s->features), older = (size_t)((s->rows - stream->next) * s->features);
  memcpy(window, rows + newer, older * sizeof(float));
  memcpy(window + older, rows, newer * sizeof(float));
}

#endif
