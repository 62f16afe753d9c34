// Runs work of the simulated device so that a signal inside becomes a status, and leaves every other
// signal to the handler that was there before (the JVM's).
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <cstring>

#include "internal.h"

namespace sim {
namespace {

struct Guard {
  sigjmp_buf out;
  const char* name;
  volatile int signal = 0;
  void* volatile address = nullptr;
  volatile int code = 0;
  volatile int write = -1;
  volatile int status = 0;
};

// Read in a signal handler, where a lazily bound thread-local could allocate.
__thread Guard* active __attribute__((tls_model("initial-exec"))) = nullptr;

const int SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
struct sigaction before[65];

void chain(int signal, siginfo_t* info, void* context) {
  struct sigaction& old = before[signal];
  if (old.sa_flags & SA_SIGINFO) {
    old.sa_sigaction(signal, info, context);
  } else if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN) {
    old.sa_handler(signal);
  } else {
    sigaction(signal, &old, nullptr);  // returns to the same instruction, now without us
  }
}

void handle(int signal, siginfo_t* info, void* context) {
  Guard* guard = active;
  if (guard == nullptr || info->si_code <= 0) {
    chain(signal, info, context);
    return;
  }
  guard->signal = signal;
  guard->address = info->si_addr;
  guard->code = info->si_code;
#if defined(__x86_64__)
  guard->write = (((ucontext_t*)context)->uc_mcontext.gregs[REG_ERR] & 2) != 0;
#endif
  active = nullptr;
  siglongjmp(guard->out, 1);
}

void install() {
  static bool done = false;
  if (done) return;
  done = true;
  for (int signal : SIGNALS) {
    sigaction(signal, nullptr, &before[signal]);
    struct sigaction ours = before[signal];
    ours.sa_sigaction = handle;
    // On a stack of its own while device work runs: a thread that ran out of stack still reports.
    ours.sa_flags = (ours.sa_flags | SA_SIGINFO | SA_ONSTACK) & ~(SA_RESETHAND | SA_NODEFER);
    sigaction(signal, &ours, nullptr);
  }
}

// One alternate stack is enough: the lock lets one thread at a time run device work.
stack_t alternate() {
  static void* memory = nullptr;
  const size_t size = 128 << 10;
  if (memory == nullptr) {
    memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }
  stack_t stack = {};
  stack.ss_sp = memory;
  stack.ss_size = size;
  return stack;
}

int report(const Guard& guard) {
  std::string at = where();
  if (at.empty()) at = guard.name;
  if (guard.signal == SIGFPE) {
    return fail(CUDA_ERROR_LAUNCH_FAILED, "%s divided an integer by zero", at.c_str());
  }
  if (guard.signal == SIGILL || guard.signal == SIGTRAP) {
    return fail(CUDA_ERROR_MISALIGNED_ADDRESS,
                "%s used an address that is not aligned to the size of what it reads or writes",
                at.c_str());
  }
  if (stack_overflow(guard.address)) {
    return fail(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "%s used more than 64 KiB of stack", at.c_str());
  }
#if defined(__x86_64__)
  if (guard.address == nullptr && guard.code == SI_KERNEL) {
    return fail(CUDA_ERROR_MISALIGNED_ADDRESS, "%s used a misaligned or impossible address",
                at.c_str());
  }
#endif
  return fail(CUDA_ERROR_ILLEGAL_ADDRESS, "%s %s %s", at.c_str(),
              guard.write < 0   ? "touched"
              : guard.write > 0 ? "wrote"
                                : "read",
              describe(guard.address).c_str());
}

}  // namespace

int guarded(const std::string& name, const std::function<int()>& work) {
  install();
  stack_t ours = alternate(), old = {};
  sigaltstack(&ours, &old);
  Guard* outer = active;
  Guard guard;
  guard.name = name.c_str();
  volatile int status;
  if (sigsetjmp(guard.out, 1) == 0) {
    active = &guard;
    status = work();
    active = outer;
  } else {
    active = outer;
    status = guard.signal != 0 ? report(guard) : guard.status;
    drop_fibers();
  }
  if (!(old.ss_flags & SS_ONSTACK)) sigaltstack(&old, nullptr);
  return status;
}

bool guarded_copy(void* to, const void* from, size_t bytes) {
  return guarded("copy", [=] {
           memmove(to, from, bytes);
           return 0;
         }) == 0;
}

void leave(int status) {
  Guard* guard = active;
  guard->status = status;
  active = nullptr;
  siglongjmp(guard->out, 1);
}

}  // namespace sim
