/* The compilers' own <stdint.h> looks for a C library's; where there is none, their freestanding one is meant. */
#ifdef __clang__
#include_next <stdint.h>
#else
#include "stdint-gcc.h"
#endif
