#include "common/posix.h"
