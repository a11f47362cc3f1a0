#include "kernels/kernel.h"

namespace thimble {

std::span<const Kernel> reshape_kernels() {
  static const Kernel kRows[] = {{.name = "reshape_alias", .op = "reshape", .alias = true}};
  return kRows;
}

}  // namespace thimble
