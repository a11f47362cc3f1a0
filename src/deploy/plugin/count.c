/* QEMU plugin: exact instruction counts of one inference, per block and layer. Arguments: in=<configuration>,out=<result>. See counter.h.
 *
 * Debian's QEMU 7.2 is built with plugins but ships no header; what is used of plugin API version 1 is declared here, after
 * QEMU's documentation "TCG plugins". */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "counter.h"

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info_t qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_RW = 3 };
typedef void (*on_translation)(qemu_plugin_id_t, struct qemu_plugin_tb*);
typedef void (*on_execution)(unsigned int, void*);
typedef void (*on_access)(unsigned int, uint32_t, uint64_t, void*);
typedef void (*at_end)(qemu_plugin_id_t, void*);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, on_translation);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb*, on_execution, enum qemu_plugin_cb_flags, void*);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn*, on_access, enum qemu_plugin_cb_flags, enum qemu_plugin_mem_rw, void*);
unsigned int qemu_plugin_mem_size_shift(uint32_t);
bool qemu_plugin_mem_is_store(uint32_t);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, at_end, void*);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb*);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb*);
struct qemu_plugin_insn* qemu_plugin_tb_get_insn(const struct qemu_plugin_tb*, size_t);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn*);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn*);

EXPORT extern int qemu_plugin_version;
int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc, char** argv);

static const char* result_file = "counts.txt";

static void execute(unsigned int cpu, void* block) {
  (void)cpu;
  counter_enter((Block*)block);
}

/* QEMU 7.2 takes loads for stores where only one of them is asked for. */
static void access_memory(unsigned int cpu, uint32_t info, uint64_t address, void* unused) {
  (void)cpu, (void)unused;
  if (!qemu_plugin_mem_is_store(info)) counter_load(address, UINT64_C(1) << qemu_plugin_mem_size_shift(info));
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb* tb) {
  const size_t n = qemu_plugin_tb_n_insns(tb);
  const struct qemu_plugin_insn* const last = qemu_plugin_tb_get_insn(tb, n - 1);
  const uint64_t end = qemu_plugin_insn_vaddr(last) + qemu_plugin_insn_size(last);
  (void)id;
  qemu_plugin_register_vcpu_tb_exec_cb(tb, execute, QEMU_PLUGIN_CB_NO_REGS, counter_block(qemu_plugin_tb_vaddr(tb), end, (uint32_t)n));
  for (size_t i = 0; counter.flash.wait_states && i < n; ++i)
    qemu_plugin_register_vcpu_mem_cb(qemu_plugin_tb_get_insn(tb, i), access_memory, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
}

static void finish(qemu_plugin_id_t id, void* unused) {
  (void)id, (void)unused;
  counter_write(result_file);
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc, char** argv) {
  (void)info;
  for (int i = 0; i < argc; ++i) {
    if (strncmp(argv[i], "out=", 4) == 0) result_file = strdup(argv[i] + 4);
    if (strncmp(argv[i], "in=", 3) == 0) counter_configure(argv[i] + 3);
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  qemu_plugin_register_atexit_cb(id, finish, NULL);
  return 0;
}
