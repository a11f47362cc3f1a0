#include "common/cortex_m.h"
