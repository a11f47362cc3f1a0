/* Brings RAM into the state that C expects; symbols from sections.ld. */
#ifndef THIMBLE_MEMORY_IMAGE_H
#define THIMBLE_MEMORY_IMAGE_H

#include <stdint.h>

extern uint32_t _data_load, _data_start, _data_end, _bss_start, _bss_end;

static inline __attribute__((always_inline)) void set_up_memory(void) {
  const volatile uint32_t* from = &_data_load;
  volatile uint32_t* to;
  for (to = &_data_start; to < &_data_end;) *to++ = *from++;
  for (to = &_bss_start; to < &_bss_end;) *to++ = 0;
}

#endif
