// The three convolutions, one thread per result, for what cuDNN does not take. Images are NHWC,
// filters OHWI, all contiguous. Every sum has a fixed order.
#include "common.cuh"

// The fields of ConvGeometry.java, in its order.
struct Conv {
  int n, h, w, c, o, kh, kw, oh, ow;
  int stride_h, stride_w, top, left, dilation_h, dilation_w, groups;
};

struct Double {
  typedef double sum;
  static __device__ __forceinline__ double get(const void* p, int, i64 i) {
    return ((const double*)p)[i];
  }
  static __device__ __forceinline__ void put(void* p, int, i64 i, double v) { ((double*)p)[i] = v; }
};

struct Float {
  typedef float sum;
  static __device__ __forceinline__ float get(const void* p, int, i64 i) {
    return ((const float*)p)[i];
  }
  static __device__ __forceinline__ void put(void* p, int, i64 i, float v) { ((float*)p)[i] = v; }
};

struct Half {
  typedef float sum;
  static __device__ __forceinline__ float get(const void* p, int, i64 i) {
    return f16_float(((const u16*)p)[i]);
  }
  static __device__ __forceinline__ void put(void* p, int, i64 i, float v) {
    ((u16*)p)[i] = float_f16(v);
  }
};

struct Brain {
  typedef float sum;
  static __device__ __forceinline__ float get(const void* p, int, i64 i) {
    return bf16_float(((const u16*)p)[i]);
  }
  static __device__ __forceinline__ void put(void* p, int, i64 i, float v) {
    ((u16*)p)[i] = float_bf16(v);
  }
};

struct Any {
  typedef double sum;
  static __device__ __forceinline__ double get(const void* p, int type, i64 i) {
    return load<double>(p, type, i);
  }
  static __device__ __forceinline__ void put(void* p, int type, i64 i, double v) {
    store(p, type, i, v);
  }
};

template <class T>
__device__ __forceinline__ void forward(const Conv& s, void* y, int ty, const void* x, int tx,
                                        const void* w, int tw) {
  int depth = s.c / s.groups, per = s.o / s.groups;
  EACH(i, (i64)s.n * s.oh * s.ow * s.o) {
    i64 rest = i;
    int o = (int)(rest % s.o);
    rest /= s.o;
    int ox = (int)(rest % s.ow);
    rest /= s.ow;
    int oy = (int)(rest % s.oh);
    i64 n = rest / s.oh;
    typename T::sum sum = 0;
#pragma unroll 1
    for (int ky = 0; ky < s.kh; ky++) {
      int iy = oy * s.stride_h - s.top + ky * s.dilation_h;
      if (iy < 0 || iy >= s.h) continue;
#pragma unroll 1
      for (int kx = 0; kx < s.kw; kx++) {
        int ix = ox * s.stride_w - s.left + kx * s.dilation_w;
        if (ix < 0 || ix >= s.w) continue;
        i64 xat = ((n * s.h + iy) * s.w + ix) * s.c + o / per * depth;
        i64 wat = (((i64)o * s.kh + ky) * s.kw + kx) * depth;
        for (int c = 0; c < depth; c++) sum += T::get(x, tx, xat + c) * T::get(w, tw, wat + c);
      }
    }
    T::put(y, ty, i, sum);
  }
}

