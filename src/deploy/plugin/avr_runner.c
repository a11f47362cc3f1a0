/* Runs an ATmega328P firmware under simavr instruction by instruction: thimble-avr <firmware.elf> [<configuration> <result>]
 *
 * The harness talks through the general-purpose I/O registers (see runtime/boards/uno/startup.c); files as on the other boards.
 * simavr models the core's cycles exactly, so the tally has them per instruction. */
#include <elf.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_core.h>
#include <simavr/sim_io.h>
#include <string.h>

#include "counter.h"

enum { GPIOR0 = 0x3E, GPIOR1 = 0x4A, GPIOR2 = 0x4B, STREAMS = 4 };

static FILE* streams[STREAMS];
static int ended, status;

static FILE* stream(int index) {
  static const char* const names[STREAMS] = {"in.bin", "out.bin", "trace.bin", "report.bin"};
  if (!streams[index]) streams[index] = fopen(names[index], index == 0 ? "rb" : "wb");
  if (!streams[index]) counter_die("cannot open", names[index]);
  return streams[index];
}

/* The next byte of the records; at their end GPIOR0 turns to 1. */
static uint8_t read_byte(struct avr_t* avr, avr_io_addr_t address, void* unused) {
  const int byte = fgetc(stream(0));
  (void)address, (void)unused;
  if (byte == EOF) avr->data[GPIOR0] = 1;
  return (uint8_t)byte;
}

static void write_byte(struct avr_t* avr, avr_io_addr_t address, uint8_t byte, void* unused) {
  (void)address, (void)unused;
  fputc(byte, stream(avr->data[GPIOR0] % STREAMS));
}

static void write_end(struct avr_t* avr, avr_io_addr_t address, uint8_t value, void* unused) {
  (void)avr, (void)address, (void)unused;
  ended = 1;
  status = value;
}

/* Copies the program into flash; simavr's own loader knows only the section names of avr-libc's linker script. */
static void load(avr_t* avr, const char* file) {
  static unsigned char image[1 << 20];
  FILE* in = fopen(file, "rb");
  const size_t size = in ? fread(image, 1, sizeof image, in) : 0;
  const Elf32_Ehdr* const header = (const Elf32_Ehdr*)image;
  if (size < sizeof *header || memcmp(image, ELFMAG, SELFMAG) != 0) counter_die("cannot read", file);
  fclose(in);
  for (int i = 0; i < header->e_phnum; ++i) {
    const Elf32_Phdr* const part = (const Elf32_Phdr*)(image + header->e_phoff) + i;
    if (part->p_type != PT_LOAD || part->p_filesz == 0) continue;
    if (part->p_paddr + part->p_filesz > avr->flashend + 1 || part->p_offset + part->p_filesz > size)
      counter_die("too large for flash:", file);
    memcpy(avr->flash + part->p_paddr, image + part->p_offset, part->p_filesz);
  }
  avr->codeend = avr->flashend;
}

static avr_t* make_core(const char* file) {
  avr_t* avr = avr_make_mcu_by_name("atmega328p");
  if (!avr) counter_die("simavr does not know", "atmega328p");
  avr_init(avr);
  avr->log = LOG_NONE;
  load(avr, file);
  avr->frequency = 16000000;
  avr_register_io_read(avr, GPIOR1, read_byte, NULL);
  avr_register_io_write(avr, GPIOR1, write_byte, NULL);
  avr_register_io_write(avr, GPIOR2, write_end, NULL);
  return avr;
}

/* Two words long are CALL, JMP, LDS and STS (AVR instruction set manual). */
static unsigned instruction_bytes(const avr_t* avr, avr_flashaddr_t pc) {
  const unsigned word = (unsigned)(avr->flash[pc] | avr->flash[pc + 1] << 8);
  const int two = (word & 0xFE0C) == 0x940C || (word & 0xFC0F) == 0x9000;
  return two ? 4 : 2;
}

int main(int argc, char** argv) {
  if (argc != 2 && argc != 4) counter_die("usage: thimble-avr <firmware.elf> [<configuration> <result>], not", argv[argc - 1]);
  avr_global_logger_set(NULL);
  avr_t* const avr = make_core(argv[1]);
  if (argc == 4) counter_configure(argv[2]);
  Block** const blocks = (Block**)calloc(avr->flashend + 1, sizeof *blocks);
  while (!ended && avr->state == cpu_Running) {
    const avr_flashaddr_t pc = avr->pc;
    const avr_cycle_count_t before = avr->cycle;
    if (!blocks[pc]) blocks[pc] = counter_block(pc, pc + instruction_bytes(avr, pc), 1);
    counter_enter(blocks[pc]);
    avr->run_cycle_count = 1; /* one instruction at a time */
    avr->pc = avr_run_one(avr);
    if (counter.state == COUNTING) counter.last_tally[2] += avr->cycle - before;
  }
  for (int i = 0; i < STREAMS; ++i)
    if (streams[i]) fclose(streams[i]);
  if (argc == 4) counter_write(argv[3]);
  return ended ? status : 3;
}
