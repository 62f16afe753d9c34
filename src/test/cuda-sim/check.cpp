// Looks at every access of a kernel, in builds with SIM_CHECK=1: g++ then calls the functions at the
// end of this file before each read and write, the ones that its thread sanitizer would offer. Found
// are accesses outside of a block to the byte, also where no guard page is hit, and races: two
// threads at one place, one of them writing, with nothing in between that orders them.
#include <link.h>
#include <sys/mman.h>

#include <cstring>
#include <unordered_map>

#include "internal.h"
#include "shim.h"

extern "C" char __start_jacana_shared[], __stop_jacana_shared[];

namespace sim {
namespace {

// Who was at a place. Of earlier launches, and of other blocks in shared memory, it says nothing.
struct Access {
  uint32_t launch, block, barriers;
  uint16_t warps;
  uint16_t thread : 10, bytes : 4, atomic : 1;
};

// What is known of four bytes: the last write, and the last reads of two threads.
struct Cell {
  Access write, read, other;
};

struct Shadow {
  Block block;
  Cell* cells;
};

uint32_t launch_now;
uintptr_t arguments_from, arguments_to, image_from, image_to;
std::vector<Cell> shared_cells;
std::unordered_map<uint64_t, Shadow> shadows;  // by the block's id
Shadow* cached[16];
uint32_t synchronised;  // block + 1 of this launch that took part in an atomic operation

size_t shadow_bytes(const Block& block) { return (block.bytes + 7) / 4 * sizeof(Cell); }

Shadow* shadow(uintptr_t at) {
  Shadow*& slot = cached[(at >> 16) % 16];
  if (slot != nullptr && at >= slot->block.base && at - slot->block.base < slot->block.bytes) {
    return slot;
  }
  const Block* block = find((void*)at);
  if (block == nullptr) return nullptr;
  auto made = shadows.emplace(block->id, Shadow{*block, nullptr});
  if (made.second) {
    void* p = mmap(nullptr, shadow_bytes(*block), PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p != MAP_FAILED) made.first->second.cells = (Cell*)p;
  }
  return slot = &made.first->second;
}

void find_image() {
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void*) {
        uintptr_t from = UINTPTR_MAX, to = 0;
        for (int i = 0; i < info->dlpi_phnum; i++) {
          const auto& part = info->dlpi_phdr[i];
          if (part.p_type != PT_LOAD) continue;
          from = std::min(from, uintptr_t(info->dlpi_addr + part.p_vaddr));
          to = std::max(to, uintptr_t(info->dlpi_addr + part.p_vaddr + part.p_memsz));
        }
        if (uintptr_t(&launch_now) < from || uintptr_t(&launch_now) >= to) return 0;
        image_from = from;
        image_to = to;
        return 1;
      },
      nullptr);
}

// Whether what the other did cannot happen at the same time.
bool ordered(const Access& a, const Access& now, bool shared) {
  if (a.launch != now.launch || (a.bytes & now.bytes) == 0) return true;
  if (a.atomic && now.atomic) return true;
  if (a.block != now.block) return shared || synchronised == now.block + 1;
  if (a.thread == now.thread || a.barriers != now.barriers) return true;
  return a.thread / 32 == now.thread / 32 && a.warps != now.warps;
}

std::string code(void* pc) {
  char text[64];
  snprintf(text, sizeof text, "libcuda.so.1+0x%zx", size_t(uintptr_t(pc) - image_from));
  return text;
}

[[noreturn]] void race(const Access& a, bool wrote, bool write, uintptr_t at, bool shared,
                       void* pc) {
  std::string place = shared ? "shared memory" : describe((void*)at);
  broken("%s %s, where thread %u of block %u %s: nothing orders the two (%s)",
         write ? "writes" : "reads", place.c_str(), unsigned(a.thread), a.block,
         wrote ? "wrote" : "reads", code(pc).c_str());
}

