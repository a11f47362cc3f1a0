/// What this machine has.
#pragma once

namespace thimble {

/// Bytes of memory; as a double, to be compared with what may be beyond any integer.
double machine_bytes();

}  // namespace thimble
