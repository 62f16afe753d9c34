// What every kernel file shares: element types, strided views, and the loop over elements.
//
// A kernel is `extern "C" __global__ void name(...)`; its arguments are pointers, numbers and the
// structs below, in the order in which Java writes them. Shared memory is static. The same text is
// compiled for the host by the tests' stand-in, which defines JACANA_HOST.
#pragma once
#ifdef JACANA_HOST
#include "shim.h"
#endif

typedef long long i64;
typedef unsigned long long u64;
typedef unsigned int u32;
typedef unsigned short u16;
typedef unsigned char u8;

// DType.ordinal()
enum Type { F64, F32, F16, BF16, I32, U8, BOOL };

__device__ __forceinline__ float bits_float(u32 bits) {
#ifdef JACANA_HOST
  float f;
  __builtin_memcpy(&f, &bits, 4);
  return f;
#else
  return __uint_as_float(bits);
#endif
}

__device__ __forceinline__ u32 float_bits(float f) {
#ifdef JACANA_HOST
  u32 bits;
  __builtin_memcpy(&bits, &f, 4);
  return bits;
#else
  return __float_as_uint(f);
#endif
}

__device__ __forceinline__ float bf16_float(u16 h) { return bits_float((u32)h << 16); }

__device__ __forceinline__ u16 float_bf16(float f) {
  u32 bits = float_bits(f);
  if (f != f) return (u16)(bits >> 16 | 0x40);
  return (u16)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

__device__ __forceinline__ float f16_float(u16 h) {
#ifdef JACANA_HOST
  u32 sign = (u32)(h & 0x8000) << 16, exponent = h >> 10 & 0x1f, mantissa = h & 0x3ff;
  if (exponent == 0x1f) return bits_float(sign | 0x7f800000 | mantissa << 13);
  if (exponent == 0) {
    float small = mantissa * 5.9604644775390625e-8f;  // 2^-24
    return sign ? -small : small;
  }
  return bits_float(sign | exponent + 112 << 23 | mantissa << 13);
#else
  float f;
  asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(h));
  return f;
#endif
}

__device__ __forceinline__ u16 float_f16(float f) {
#ifdef JACANA_HOST
  u32 bits = float_bits(f), sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return (u16)(sign | 0x7e00);
  if (magnitude >= 0x477ff000) return (u16)(sign | 0x7c00);
  if (magnitude < 0x38800000) {
    float shifted = bits_float(magnitude) + 0.5f;
    return (u16)(sign | (float_bits(shifted) - 0x3f000000));
  }
  u32 rounded = magnitude + 0xfff + (magnitude >> 13 & 1);
  return (u16)(sign | (rounded - 0x38000000) >> 13);
#else
  u16 h;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(f));
  return h;
#endif
}

// Java's (long) of a double: saturates, and NaN is 0.
__device__ __forceinline__ i64 whole(double v) {
  if (v != v) return 0;
  if (v >= 9223372036854775807.0) return 0x7fffffffffffffffLL;
  if (v <= -9223372036854775808.0) return -0x7fffffffffffffffLL - 1;
  return (i64)v;
}

// Element i of memory of a type, as a float or double.
template <class A>
__device__ __forceinline__ A load(const void* p, int type, i64 i) {
  switch (type) {
    case F64: return (A)((const double*)p)[i];
    case F32: return (A)((const float*)p)[i];
    case F16: return (A)f16_float(((const u16*)p)[i]);
    case BF16: return (A)bf16_float(((const u16*)p)[i]);
    case I32: return (A)((const int*)p)[i];
    default: return (A)((const u8*)p)[i];
  }
}

template <class A>
__device__ __forceinline__ void store(void* p, int type, i64 i, A v) {
  switch (type) {
    case F64: ((double*)p)[i] = (double)v; break;
    case F32: ((float*)p)[i] = (float)v; break;
    case F16: ((u16*)p)[i] = float_f16((float)v); break;
    case BF16: ((u16*)p)[i] = float_bf16((float)v); break;
    case I32: ((int*)p)[i] = (int)whole((double)v); break;
    case U8: ((u8*)p)[i] = (u8)whole((double)v); break;
    default: ((u8*)p)[i] = v != (A)0;
  }
}

// K views of one shape: extents and, per view, strides in elements. Innermost axis last. Base
// pointers already hold the views' offsets.
enum { MAX_RANK = 8 };

template <int K>
struct Strided {
  i64 size;
  int rank;
  int dim[MAX_RANK];
  i64 stride[K][MAX_RANK];
};
// Java writes the struct without gaps but for one: 4 bytes after dim, so that stride is aligned.

typedef Strided<1> Strided1;
typedef Strided<2> Strided2;
typedef Strided<3> Strided3;
typedef Strided<4> Strided4;

// The positions of logical element i in each view.
template <int K>
__device__ __forceinline__ void locate(const Strided<K>& s, i64 i, i64 (&at)[K]) {
#pragma unroll
  for (int k = 0; k < K; k++) at[k] = 0;
  if (s.size <= 0x7fffffff) {
    u32 rest = (u32)i;
#pragma unroll 1
    for (int d = s.rank - 1; d >= 0; d--) {
      u32 n = (u32)s.dim[d], q = rest / n, r = rest - q * n;
      rest = q;
#pragma unroll
      for (int k = 0; k < K; k++) at[k] += r * s.stride[k][d];
    }
  } else {
    u64 rest = (u64)i;
#pragma unroll 1
    for (int d = s.rank - 1; d >= 0; d--) {
      u64 n = (u64)s.dim[d], q = rest / n, r = rest - q * n;
      rest = q;
#pragma unroll
      for (int k = 0; k < K; k++) at[k] += (i64)r * s.stride[k][d];
    }
  }
}

// for (i = this thread's first; i < n; i += all threads): any grid covers any n.
#define EACH(i, n)                                                       \
  for (i64 i = (i64)blockIdx.x * blockDim.x + threadIdx.x, i##_end = (n); \
       i < i##_end; i += (i64)gridDim.x * blockDim.x)
