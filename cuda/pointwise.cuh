// Reading and writing for pointwise kernels: four neighbouring elements at a time where the views'
// innermost axis allows it, as floats whatever the type in memory.
#pragma once

// How a function is used: copied into its place, or called.
#define INLINE __device__ __forceinline__
#ifdef JACANA_HOST
#define CALLED __attribute__((noinline))
#else
#define CALLED __device__ __noinline__
#endif
#define APART static CALLED

// Four neighbours, read and written by one instruction.
template <class T>
struct alignas(4 * sizeof(T)) Four {
  T v[4];
};

template <class T>
__device__ __forceinline__ Four<T> four(const void* p, i64 at) {
  return *(const Four<T>*)((const T*)p + at);
}

// The positions of logical element i in each view: as locate, in less code, and without a division
// for the outermost axis. Divisions of numbers below 2^32 take the short way at run time.
template <int K>
__device__ __forceinline__ void place(const Strided<K>& s, i64 i, i64 (&at)[K]) {
#pragma unroll
  for (int k = 0; k < K; k++) at[k] = 0;
  u64 rest = (u64)i;
#pragma unroll 1
  for (int d = s.rank - 1; d > 0; d--) {
    u64 n = (u64)s.dim[d], q = rest / n, r = rest - q * n;
    rest = q;
#pragma unroll
    for (int k = 0; k < K; k++) at[k] += (i64)r * s.stride[k][d];
  }
#pragma unroll
  for (int k = 0; k < K; k++) at[k] += (i64)rest * s.stride[k][0];
}

// Types that a float holds: not F64, not I32.
APART float get(const void* p, int type, i64 i) {
  switch (type) {
    case F32: return ((const float*)p)[i];
    case F16: return f16_float(((const u16*)p)[i]);
    case BF16: return bf16_float(((const u16*)p)[i]);
    default: return (float)((const u8*)p)[i];
  }
}

// Float types but F64, and BOOL.
APART void put(void* p, int type, i64 i, float v) {
  switch (type) {
    case F32: ((float*)p)[i] = v; break;
    case F16: ((u16*)p)[i] = float_f16(v); break;
    case BF16: ((u16*)p)[i] = float_bf16(v); break;
    default: ((u8*)p)[i] = v != 0;
  }
}

// Four elements from `at`; where the innermost stride is 0, four times one.
INLINE Four<float> get4(const void* p, int type, i64 at, i64 stride) {
  Four<float> v;
  if (stride == 0) {
    v.v[0] = v.v[1] = v.v[2] = v.v[3] = get(p, type, at);
    return v;
  }
  switch (type) {
    case F32: return four<float>(p, at);
    case F16: {
      Four<u16> h = four<u16>(p, at);
#pragma unroll
      for (int k = 0; k < 4; k++) v.v[k] = f16_float(h.v[k]);
      return v;
    }
    case BF16: {
      Four<u16> h = four<u16>(p, at);
#pragma unroll
      for (int k = 0; k < 4; k++) v.v[k] = bf16_float(h.v[k]);
      return v;
    }
    default: {
      Four<u8> b = four<u8>(p, at);
#pragma unroll
      for (int k = 0; k < 4; k++) v.v[k] = (float)b.v[k];
      return v;
    }
  }
}

APART void put4(void* p, int type, i64 at, Four<float> v) {
  switch (type) {
    case F32: *(Four<float>*)((float*)p + at) = v; break;
    case F16: {
      Four<u16> h;
#pragma unroll
      for (int k = 0; k < 4; k++) h.v[k] = float_f16(v.v[k]);
      *(Four<u16>*)((u16*)p + at) = h;
      break;
    }
    case BF16: {
      Four<u16> h;
#pragma unroll
      for (int k = 0; k < 4; k++) h.v[k] = float_bf16(v.v[k]);
      *(Four<u16>*)((u16*)p + at) = h;
      break;
    }
    default: {
      Four<u8> b;
#pragma unroll
      for (int k = 0; k < 4; k++) b.v[k] = v.v[k] != 0;
      *(Four<u8>*)((u8*)p + at) = b;
    }
  }
}

// Java's (int) of a double: saturates, and NaN is 0.
__device__ __forceinline__ int integer(double v) {
  if (v != v) return 0;
  if (v >= 2147483647.0) return 2147483647;
  if (v <= -2147483648.0) return -2147483647 - 1;
  return (int)v;
}
