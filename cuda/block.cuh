// Element types with their sums' types, 16-byte loads, and joins over the lanes of a group: a power
// of two up to 32 of a warp's lanes, or the whole block.
#pragma once
#include "common.cuh"

struct Half {
  u16 bits;
};
struct Brain {
  u16 bits;
};

__device__ __forceinline__ float up(float v) { return v; }
__device__ __forceinline__ double up(double v) { return v; }
__device__ __forceinline__ float up(Half v) { return f16_float(v.bits); }
__device__ __forceinline__ float up(Brain v) { return bf16_float(v.bits); }

__device__ __forceinline__ void down(float v, float& out) { out = v; }
__device__ __forceinline__ void down(double v, double& out) { out = v; }
__device__ __forceinline__ void down(float v, Half& out) { out.bits = float_f16(v); }
__device__ __forceinline__ void down(float v, Brain& out) { out.bits = float_bf16(v); }

// What is computed in: double for double, else float.
template <class T>
struct In {
  typedef float type;
};
template <>
struct In<double> {
  typedef double type;
};

template <class T>
struct alignas(16) Pack {
  enum { N = 16 / sizeof(T) };
  u32 word[4];
};

__device__ __forceinline__ float part(const Pack<float>& p, int i) { return bits_float(p.word[i]); }
__device__ __forceinline__ double part(const Pack<double>& p, int i) {
  u64 bits = (u64)p.word[2 * i + 1] << 32 | p.word[2 * i];
  double d;
  memcpy(&d, &bits, 8);
  return d;
}
__device__ __forceinline__ float part(const Pack<Half>& p, int i) {
  return f16_float((u16)(p.word[i / 2] >> 16 * (i % 2)));
}
__device__ __forceinline__ float part(const Pack<Brain>& p, int i) {
  return bf16_float((u16)(p.word[i / 2] >> 16 * (i % 2)));
}

__device__ __forceinline__ void put(Pack<float>& p, int i, float v) { p.word[i] = float_bits(v); }
__device__ __forceinline__ void put(Pack<double>& p, int i, double v) {
  u64 bits;
  memcpy(&bits, &v, 8);
  p.word[2 * i] = (u32)bits;
  p.word[2 * i + 1] = (u32)(bits >> 32);
}
__device__ __forceinline__ void put16(u32 (&word)[4], int i, u16 bits) {
  if (i % 2 == 0) {
    word[i / 2] = bits;
  } else {
    word[i / 2] |= (u32)bits << 16;
  }
}
// In the order of i.
__device__ __forceinline__ void put(Pack<Half>& p, int i, float v) {
  put16(p.word, i, float_f16(v));
}
__device__ __forceinline__ void put(Pack<Brain>& p, int i, float v) {
  put16(p.word, i, float_bf16(v));
}

__device__ __forceinline__ bool aligned(const void* p) { return ((size_t)p & 15) == 0; }

struct Plus {
  template <class A>
  __device__ __forceinline__ A operator()(A a, A b) const {
    return a + b;
  }
};

// NaN wins.
struct Larger {
  template <class A>
  __device__ __forceinline__ A operator()(A a, A b) const {
    return b > a || b != b ? b : a;
  }
};

// The join of v over a group; every lane of the block must call it, and every lane of the group has
// the result, which has the same bits in every run. Blocks are whole warps.
template <class A, class J>
__device__ __forceinline__ A together(A v, int group, J join) {
#pragma unroll 1
  for (int m = (group < 32 ? group : 32) / 2; m > 0; m >>= 1) {
    v = join(v, __shfl_xor_sync(0xffffffffu, v, m));
  }
  if (group > 32) {
    __shared__ A warps[32];
    __syncthreads();
    if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = v;
    __syncthreads();
    v = warps[0];
#pragma unroll 1
    for (int i = 1; i < group / 32; i++) v = join(v, warps[i]);
  }
  return v;
}

template <class A>
__device__ __forceinline__ A sum_of(A v, int group) {
  return together(v, group, Plus());
}
