#include "targets/board.h"

namespace thimble {
namespace {

constexpr Isa kPlain = Isa::X86 | Isa::Fpu32 | Isa::Mul64, kAvx2 = kPlain | Isa::Avx2, kAvx512 = kPlain | Isa::Avx512;

/// What the processor on which this program runs has of it.
Isa isa_of_this_machine() {
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
  return avx2 && avx512 ? kAvx512 : avx2 ? kAvx2 : kPlain;
#else
  return kPlain;
#endif
}

constexpr std::string_view cflags_of(Isa isa) {
  if (has(isa, Isa::Avx512)) return "-mavx2 -mfma -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni";
  return has(isa, Isa::Avx2) ? "-mavx2 -mfma" : "";
}

Board row(std::string_view name, std::string_view summary, Isa isa) {
  return {.name = name,
          .summary = summary,
          .core = "host",
          .isa = isa,
          .triple = "",
          .cflags = cflags_of(isa),
          .flash = {},
          .ram = {},
          .support_dir = "host",
          .emulator = "",
          .pointer_bytes = 8};
}

}  // namespace

std::span<const Board> host_boards() {
  static const Board kRows[] = {row("host", "this machine, x86-64 with what its processor has", isa_of_this_machine()),
                                row("x86_64", "any x86-64, plain C", kPlain),
                                row("x86_64_avx2", "x86-64 with AVX2 and FMA (most since 2013)", kAvx2),
                                row("x86_64_avx512", "x86-64 with AVX-512 and its VNNI (servers since 2019)", kAvx512)};
  return kRows;
}

}  // namespace thimble