void look(Cell& cell, Access now, bool write, uintptr_t at, bool shared, void* pc) {
  if (!ordered(cell.write, now, shared)) race(cell.write, true, write, at, shared, pc);
  if (write) {
    if (!ordered(cell.read, now, shared)) race(cell.read, false, write, at, shared, pc);
    if (!ordered(cell.other, now, shared)) race(cell.other, false, write, at, shared, pc);
    cell.write = now;
  } else {
    if (cell.read.thread != now.thread || cell.read.block != now.block) cell.other = cell.read;
    cell.read = now;
  }
}

void access(void* p, size_t bytes, bool write, bool atomic, void* pc) {
  if (current == nullptr) return;
  uintptr_t at = uintptr_t(p);
  if (on_stack(p) || (at >= arguments_from && at < arguments_to)) return;
  Cell* cells;
  uintptr_t base;
  bool shared = p >= __start_jacana_shared && p < __stop_jacana_shared;
  if (shared) {
    base = uintptr_t(__start_jacana_shared);
    cells = shared_cells.data();
  } else if (at >= image_from && at < image_to) {
    return;  // tables, and what the shim keeps there
  } else {
    Shadow* s = shadow(at);
    if (s == nullptr || at + bytes > s->block.base + s->block.bytes) {
      leave(fail(CUDA_ERROR_ILLEGAL_ADDRESS, "%s %s %zu bytes at %s (%s)", where().c_str(),
                 write ? "writes" : "reads", bytes, describe(p).c_str(), code(pc).c_str()));
    }
    if (s->block.host || s->cells == nullptr) return;
    base = s->block.base;
    cells = s->cells;
  }
  uint32_t block = block_index.x + grid_size.x * (block_index.y + grid_size.y * block_index.z);
  if (atomic && !shared) synchronised = block + 1;
  for (uintptr_t word = at & ~uintptr_t(3); word < at + bytes; word += 4) {
    unsigned mask = 0;
    for (unsigned i = 0; i < 4; i++) mask |= unsigned(word + i >= at && word + i < at + bytes) << i;
    Access now{launch_now,          block,
               current->barriers,   uint16_t(current->warps),
               uint16_t(current->id), uint16_t(mask),
               atomic};
    look(cells[(word - base) / 4], now, write, at, shared, pc);
  }
}

}  // namespace

void check_launch(const void* arguments, size_t bytes) {
  if (image_from == 0) {
    find_image();
    shared_cells.resize((__stop_jacana_shared - __start_jacana_shared) / 4 + 1);
  }
  launch_now++;
  synchronised = 0;
  arguments_from = uintptr_t(arguments);
  arguments_to = arguments_from + bytes;
}

void check_forget(const Block& block) {
  auto found = shadows.find(block.id);
  if (found == shadows.end()) return;
  memset(cached, 0, sizeof cached);
  if (found->second.cells != nullptr) munmap(found->second.cells, shadow_bytes(block));
  shadows.erase(found);
}

void atomic_access(void* p, size_t bytes) {
  access(p, bytes, true, true, __builtin_return_address(0));
}

}  // namespace sim

#define HERE __builtin_return_address(0)
#define SIZES(n)                                                                                  \
  extern "C" void __tsan_read##n(void* p) { ::sim::access(p, n, false, false, HERE); }            \
  extern "C" void __tsan_write##n(void* p) { ::sim::access(p, n, true, false, HERE); }            \
  extern "C" void __tsan_unaligned_read##n(void* p) { ::sim::access(p, n, false, false, HERE); }  \
  extern "C" void __tsan_unaligned_write##n(void* p) { ::sim::access(p, n, true, false, HERE); }
SIZES(1)
SIZES(2)
SIZES(4)
SIZES(8)
SIZES(16)
extern "C" void __tsan_read_range(void* p, long n) { sim::access(p, n, false, false, HERE); }
extern "C" void __tsan_write_range(void* p, long n) { sim::access(p, n, true, false, HERE); }
extern "C" void __tsan_init() {}
extern "C" void __tsan_func_entry(void*) {}
extern "C" void __tsan_func_exit() {}
