#include "ir/op.h"

namespace thimble {

void expect(bool holds, std::string_view what) {
  if (!holds) throw Error(Blame::User, std::string(what));
}

}  // namespace thimble
