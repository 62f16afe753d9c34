// How fast the multiprocessors' clocks run, counted by themselves.
#include "common.cuh"

#ifdef JACANA_HOST
#define global_timer() ::sim::global_timer()
#else
__device__ __forceinline__ u64 global_timer() {
  u64 t;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(t)::"memory");
  return t;
}
#endif

// Each block waits for about so many nanoseconds of the device's timer and writes how many cycles
// and how many nanoseconds it has waited: out[2 block], out[2 block + 1]. The timer goes on in
// steps of up to a few microseconds, so that both counts begin and end at a step.
extern "C" __global__ void clock_cycles(i64 nanoseconds, i64* out) {
  if (threadIdx.x != 0) return;
  u64 before = global_timer(), begin = before;
  while (begin == before) begin = global_timer();
  i64 first = (i64)clock64();
  u64 end = begin;
  while ((i64)(end - begin) < nanoseconds) end = global_timer();
  i64 last = (i64)clock64();
  out[2 * (i64)blockIdx.x] = last - first;
  out[2 * (i64)blockIdx.x + 1] = (i64)(end - begin);
}
