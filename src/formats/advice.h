/// What to do about an op that Thimble does not have.
#pragma once

#include "ir/foreign.h"

namespace thimble {

/// "no kernel; export the model without its post-processing": the reason and the way out for a node whose op is not in the table.
std::string advice_for(const ForeignNode& node);

}  // namespace thimble