template <class T>
__device__ __forceinline__ void grad_input(const Conv& s, void* dx, int tx, const void* dy, int ty,
                                           const void* w, int tw) {
  int depth = s.c / s.groups, per = s.o / s.groups;
  i64 next = (i64)s.kh * s.kw * depth;
  EACH(i, (i64)s.n * s.h * s.w * s.c) {
    i64 rest = i;
    int c = (int)(rest % s.c);
    rest /= s.c;
    int ix = (int)(rest % s.w);
    rest /= s.w;
    int iy = (int)(rest % s.h);
    i64 n = rest / s.h;
    int first = c / depth * per;
    typename T::sum sum = 0;
#pragma unroll 1
    for (int ky = 0; ky < s.kh; ky++) {
      int py = iy + s.top - ky * s.dilation_h;
      int oy = py / s.stride_h;
      if (py < 0 || oy * s.stride_h != py || oy >= s.oh) continue;
#pragma unroll 1
      for (int kx = 0; kx < s.kw; kx++) {
        int px = ix + s.left - kx * s.dilation_w;
        int ox = px / s.stride_w;
        if (px < 0 || ox * s.stride_w != px || ox >= s.ow) continue;
        i64 yat = ((n * s.oh + oy) * s.ow + ox) * s.o + first;
        i64 wat = (((i64)first * s.kh + ky) * s.kw + kx) * depth + c % depth;
        for (int o = 0; o < per; o++) {
          sum += T::get(dy, ty, yat + o) * T::get(w, tw, wat + o * next);
        }
      }
    }
    T::put(dx, tx, i, sum);
  }
}

// Threads along x share the positions of one weight and meet in shared memory; threads along y have
// different weights. blockDim.x is a power of two, the block has at most 256 threads.
template <class T>
__device__ __forceinline__ void grad_weight(const Conv& s, void* dw, int tw, const void* x, int tx,
                                            const void* dy, int ty) {
  __shared__ typename T::sum part[256];
  int depth = s.c / s.groups, per = s.o / s.groups;
  int lane = threadIdx.x, row = threadIdx.y * blockDim.x;
  i64 size = (i64)s.o * s.kh * s.kw * depth, positions = (i64)s.n * s.oh * s.ow;
  for (i64 base = (i64)blockIdx.x * blockDim.y; base < size; base += (i64)gridDim.x * blockDim.y) {
    i64 i = base + threadIdx.y, rest = i;
    int c = (int)(rest % depth);
    rest /= depth;
    int kx = (int)(rest % s.kw);
    rest /= s.kw;
    int ky = (int)(rest % s.kh);
    int o = (int)(rest / s.kh);
    typename T::sum sum = 0;
    if (i < size) {
#pragma unroll 1
      for (i64 p = lane; p < positions; p += blockDim.x) {
        int ix = (int)(p % s.ow) * s.stride_w - s.left + kx * s.dilation_w;
        i64 line = p / s.ow;
        int iy = (int)(line % s.oh) * s.stride_h - s.top + ky * s.dilation_h;
        if (ix < 0 || ix >= s.w || iy < 0 || iy >= s.h) continue;
        i64 xat = ((line / s.oh * s.h + iy) * s.w + ix) * s.c + o / per * depth + c;
        sum += T::get(x, tx, xat) * T::get(dy, ty, p * s.o + o);
      }
    }
    if (blockDim.x > 1) {
      part[row + lane] = sum;
#pragma unroll 1
      for (int half = blockDim.x / 2; half > 0; half /= 2) {
        __syncthreads();
        if (lane < half) part[row + lane] += part[row + lane + half];
      }
      sum = part[row + lane];
      __syncthreads();
    }
    if (lane == 0 && i < size) T::put(dw, tw, i, sum);
  }
}

#define KERNELS(NAME, T)                                                                       \
  extern "C" __global__ void conv_##NAME(Conv s, void* y, int ty, const void* x, int tx,       \
                                         const void* w, int tw) {                              \
    forward<T>(s, y, ty, x, tx, w, tw);                                                        \
  }                                                                                            \
  extern "C" __global__ void conv_grad_input_##NAME(Conv s, void* dx, int tx, const void* dy,  \
                                                    int ty, const void* w, int tw) {           \
    grad_input<T>(s, dx, tx, dy, ty, w, tw);                                                   \
  }                                                                                            \
  extern "C" __global__ void conv_grad_weight_##NAME(Conv s, void* dw, int tw, const void* x,  \
                                                     int tx, const void* dy, int ty) {         \
    grad_weight<T>(s, dw, tw, x, tx, dy, ty);                                                  \
  }

KERNELS(f64, Double)
KERNELS(f32, Float)
KERNELS(f16, Half)
KERNELS(bf16, Brain)
KERNELS(any, Any)
