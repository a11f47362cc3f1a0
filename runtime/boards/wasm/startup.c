/* WebAssembly: run.mjs gives the functions that move bytes. */
#include "common/harness.h"

#define FROM_HOST(name) __attribute__((import_module("thimble"), import_name(name)))
FROM_HOST("read") int host_read(void* to, int32_t bytes);
FROM_HOST("write") void host_write(int stream, const void* from, int32_t bytes);
FROM_HOST("exit") void host_exit(int status) __attribute__((noreturn));

int harness_read(void* to, int32_t bytes) { return host_read(to, bytes); }
void harness_write(int stream, const void* from, int32_t bytes) { host_write(stream, from, bytes); }
void harness_exit(int status) { host_exit(status); }
