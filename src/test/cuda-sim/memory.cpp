// Device and pinned memory: every block has a mapping of its own that ends at an inaccessible page.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <deque>

#include "internal.h"

namespace sim {
namespace {

const uint64_t SLACK = 0x7ff57ff57ff57ff5u;  // NaN as float, double, half and bfloat16
const size_t PAGE = 65536;                   // a multiple of every page size in use
const size_t LARGE = size_t(4) << 20;
const size_t CHUNK = size_t(16) << 20;
const size_t MEMORY_OF_THE_DEAD = 8192;

struct Arena {
  uintptr_t start = 0, end = 0, cursor = 0;
  std::map<uintptr_t, Block> live;  // by base
  std::deque<Block> dead;           // the last ones freed, to tell a use after free
  uint64_t bytes = 0;
};
Arena arenas[2];  // device, host
std::map<uintptr_t, size_t> globals;
uint64_t next_id = 1;

bool open(Arena& arena) {
  if (arena.start != 0) return true;
  for (size_t size = size_t(64) << 30; size >= (size_t(1) << 30); size /= 2) {
    void* p = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) continue;
    arena.start = (uintptr_t(p) + PAGE - 1) / PAGE * PAGE;
    arena.end = (uintptr_t(p) + size) / PAGE * PAGE;
    arena.cursor = arena.start + PAGE;
    return true;
  }
  return false;
}

// Addresses go round the arena, so that a freed range stays inaccessible as long as possible.
uintptr_t place(Arena& arena, size_t need) {
  uintptr_t at = arena.cursor;
  for (int turn = 0; turn < 2; turn++) {
    while (at + need <= arena.end) {
      auto next = arena.live.upper_bound(at);
      if (next != arena.live.begin()) {
        const Block& before = std::prev(next)->second;
        uintptr_t free = before.map + before.mapped + PAGE;
        if (free > at) {
          at = free;
          continue;
        }
      }
      if (next == arena.live.end() || at + need <= next->second.map) {
        arena.cursor = at + need;
        return at;
      }
      at = next->second.map + next->second.mapped + PAGE;
    }
    at = arena.start + PAGE;
  }
  return 0;
}

// Large blocks share the pages of one file full of 0xff until they are written.
int ones() {
  static int file = -1;
  if (file < 0) {
    int made = memfd_create("cuda-sim", MFD_CLOEXEC);
    if (made < 0 || ftruncate(made, CHUNK) != 0) return -1;
    void* p = mmap(nullptr, CHUNK, PROT_READ | PROT_WRITE, MAP_SHARED, made, 0);
    if (p == MAP_FAILED) return -1;
    memset(p, 0xff, CHUNK);
    munmap(p, CHUNK);
    file = made;
  }
  return file;
}

bool map(uintptr_t at, size_t length) {
  if (length >= LARGE && ones() >= 0) {
    for (size_t done = 0; done < length; done += CHUNK) {
      size_t part = std::min(CHUNK, length - done);
      if (mmap((void*)(at + done), part, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, ones(),
               0) == MAP_FAILED) {
        return false;
      }
    }
    return true;
  }
  if (mmap((void*)at, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
           0) == MAP_FAILED) {
    return false;
  }
  memset((void*)at, 0xff, length);
  return true;
}

void unmap(uintptr_t at, size_t length) {
  mmap((void*)at, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

unsigned char slack(uintptr_t at) { return ((const unsigned char*)&SLACK)[at % 8]; }

void fill_slack(uintptr_t from, uintptr_t to) {
  for (; from < to; from++) *(unsigned char*)from = slack(from);
}

uintptr_t first_changed(uintptr_t from, uintptr_t to) {
  while (from < to) {
    if (from % 8 == 0 && to - from >= 8 && *(const uint64_t*)from == SLACK) {
      from += 8;
    } else if (*(const unsigned char*)from == slack(from)) {
      from++;
    } else {
      return from;
    }
  }
  return 0;
}

// The front slack of a block is checked only this far back: far strides hit the guard page.
const size_t FRONT = 4096;

std::string name(const Block& block) {
  return std::string(block.host ? "pinned" : "device") + " block " + std::to_string(block.id) +
         " of " + std::to_string(block.bytes) + " bytes";
}

}  // namespace

int allocate(size_t bytes, bool host, unsigned flags, void** result) {
  Arena& arena = arenas[host];
  if (!open(arena)) return fail(CUDA_ERROR_OUT_OF_MEMORY, "no address space for the simulation");
  if (bytes > (size_t(1) << 40) || (!host && arena.bytes + bytes > control.memory)) {
    return fail(CUDA_ERROR_OUT_OF_MEMORY,
                "%zu bytes asked for, %llu of %llu bytes are in use (cuda-sim)", bytes,
                (unsigned long long)arena.bytes, (unsigned long long)control.memory);
  }
  size_t align = host ? 256 : control.alignment;
  size_t payload = (bytes + align - 1) / align * align;
  size_t page = sysconf(_SC_PAGESIZE);
  size_t mapped = (payload + page - 1) / page * page;
  // Right-aligned in whole big pages of address space: the guard begins where the block's slack ends.
  size_t reserved = (mapped + PAGE - 1) / PAGE * PAGE;
  uintptr_t at = place(arena, reserved + PAGE);
  if (at == 0 || !map(at, mapped)) {
    return fail(CUDA_ERROR_OUT_OF_MEMORY, "no memory of the host for %zu bytes", bytes);
  }
  Block block{at + mapped - payload, bytes, at, mapped, host, next_id++, flags};
  size_t front = std::min(FRONT, size_t(block.base - at));
  fill_slack(block.base - front, block.base);
  fill_slack(block.base + bytes, at + mapped);
  arena.live[block.base] = block;
  arena.bytes += bytes;
  *result = (void*)block.base;
  return 0;
}

bool slack_intact(const Block& block, std::string* what) {
  uintptr_t from = block.base - std::min(FRONT, size_t(block.base - block.map));
  uintptr_t end = block.base + block.bytes;
  uintptr_t at = first_changed(from, block.base);
  if (at == 0) at = first_changed(end, block.map + block.mapped);
  if (at == 0) return true;
  *what = (at < block.base ? std::to_string(block.base - at) + " bytes before the start of "
                           : std::to_string(at - end) + " bytes past the end of ") +
          name(block);
  // Told once: the next check is about the next fault.
  fill_slack(from, block.base);
  fill_slack(end, block.map + block.mapped);
  return false;
}

bool all_slack_intact(std::string* what) {
  for (Arena& arena : arenas) {
    for (auto& entry : arena.live) {
      if (!slack_intact(entry.second, what)) return false;
    }
  }
  return true;
}

int release(void* base, bool host) {
  Arena& arena = arenas[host];
  auto found = arena.live.find(uintptr_t(base));
  if (found == arena.live.end()) {
    return fail(CUDA_ERROR_INVALID_VALUE, "freed an address that is no block: %s",
                describe(base).c_str());
  }
  Block block = found->second;
  std::string what;
  bool intact = slack_intact(block, &what);
  unmap(block.map, block.mapped);
  check_forget(block);
  arena.live.erase(found);
  arena.bytes -= block.bytes;
  arena.dead.push_back(block);
  if (arena.dead.size() > MEMORY_OF_THE_DEAD) arena.dead.pop_front();
  if (intact) return 0;
  return sticky = fail(CUDA_ERROR_ILLEGAL_ADDRESS, "something wrote %s, seen when it was freed",
                       what.c_str());
}

void release_all() {
  for (Arena& arena : arenas) {
    while (!arena.live.empty()) release((void*)arena.live.begin()->first, &arena == &arenas[1]);
  }
}

const Block* find(const void* p) {
  uintptr_t at = uintptr_t(p);
  for (Arena& arena : arenas) {
    if (at < arena.start || at >= arena.end) continue;
    auto next = arena.live.upper_bound(at);
    if (next == arena.live.begin()) return nullptr;
    const Block& block = std::prev(next)->second;
    return at <= block.base + block.bytes ? &block : nullptr;
  }
  return nullptr;
}

bool inside(const void* p, size_t bytes) {
  uintptr_t at = uintptr_t(p);
  const Block* block = find(p);
  if (block != nullptr) return bytes <= block->base + block->bytes - at;
  auto next = globals.upper_bound(at);
  if (next == globals.begin()) return false;
  --next;
  return at + bytes <= next->first + next->second;
}

bool pinned(const void* p, size_t bytes) {
  const Block* block = find(p);
  return block != nullptr && block->host && inside(p, bytes);
}

bool in_arena(const void* p) {
  uintptr_t at = uintptr_t(p);
  for (Arena& arena : arenas) {
    if (at >= arena.start && at < arena.end) return true;
  }
  return inside(p, 0);
}

uint64_t live_bytes(bool host) { return arenas[host].bytes; }

uint64_t live_blocks(bool host) { return arenas[host].live.size(); }

void add_global(const void* p, size_t bytes) { globals[uintptr_t(p)] = bytes; }

std::string describe(const void* p) {
  Lock lock(mutex);
  uintptr_t at = uintptr_t(p);
  char address[32];
  snprintf(address, sizeof address, "%p", p);
  if (at < 65536) return std::string("address ") + address + " (a null pointer and an offset)";
  for (Arena& arena : arenas) {
    if (at < arena.start || at >= arena.end) continue;
    auto next = arena.live.upper_bound(at);
    if (next != arena.live.begin()) {
      const Block& block = std::prev(next)->second;
      uintptr_t end = block.base + block.bytes;
      if (at < end) return std::to_string(at - block.base) + " bytes into " + name(block);
      if (at < block.map + block.mapped) {
        return std::to_string(at - end) + " bytes past the end of " + name(block);
      }
    }
    for (auto dead = arena.dead.rbegin(); dead != arena.dead.rend(); ++dead) {
      if (at >= dead->map && at < dead->map + dead->mapped) {
        return std::to_string(int64_t(at - dead->base)) + " bytes into " + name(*dead) +
               ", which was freed";
      }
    }
    uintptr_t near = SIZE_MAX;
    std::string text = std::string("address ") + address + " in no block";
    if (next != arena.live.begin()) {
      const Block& block = std::prev(next)->second;
      near = at - block.base - block.bytes;
      text = std::to_string(near) + " bytes past the end of " + name(block);
    }
    if (next != arena.live.end() && next->second.base - at < near) {
      text = std::to_string(next->second.base - at) + " bytes before the start of " +
             name(next->second);
    }
    return text;
  }
  return std::string("address ") + address + " (memory of the host that is not pinned)";
}

bool live(const void* p, size_t bytes) {
  Lock lock(mutex);
  return p != nullptr && inside(p, bytes);
}

}  // namespace sim
