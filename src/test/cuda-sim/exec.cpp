// Runs the blocks of a kernel one after the other; the threads of a block are fibers that are needed
// only from the first wait on: a thread that never waits is a plain call.
#include <sys/mman.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "internal.h"
#include "shim.h"

// ucontext makes a system call per switch; own code where it is written.
#if defined(__x86_64__) && !defined(SIM_UCONTEXT)
#define SIM_SWITCH
#else
#include <ucontext.h>
#endif

extern "C" char __start_jacana_shared[], __stop_jacana_shared[];

namespace sim {

Thread* current;
::uint3 block_index;
::dim3 block_size, grid_size;

namespace {

const size_t STACK = 64 << 10;
const size_t GUARD = 64 << 10;
const int LANES = 32;

struct Fiber {
  char* stack = nullptr;
#if defined(SIM_SWITCH)
  void* sp = nullptr;
#else
  ucontext_t context;
#endif
  bool idle = true;
  unsigned colour = 0;
};

enum State : uint8_t { FRESH, RUNNING, READY, AT_BARRIER, AT_WARP, EXITED };

struct Lane : Thread {
  State state;
  Fiber* fiber;
  // What it waits for.
  int op, argument, width;
  unsigned mask;
  uint64_t value, result;
};

std::vector<Lane> lanes;
std::vector<Fiber*> fibers;       // all
std::vector<Fiber*> idle_fibers;  // a stack
std::vector<unsigned> order;      // in which the threads of a block start
std::vector<unsigned> ready;
size_t ready_head;
Fiber scheduler;
Fiber* running;
const Kernel* kernel_now;
void** arguments_now;
unsigned count_now, started, exited, arrived;
std::vector<unsigned> in_warp;  // of each warp the lanes that have not returned
unsigned at_warp;  // lanes that wait for others of their warp
int barrier_kind;
unsigned barrier_sum, barrier_any;
bool barrier_all;

#if defined(SIM_SWITCH)
extern "C" void sim_switch(void** save, void* load);
asm(R"(
.text
.p2align 4
.type sim_switch, @function
sim_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size sim_switch, .-sim_switch
)");
#endif

void run_threads();

void entry() {
  run_threads();
  __builtin_trap();
}

void change(Fiber* from, Fiber* to) {
  running = to;
#if defined(SIM_SWITCH)
  sim_switch(&from->sp, to->sp);
#else
  swapcontext(&from->context, &to->context);
#endif
}

void prepare(Fiber* fiber) {
#if defined(SIM_SWITCH)
  // Not all at the same place of a page, or they would share a few lines of the cache.
  uintptr_t top = uintptr_t(fiber->stack) + STACK - fiber->colour * 192;
  void** sp = (void**)(top - 72);  // aligned as after a call
  sp[0] = nullptr;                 // entry's return address: never used
  *--sp = (void*)entry;
  for (int i = 0; i < 6; i++) *--sp = nullptr;
  fiber->sp = sp;
#else
  getcontext(&fiber->context);
  fiber->context.uc_stack.ss_sp = fiber->stack;
  fiber->context.uc_stack.ss_size = STACK;
  fiber->context.uc_link = nullptr;
  makecontext(&fiber->context, entry, 0);
#endif
  fiber->idle = true;
}

Fiber* take_fiber() {
  if (idle_fibers.empty()) {
    Fiber* fiber = new Fiber;
    char* p = (char*)mmap(nullptr, GUARD + STACK, PROT_NONE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED || mprotect(p + GUARD, STACK, PROT_READ | PROT_WRITE) != 0) {
      leave(fail(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "no host memory for another thread's stack"));
    }
    fiber->stack = p + GUARD;
    fiber->colour = fibers.size() % 61;
    prepare(fiber);
    fibers.push_back(fiber);
    idle_fibers.push_back(fiber);
  }
  Fiber* fiber = idle_fibers.back();
  idle_fibers.pop_back();
  fiber->idle = false;
  return fiber;
}

Lane& self() { return *static_cast<Lane*>(current); }

void make_ready(Lane& lane) {
  if (lane.state == AT_WARP) at_warp--;
  lane.state = READY;
  ready.push_back(lane.id);
}

// Gives the fiber away until somebody makes this thread ready.
void park() {
  Lane& lane = self();
  change(lane.fiber, &scheduler);
  current = &lane;
  lane.state = RUNNING;
}

bool barrier_complete() {
  if (arrived == 0 || arrived + exited < count_now) return false;
  uint64_t result = barrier_kind == 1   ? barrier_sum
                    : barrier_kind == 2 ? barrier_all
                    : barrier_kind == 3 ? barrier_any
                                        : 0;
  arrived = 0;
  for (unsigned t = 0; t < count_now; t++) {
    Lane& lane = lanes[t];
    if (lane.state != AT_BARRIER) continue;
    lane.result = result;
    lane.barriers++;
    if (&lane == current) {
      lane.state = RUNNING;
    } else {
      make_ready(lane);
    }
  }
  return true;
}

unsigned present(unsigned first) { return in_warp[first / LANES]; }

const char* op_name(int op) {
  static const char* names[] = {"__shfl_sync",     "__shfl_up_sync", "__shfl_down_sync",
                                "__shfl_xor_sync", "__ballot_sync",  "__syncwarp",
                                "__match_any_sync", "__activemask"};
  return names[op];
}

// The lane that a shuffle reads, or -1 for the own value.
int source(const Lane& lane, int own) {
  int width = lane.width, low = own & ~(width - 1), high = low + width - 1;
  switch (lane.op) {
    case WARP_IDX: return low + (lane.argument & (width - 1));
    case WARP_UP: return own - lane.argument >= low ? own - lane.argument : -1;
    case WARP_DOWN: return own + lane.argument <= high ? own + lane.argument : -1;
    default: {
      // A lane above its own sub-warp cannot be read, one below can.
      int other = own ^ lane.argument;
      return other <= high ? other : -1;
    }
  }
}

// Finishes the group of a warp whose lanes wait at the same operation, if all are there.
bool warp_complete(unsigned first, const Lane& asking) {
  unsigned group = asking.mask & present(first);
  for (unsigned i = LANES; i-- > 0;) {  // the last lane first: it arrives last
    if (!(group >> i & 1)) continue;
    const Lane& lane = lanes[first + i];
    if (lane.state != AT_WARP || lane.op != asking.op || lane.mask != asking.mask) return false;
  }
  unsigned ballot = 0, latest = 0;
  for (unsigned i = 0; i < LANES; i++) {
    if (!(group >> i & 1)) continue;
    if (lanes[first + i].value != 0) ballot |= 1u << i;
    latest = std::max(latest, lanes[first + i].warps);
  }
  for (unsigned i = 0; i < LANES; i++) {
    if (!(group >> i & 1)) continue;
    Lane& lane = lanes[first + i];
    if (lane.op <= WARP_XOR) {
      int from = source(lane, i);
      if (from >= 0 && !(group >> from & 1)) {
        current = &lane;
        broken("reads lane %d of its warp in %s (mask 0x%08x), which is absent or has returned",
               from, op_name(lane.op), lane.mask);
      }
      lane.result = from < 0 ? lane.value : lanes[first + from].value;
    } else if (lane.op == WARP_MATCH) {
      lane.result = 0;
      for (unsigned k = 0; k < LANES; k++) {
        if ((group >> k & 1) && lanes[first + k].value == lane.value) lane.result |= 1u << k;
      }
    } else {
      lane.result = ballot;
    }
    // Only this one orders memory; shuffles and votes do not.
    if (lane.op == WARP_SYNC) lane.warps = latest + 1;
  }
  for (unsigned i = 0; i < LANES; i++) {
    if (!(group >> i & 1)) continue;
    Lane& lane = lanes[first + i];
    if (&lane == current) {
      at_warp--;
      lane.state = RUNNING;
    } else {
      make_ready(lane);
    }
  }
  return true;
}

void thread_exits(Lane& lane) {
  lane.state = EXITED;
  exited++;
  in_warp[lane.id / LANES] &= ~(1u << lane.id % LANES);
  current = nullptr;
  if (barrier_complete() || at_warp == 0) return;
  unsigned first = lane.id / LANES * LANES;
  for (unsigned t = first; t < std::min(first + LANES, count_now); t++) {
    if (lanes[t].state == AT_WARP && lanes[t].op != WARP_ACTIVE &&
        warp_complete(first, lanes[t])) {
      return;
    }
  }
}

// What every fiber does: take the next thread of the block and run it; when none is left, rest.
void run_threads() {
  for (;;) {
    Fiber* fiber = running;
    while (started < count_now && ready_head == ready.size()) {
      Lane& lane = lanes[order.empty() ? started : order[started]];
      started++;
      lane.state = RUNNING;
      lane.fiber = fiber;
      current = &lane;
      kernel_now->call(arguments_now);
      thread_exits(lane);
    }
    fiber->idle = true;
    idle_fibers.push_back(fiber);
    change(fiber, &scheduler);
  }
}

// Nothing else can go on: the lanes of a warp that ask who is active are together now.
bool answer_activemask() {
  bool any = false;
  for (unsigned first = 0; first < count_now; first += LANES) {
    unsigned mask = 0, end = std::min(first + LANES, count_now);
    for (unsigned t = first; t < end; t++) {
      if (lanes[t].state == AT_WARP && lanes[t].op == WARP_ACTIVE) mask |= 1u << (t - first);
    }
    for (unsigned t = first; t < end; t++) {
      if (!(mask >> (t - first) & 1)) continue;
      lanes[t].result = mask;
      make_ready(lanes[t]);
      any = true;
    }
  }
  return any;
}

[[noreturn]] void deadlock() {
  std::string text;
  unsigned at_barrier = 0;
  for (unsigned t = 0; t < count_now; t++) {
    if (lanes[t].state == AT_BARRIER && at_barrier++ == 0) current = &lanes[t];
  }
  if (at_barrier > 0) {
    text = std::to_string(at_barrier) + " of " + std::to_string(count_now) +
           " threads wait at __syncthreads";
  }
  for (unsigned t = 0; t < count_now; t++) {
    const Lane& lane = lanes[t];
    if (lane.state != AT_WARP) continue;
    if (at_barrier == 0) current = &lanes[t];
    char line[160];
    snprintf(line, sizeof line, "%sthread %u waits at %s with mask 0x%08x for lanes that never come",
             text.empty() ? "" : ", ", t, op_name(lane.op), lane.mask);
    text += line;
    break;
  }
  broken("never ends: %s", text.c_str());
}

void run_block() {
  started = exited = arrived = at_warp = 0;
  ready.clear();
  ready_head = 0;
  in_warp.assign((count_now + LANES - 1) / LANES, ~0u);
  if (count_now % LANES != 0) in_warp.back() = (1u << count_now % LANES) - 1;
  for (unsigned t = 0; t < count_now; t++) {
    lanes[t].state = FRESH;
    lanes[t].barriers = lanes[t].warps = 0;
  }
  if (control.shuffle != 0) {
    order.resize(count_now);
    for (unsigned t = 0; t < count_now; t++) order[t] = t;
    for (unsigned t = count_now; t > 1; t--) std::swap(order[t - 1], order[random_below(t)]);
  } else {
    order.clear();
  }
  for (;;) {
    if (ready_head < ready.size()) {
      if (control.shuffle != 0) {
        std::swap(ready[ready_head],
                  ready[ready_head + random_below(unsigned(ready.size() - ready_head))]);
      }
      Lane& lane = lanes[ready[ready_head++]];
      if (ready_head == ready.size()) {
        ready.clear();
        ready_head = 0;
      }
      current = &lane;
      change(&scheduler, lane.fiber);
    } else if (started < count_now) {
      change(&scheduler, take_fiber());
    } else if (exited == count_now) {
      return;
    } else if (!answer_activemask()) {
      deadlock();
    }
  }
}

// Shared memory is the statics of the kernels. Every block finds them full of 0xff: all at the start
// of a launch, and between blocks the lines that the first block of this launch changed.
struct Lines {
  char* from;
  size_t bytes;
};
std::vector<Lines> shared_lines;

void poison_shared() {
  memset(__start_jacana_shared, 0xff, __stop_jacana_shared - __start_jacana_shared);
}

void learn_shared() {
  shared_lines.clear();
  const size_t line = 64;
  for (char* p = __start_jacana_shared; p < __stop_jacana_shared; p += line) {
    size_t n = std::min(line, size_t(__stop_jacana_shared - p));
    bool changed = false;
    for (size_t i = 0; i < n && !changed; i++) changed = p[i] != char(0xff);
    if (!changed) continue;
    if (!shared_lines.empty() && shared_lines.back().from + shared_lines.back().bytes == p) {
      shared_lines.back().bytes += n;
    } else {
      shared_lines.push_back({p, n});
    }
  }
}

uint64_t step_for(uint64_t n) {
  uint64_t step = 1;
  if (n > 2) {
    for (step = random_below(uint32_t(std::min<uint64_t>(n, UINT32_MAX))) | 1;; step += 2) {
      uint64_t a = n, b = step % n;
      while (b != 0) std::swap(a %= b, b);
      if (a == 1) break;
    }
  }
  return step;
}

}  // namespace

void broken(const char* format, ...) {
  char text[512];
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
  leave(fail(CUDA_ERROR_LAUNCH_FAILED, "%s %s", where().c_str(), text));
}

void trap(const char* what, const char* file, int line) {
  leave(fail(what == nullptr ? CUDA_ERROR_LAUNCH_FAILED : CUDA_ERROR_ASSERT, "%s %s%s (%s:%d)",
             where().c_str(), what == nullptr ? "called __trap" : "failed assert: ",
             what == nullptr ? "" : what, file, line));
}

int barrier(int kind, int predicate) {
  Lane& lane = self();
  if (arrived == 0) {
    barrier_kind = kind;
    barrier_sum = barrier_any = 0;
    barrier_all = true;
  } else if (barrier_kind != kind) {
    broken("meets other threads of its block at a different kind of __syncthreads");
  }
  barrier_sum += predicate != 0;
  barrier_any |= predicate != 0;
  barrier_all &= predicate != 0;
  arrived++;
  lane.state = AT_BARRIER;
  if (!barrier_complete()) park();
  return int(lane.result);
}

uint64_t warp(int op, unsigned mask, uint64_t value, int argument, int width) {
  Lane& lane = self();
  unsigned first = lane.id / LANES * LANES, own = lane.id % LANES;
  if (op != WARP_ACTIVE && !(mask >> own & 1)) {
    broken("calls %s with mask 0x%08x, which leaves out its own lane %u", op_name(op), mask, own);
  }
  if (op <= WARP_XOR && (width < 1 || width > 32 || (width & (width - 1)) != 0)) {
    broken("calls %s with width %d, which is no power of two up to 32", op_name(op), width);
  }
  lane.op = op;
  lane.mask = mask;
  lane.value = value;
  lane.argument = argument;
  lane.width = width;
  lane.state = AT_WARP;
  at_warp++;
  if (op == WARP_ACTIVE || !warp_complete(first, lane)) park();
  return lane.result;
}

bool stack_overflow(const void* p) {
  for (const Fiber* fiber : fibers) {
    if ((const char*)p < fiber->stack && (const char*)p >= fiber->stack - GUARD) return true;
  }
  return false;
}

bool on_stack(const void* p) {
  const char* at = (const char*)p;
  if (running->stack != nullptr && at >= running->stack - GUARD && at < running->stack + STACK) {
    return true;
  }
  return at >= (const char*)lanes.data() && at < (const char*)(lanes.data() + lanes.size());
}

std::string where() {
  if (kernel_now == nullptr) return "";
  char text[256];
  if (current == nullptr) {
    snprintf(text, sizeof text, "kernel %s, block (%u,%u,%u)", kernel_now->name, block_index.x,
             block_index.y, block_index.z);
  } else {
    snprintf(text, sizeof text, "kernel %s, block (%u,%u,%u), thread (%u,%u,%u)", kernel_now->name,
             block_index.x, block_index.y, block_index.z, current->index.x, current->index.y,
             current->index.z);
  }
  return text;
}

void run_grid(const Kernel& kernel, Dim grid, Dim block, void** arguments) {
  kernel_now = &kernel;
  arguments_now = arguments;
  count_now = block.x * block.y * block.z;
  block_size = {block.x, block.y, block.z};
  grid_size = {grid.x, grid.y, grid.z};
  current = nullptr;
  lanes.resize(count_now);
  for (unsigned t = 0; t < count_now; t++) {
    Lane& lane = lanes[t];
    lane.id = t;
    lane.index = {t % block.x, t / block.x % block.y, t / block.x / block.y};
  }
  poison_shared();
  uint64_t blocks = uint64_t(grid.x) * grid.y * grid.z, at = 0, step = 1;
  if (control.shuffle != 0) {
    step = step_for(blocks);
    at = random_below(uint32_t(std::min<uint64_t>(blocks, UINT32_MAX)));
  }
  for (uint64_t i = 0; i < blocks; i++, at = (at + step) % blocks) {
    block_index = {unsigned(at % grid.x), unsigned(at / grid.x % grid.y),
                   unsigned(at / grid.x / grid.y)};
    run_block();
    if (i == 0 && blocks > 1) learn_shared();
    for (const Lines& lines : shared_lines) memset(lines.from, 0xff, lines.bytes);
  }
  kernel_now = nullptr;
  current = nullptr;
  shared_lines.clear();
}

void drop_fibers() {
  kernel_now = nullptr;
  current = nullptr;
  shared_lines.clear();
  idle_fibers.clear();
  for (Fiber* fiber : fibers) {
    prepare(fiber);
    idle_fibers.push_back(fiber);
  }
}

}  // namespace sim
