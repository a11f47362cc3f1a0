/// What `thimble tune` found out and later compilations use: for each shape of layer and core, the kernel that was measured fastest.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "codegen/compiled.h"

namespace thimble {

struct TunedLayer {
  std::string core, optimize;             ///< as core_of has it; "balanced"
  std::string layer;                      ///< shape_text
  std::string kernel;                     ///< the fastest
  std::map<std::string, int64_t> cycles;  ///< of every kernel that was measured
  std::string code;                       ///< fingerprint of those kernels' C: another one makes the entry stale
};

struct Tuned {
  std::vector<TunedLayer> layers;

  const TunedLayer* find(std::string_view core, std::string_view optimize, std::string_view layer) const;
  void put(TunedLayer layer);
};

/// Empty when there is no such file. A file that cannot be understood is a User error that leaves it as it is.
Tuned read_tuned(const std::filesystem::path& file);
void write_tuned(const std::filesystem::path& file, const Tuned& tuned);

/// All boards that figures of this one hold for: "cortex-m4", or "cortex-m4 waiting 5 beyond 1024" where flash is slow.
std::string core_of(const Board& board);

/// Of the C that these kernels are made of.
std::string code_fingerprint(const std::vector<const Kernel*>& kernels);

/// Takes the fastest kernel wherever the file has an entry for the layer that measured today's kernels.
Preference preference_of(Tuned tuned, const Board& board, Optimize optimize);

}  // namespace thimble
