#include "boards/tiny_model.h"

#include <fmt/format.h>

namespace thimble::testing {
namespace {

constexpr int kIn = 16, kOut = 8;

int weight(int i) { return (i * 37 + 11) % 255 - 127; }

// The accessors are runtime/core/base.h, pasted as codegen does.
constexpr const char* kHeader = R"(#ifndef TINY_H
#define TINY_H
#include <stdint.h>
#define THIMBLE_TINY_ARENA_BYTES {arena}
#define THIMBLE_TINY_STATE_BYTES 4
#define THIMBLE_TINY_INPUTS 1
#define THIMBLE_TINY_OUTPUTS 1
#define THIMBLE_TINY_LAYERS 2
#define THIMBLE_TINY_INPUT0_BYTES 16
#define THIMBLE_TINY_OUTPUT0_BYTES 8
typedef struct thimble_tiny {{
  __attribute__((aligned(4))) uint8_t arena[THIMBLE_TINY_ARENA_BYTES];
  uint8_t state[THIMBLE_TINY_STATE_BYTES];
}} thimble_tiny;
void thimble_tiny_init(thimble_tiny *self);
int8_t *thimble_tiny_input0(thimble_tiny *self);
const int8_t *thimble_tiny_output0(const thimble_tiny *self);
int thimble_tiny_run(thimble_tiny *self);
#endif
)";

constexpr const char* kSource = R"(#include "tiny.h"
#include "core/base.h"
#ifdef THIMBLE_TRACE
void thimble_trace(int layer, const void *data, long bytes);
#endif
THIMBLE_CONST int8_t tiny_weights[{constants}] = {{{weights}}};
static __attribute__((noinline)) void tiny_body(const int8_t *in, int8_t *out, int32_t mantissa) {{
  int o, i;
  for (o = 0; o < 8; ++o) {{
    int32_t sum = 0;
    for (i = 0; i < 16; ++i) sum += (int32_t)in[i] * thimble_const_s8(tiny_weights, o * 16 + i);
    out[o] = (int8_t)thimble_clamp((int32_t)(((int64_t)sum * mantissa) >> 31), -128, 127);
  }}
}}
static __attribute__((noinline)) void thimble_tiny_layer_00(thimble_tiny *self) {{
  tiny_body((const int8_t *)self->arena, (int8_t *)self->arena + 16, 10000019);
}}
static __attribute__((noinline)) void thimble_tiny_layer_01(thimble_tiny *self) {{
  int8_t twice[16];
  memcpy(twice, self->arena + 16, 8);
  memcpy(twice + 8, self->arena + 16, 8);
  tiny_body(twice, (int8_t *)self->arena + 24, 20000003);
}}
void thimble_tiny_init(thimble_tiny *self) {{ memset(self->state, 0, THIMBLE_TINY_STATE_BYTES); }}
int8_t *thimble_tiny_input0(thimble_tiny *self) {{ return (int8_t *)self->arena; }}
const int8_t *thimble_tiny_output0(const thimble_tiny *self) {{ return (const int8_t *)self->arena + 24; }}
int thimble_tiny_run(thimble_tiny *self) {{
  thimble_tiny_layer_00(self);
#ifdef THIMBLE_TRACE
  thimble_trace(0, self->arena + 16, 8);
#endif
  thimble_tiny_layer_01(self);
#ifdef THIMBLE_TRACE
  thimble_trace(1, self->arena + 24, 8);
#endif
  return 0;
}}
)";

std::vector<int> layer(const std::vector<int>& in, int32_t mantissa) {
  std::vector<int> out;
  for (int o = 0; o < kOut; ++o) {
    int64_t sum = 0;
    for (int i = 0; i < kIn; ++i) sum += in[static_cast<size_t>(i)] * weight(o * kIn + i);
    const int64_t scaled = (sum * mantissa) >> 31;
    out.push_back(static_cast<int>(scaled < -128 ? -128 : scaled > 127 ? 127 : scaled));
  }
  return out;
}

}  // namespace

Compiled large_model(int64_t arena_bytes, int64_t constant_bytes) {
  std::string weights;
  for (int i = 0; i < kIn * kOut; ++i) weights += fmt::format("{},", weight(i));
  Compiled model;
  model.name = "tiny";
  model.header = fmt::format(kHeader, fmt::arg("arena", arena_bytes));
  model.source = fmt::format(kSource, fmt::arg("weights", weights), fmt::arg("constants", constant_bytes));
  model.compiler_level = "-O2";
  model.arena_bytes = arena_bytes;
  model.state_bytes = 4;
  model.constant_bytes = constant_bytes;
  model.inputs = {{"in", {DType::I8, {1, kIn}, {}}}};
  model.outputs = {{"out", {DType::I8, {1, kOut}, {}}}};
  for (const char* name : {"thimble_tiny_layer_00", "thimble_tiny_layer_01"}) {
    Layer one;
    one.name = one.symbol = name;
    one.op = "fully_connected";
    one.macs = kIn * kOut;
    one.ram_live = arena_bytes;
    model.layers.push_back(one);
  }
  return model;
}

Compiled tiny_model() { return large_model(32, kIn * kOut); }

std::vector<std::byte> tiny_record(int seed) {
  std::vector<std::byte> record;
  for (int i = 0; i < kIn; ++i) record.push_back(static_cast<std::byte>((i * 29 + seed * 71) & 255));
  return record;
}

std::vector<std::byte> tiny_answer(const std::vector<std::byte>& record) {
  std::vector<int> in;
  for (const std::byte one : record) in.push_back(static_cast<int8_t>(one));
  std::vector<int> twice = layer(in, 10000019);
  twice.insert(twice.end(), twice.begin(), twice.end());
  std::vector<std::byte> answer;
  for (const int one : layer(twice, 20000003)) answer.push_back(static_cast<std::byte>(one & 255));
  return answer;
}

}  // namespace thimble::testing
