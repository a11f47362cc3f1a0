/* The four functions that the C compiler itself may call, for boards without a C library (memory.c defines them). */
#ifndef THIMBLE_FREESTANDING_STRING_H
#define THIMBLE_FREESTANDING_STRING_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif
void* memcpy(void* to, const void* from, size_t bytes);
void* memmove(void* to, const void* from, size_t bytes);
void* memset(void* to, int value, size_t bytes);
int memcmp(const void* a, const void* b, size_t bytes);
#ifdef __cplusplus
}
#endif

#endif
