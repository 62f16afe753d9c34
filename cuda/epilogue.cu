// What follows a product or a convolution, in place: a bias along the last axis and a rectifier.
#include "common.cuh"

struct Float {
  typedef float bits;
  enum { LANES = 4 };
  static __device__ __forceinline__ float get(float v) { return v; }
  static __device__ __forceinline__ float put(float v) { return v; }
};

struct Half {
  typedef u16 bits;
  enum { LANES = 8 };
  static __device__ __forceinline__ float get(u16 v) { return f16_float(v); }
  static __device__ __forceinline__ u16 put(float v) { return float_f16(v); }
};

struct Brain {
  typedef u16 bits;
  enum { LANES = 8 };
  static __device__ __forceinline__ float get(u16 v) { return bf16_float(v); }
  static __device__ __forceinline__ u16 put(float v) { return float_bf16(v); }
};

// Sixteen bytes, read and written at once.
template <class T>
struct alignas(16) Lanes {
  typename T::bits v[T::LANES];
};

template <class T>
__device__ __forceinline__ typename T::bits finish(typename T::bits y, float b, int relu) {
  float v = T::get(y) + b;
  // Not a number stays one.
  return T::put(relu && v <= 0 ? 0.0f : v);
}

// y[i] = relu?(y[i] + b[i % n]); with `wide`, n is a multiple of the lanes, y and b are aligned and
// b is contiguous. b may be null.
template <class T>
__device__ __forceinline__ void epilogue(i64 size, u32 n, typename T::bits* y,
                                         const typename T::bits* b, i64 stride, int relu,
                                         int wide) {
  i64 step = (i64)gridDim.x * blockDim.x, i = (i64)blockIdx.x * blockDim.x + threadIdx.x;
  u32 columns = wide ? n / T::LANES : n;
  i64 count = wide ? size / T::LANES : size;
  // The column moves by the same amount in every round.
  u32 column = (u32)(i % columns), move = (u32)(step % columns);
#pragma unroll 1
  for (; i < count; i += step) {
    if (wide) {
      Lanes<T> v = ((Lanes<T>*)y)[i];
      Lanes<T> add;
      if (b) add = ((const Lanes<T>*)b)[column];
#pragma unroll
      for (int l = 0; l < T::LANES; l++) {
        v.v[l] = finish<T>(v.v[l], b ? T::get(add.v[l]) : 0.0f, relu);
      }
      ((Lanes<T>*)y)[i] = v;
    } else {
      y[i] = finish<T>(y[i], b ? T::get(b[column * stride]) : 0.0f, relu);
    }
    column += move;
    if (column >= columns) column -= columns;
  }
}

extern "C" __global__ void epilogue_f32(i64 size, int n, float* y, const float* b, i64 stride,
                                        int relu, int wide) {
  epilogue<Float>(size, n, y, b, stride, relu, wide);
}

extern "C" __global__ void epilogue_f16(i64 size, int n, u16* y, const u16* b, i64 stride, int relu,
                                        int wide) {
  epilogue<Half>(size, n, y, b, stride, relu, wide);
}

extern "C" __global__ void epilogue_bf16(i64 size, int n, u16* y, const u16* b, i64 stride,
                                         int relu, int wide) {
  epilogue<Brain>(size, n, y, b, stride, relu, wide);
}
