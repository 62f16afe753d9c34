// What every exported function of the driver begins with.
#pragma once
#include "internal.h"

namespace sim {
int context_status(const char* function);  // 0, or why this thread cannot make the call
}

#define API(name, ...) extern "C" SIM_API int name(__VA_ARGS__)

// Counts the call, fails when a test asked for it; ENTER also needs a context that is whole.
#define ENTER_BARE(name)   \
  Lock lock(::sim::mutex); \
  if (int status = sim_should_fail(name)) return status
#define ENTER(name)                                       \
  ENTER_BARE(name);                                       \
  if (int status = context_status(name)) return status;   \
  if (sticky != 0) return sticky
#define NEED(condition, name) \
  if (!(condition)) return fail(CUDA_ERROR_INVALID_VALUE, "%s: not so: %s", name, #condition)
