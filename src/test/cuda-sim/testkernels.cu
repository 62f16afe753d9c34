// Kernels for the tests of the simulation itself, some with faults on purpose. PTX: ptx/testkernels.ptx,
// made by ptx/build.sh.
#ifdef JACANA_HOST
#include "shim.h"
#else
#include <cassert>
#endif

// y = a x + y, a grid-stride loop.
extern "C" __global__ void test_axpy(float a, const float* x, float* y, long long n) {
  for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < n;
       i += (long long)gridDim.x * blockDim.x) {
    y[i] += a * x[i];
  }
}

// Sum of a block's 256 values by shuffles and one barrier; one number a block.
extern "C" __global__ void __launch_bounds__(256) test_block_sum(const float* x, float* sums, int n) {
  __shared__ float parts[8];
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  float v = i < n ? x[i] : 0.0f;
  for (int step = 16; step > 0; step /= 2) v += __shfl_down_sync(0xffffffffu, v, step);
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = v;
  __syncthreads();
  if (threadIdx.x < 32) {
    v = threadIdx.x < 8 ? parts[threadIdx.x] : 0.0f;
    for (int step = 4; step > 0; step /= 2) v += __shfl_xor_sync(0xffffffffu, v, step);
    if (threadIdx.x == 0) sums[blockIdx.x] = v;
  }
}

// Every vote, shuffle and counting barrier once: out has 8 ints a thread.
extern "C" __global__ void test_warp(int* out) {
  int t = threadIdx.x, lane = t % 32;
  int* o = out + t * 8;
  o[0] = __shfl_sync(0xffffffffu, lane * 10, 5, 8);
  o[1] = __shfl_up_sync(0xffffffffu, lane, 3u);
  o[2] = __shfl_down_sync(0xffffffffu, lane, 3u, 16);
  o[3] = (int)__shfl_xor_sync(0xffffffffu, lane * 4294967296LL, 1) +
         (int)(__shfl_xor_sync(0xffffffffu, lane * 4294967296LL, 1) >> 32);
  o[4] = (int)__ballot_sync(0xffffffffu, lane % 3 == 0);
  o[5] = __any_sync(0xffffffffu, lane == 31) + 2 * __all_sync(0xffffffffu, lane < 31);
  o[6] = __syncthreads_count(t % 5 == 0) + 1000 * __syncthreads_or(t == 7) +
         10000 * __syncthreads_and(t < 7);
  if (lane < 12) o[7] = (int)__activemask();
  else o[7] = 0;
}

// Some threads leave before the barrier: the others go on without them.
extern "C" __global__ void test_early_exit(int* out, int leave) {
  if ((int)threadIdx.x < leave) return;
  __shared__ int count;
  if ((int)threadIdx.x == leave) count = 0;
  __syncthreads();
  atomicAdd(&count, 1);
  __syncthreads();
  out[threadIdx.x] = count;
}

// Parameters of every kind, as they lie in memory.
struct Sizes {
  int rows;
  double scale;
  short small[3];
};
extern "C" __global__ void test_parameters(double* out, int a, float b, double c, long long d,
                                           unsigned char e, Sizes s) {
  double values[] = {(double)a, b, c, (double)d, (double)e, (double)s.rows, s.scale,
                     (double)s.small[2]};
  if (threadIdx.x < 8) out[threadIdx.x] = values[threadIdx.x];
}

// ---- faults on purpose
extern "C" __global__ void test_read_beyond(const float* x, float* y, int i) {
  y[0] = x[i];
}

extern "C" __global__ void test_write_beyond(float* x, int i) {
  if (blockIdx.x == 1 && threadIdx.x == 3) x[i] = 1.0f;
}

// Reads a neighbour's value without waiting for it.
extern "C" __global__ void test_no_barrier(const int* x, int* y) {
  __shared__ int parts[64];
  int t = threadIdx.x;
  parts[t] = x[t];
  y[t] = t == 0 ? parts[0] : parts[t - 1];
}

// Half of the block waits at a barrier, the other half waits for a warp that never comes.
extern "C" __global__ void test_divergent_barrier(int* y) {
  int t = threadIdx.x;
  if (t < 16) {
    __syncthreads();
  } else {
    y[t] = __shfl_sync(0xffffffffu, t, 0);
  }
}

extern "C" __global__ void test_absent_lane(int* y) {
  int t = threadIdx.x;
  if (t >= 20) return;
  y[t] = __shfl_sync(0x000fffffu, t, 25);
}

extern "C" __global__ void test_own_lane_missing(int* y) {
  y[threadIdx.x] = __shfl_sync(0x0000ffffu, (int)threadIdx.x, 0);
}

extern "C" __global__ void test_misaligned(const float* x, float4* y) {
  y[0] = *reinterpret_cast<const float4*>(x + 1);
}

extern "C" __global__ void test_trap(const int* x) {
  if (x[threadIdx.x] < 0) __trap();
}

extern "C" __global__ void test_assert(const int* x) { assert(x[threadIdx.x] >= 0); }

extern "C" __global__ void test_divide(const int* x, int* y) { y[0] = x[0] / x[1]; }

extern "C" __global__ void test_unset_shared(int* y) {
  __shared__ int value;
  y[blockIdx.x] = value;
  value = 5;
}

extern "C" __global__ void test_deep_stack(int* y, int depth) {
  volatile char room[300000];
  for (int i = 0; i < depth; i++) room[i * 64] = (char)i;
  y[0] = room[depth / 2];
}

// ---- who touches what at the same time: for builds with SIM_CHECK=1
extern "C" __global__ void test_same_place(int* y) { y[threadIdx.x / 2] = threadIdx.x; }

extern "C" __global__ void test_neighbour_block(int* y) {
  int b = blockIdx.x;
  y[b] = b == 0 ? 0 : y[b - 1] + 1;
}

// Neighbours in a warp exchange through shared memory, with or without the barrier that it takes.
extern "C" __global__ void test_exchange(int* y, int wait) {
  __shared__ int parts[32];
  int t = threadIdx.x;
  parts[t] = t;
  if (wait) __syncwarp();
  y[t] = parts[t ^ 1];
}

// The block that comes last adds up what all wrote: ordered by the atomic counter.
extern "C" __global__ void test_last_block(int* parts, unsigned* count, int* sum) {
  __shared__ bool last;
  if (threadIdx.x == 0) {
    parts[blockIdx.x] = blockIdx.x;
    __threadfence();
    last = atomicAdd(count, 1u) == gridDim.x - 1;
  }
  __syncthreads();
  if (!last) return;
  if (threadIdx.x == 0) {
    int s = 0;
    for (unsigned b = 0; b < gridDim.x; b++) s += parts[b];
    *sum = s;
    *count = 0;
  }
}
