// Softmax and cross-entropy of rows of k neighbouring elements. A group of lanes has a row: as many
// of a warp's as it needs, or a block; the passes after the first find the row in a cache.
#include "block.cuh"

namespace rows {

__device__ __forceinline__ float exponential(float v) { return expf(v); }
__device__ __forceinline__ double exponential(double v) { return exp(v); }
__device__ __forceinline__ float logarithm(float v) { return logf(v); }
__device__ __forceinline__ double logarithm(double v) { return log(v); }

// Calls f(i, up(p[i])) for the lane's share of k elements; by packs when `packs`.
template <class T, class F>
__device__ __forceinline__ void each(const T* p, int k, int lane, int group, bool packs, F f) {
  if (packs) {
#pragma unroll 1
    for (int i = lane; i < k / Pack<T>::N; i += group) {
      Pack<T> v = ((const Pack<T>*)p)[i];
#pragma unroll
      for (int j = 0; j < Pack<T>::N; j++) f(i * Pack<T>::N + j, part(v, j));
    }
  } else {
#pragma unroll 1
    for (int i = lane; i < k; i += group) f(i, up(p[i]));
  }
}

// out[i] = f(i, p[i]) likewise.
template <class T, class F>
__device__ __forceinline__ void map(T* out, const T* p, int k, int lane, int group, bool packs,
                                    F f) {
  if (packs) {
#pragma unroll 1
    for (int i = lane; i < k / Pack<T>::N; i += group) {
      Pack<T> v = ((const Pack<T>*)p)[i], w;
#pragma unroll
      for (int j = 0; j < Pack<T>::N; j++) put(w, j, f(i * Pack<T>::N + j, part(v, j)));
      ((Pack<T>*)out)[i] = w;
    }
  } else {
#pragma unroll 1
    for (int i = lane; i < k; i += group) down(f(i, up(p[i])), out[i]);
  }
}

// The largest element, and the sum of exp(element - largest); all lanes of the block call it.
template <class T, class A>
__device__ __forceinline__ void shift(const T* p, int k, int lane, int group, bool packs, A& most,
                                      A& sum) {
  A m = (A)(-1.0 / 0.0);
  Larger larger;
  each(p, k, lane, group, packs, [&](int, A v) { m = larger(m, v); });
  m = together(m, group, larger);
  A s = 0;
  each(p, k, lane, group, packs, [&](int, A v) { s += exponential(v - m); });
  sum = sum_of(s, group);
  most = m;
}

template <class T>
__device__ void softmax(T* y, const T* x, i64 n, int k, int group, int packs, int log) {
  typedef typename In<T>::type A;
  int lane = threadIdx.x % group, per_block = blockDim.x / group;
#pragma unroll 1
  for (i64 first = (i64)blockIdx.x * per_block; first < n; first += (i64)gridDim.x * per_block) {
    i64 row = first + threadIdx.x / group;
    int mine = row < n ? k : 0;
    const T* p = x + row * k;
    A most, sum;
    shift(p, mine, lane, group, packs, most, sum);
    if (log) {
      A down = logarithm(sum);
      map(y + row * k, p, mine, lane, group, packs, [=](int, A v) { return v - most - down; });
    } else {
      A factor = 1 / sum;
      map(y + row * k, p, mine, lane, group, packs,
          [=](int, A v) { return exponential(v - most) * factor; });
    }
  }
}

// dx = y (dy - sum(dy y)), or dy - exp(y) sum(dy) for the logarithm.
template <class T>
__device__ void softmax_grad(T* dx, const T* dy, const T* y, i64 n, int k, int group, int packs,
                             int log) {
  typedef typename In<T>::type A;
  const int N = Pack<T>::N;
  int lane = threadIdx.x % group, per_block = blockDim.x / group;
#pragma unroll 1
  for (i64 first = (i64)blockIdx.x * per_block; first < n; first += (i64)gridDim.x * per_block) {
    i64 row = first + threadIdx.x / group;
    int mine = row < n ? k : 0;
    const T *p = y + row * k, *g = dy + row * k;
    A sum = 0;
    if (log) {
      each(g, mine, lane, group, packs, [&](int, A v) { sum += v; });
    } else {
      each(g, mine, lane, group, packs, [&](int i, A v) { sum += v * up(p[i]); });
    }
    sum = sum_of(sum, group);
    if (packs) {
#pragma unroll 1
      for (int i = lane; i < mine / N; i += group) {
        Pack<T> v = ((const Pack<T>*)p)[i], w = ((const Pack<T>*)g)[i], r;
#pragma unroll
        for (int j = 0; j < N; j++) {
          A a = part(v, j), b = part(w, j);
          put(r, j, log ? b - exponential(a) * sum : a * (b - sum));
        }
        ((Pack<T>*)(dx + row * k))[i] = r;
      }
    } else {
#pragma unroll 1
      for (int i = lane; i < mine; i += group) {
        A a = up(p[i]), b = up(g[i]);
        down(log ? b - exponential(a) * sum : a * (b - sum), dx[row * k + i]);
      }
    }
  }
}

// The loss of each row, where `loss` is given, and its gradient, where `dz` is: times dloss[row], or
// times `scale`. Labels that are no class make NaN.
template <class T>
__device__ void cross_entropy(T* loss, i64 loss_stride, T* dz, const T* dloss, i64 dloss_stride,
                              double scale, const T* z, i64 z_stride, const int* labels,
                              i64 label_stride, i64 n, int k, int group, int packs) {
  typedef typename In<T>::type A;
  int lane = threadIdx.x % group, per_block = blockDim.x / group;
#pragma unroll 1
  for (i64 first = (i64)blockIdx.x * per_block; first < n; first += (i64)gridDim.x * per_block) {
    i64 row = first + threadIdx.x / group;
    int mine = row < n ? k : 0;
    const T* p = z + row * z_stride;
    A most, sum;
    shift(p, mine, lane, group, packs, most, sum);
    if (row >= n) continue;
    int label = labels[row * label_stride];
    bool known = label >= 0 && label < k;
    if (loss && lane == 0) {
      A v = known ? logarithm(sum) - (up(p[label]) - most) : (A)(0.0 / 0.0);
      down(v, loss[row * loss_stride]);
    }
    if (dz) {
      A weight = dloss ? up(dloss[row * dloss_stride]) : (A)scale;
      if (!known) weight = (A)(0.0 / 0.0);
      A factor = 1 / sum;
      map(dz + row * k, p, k, lane, group, packs, [=](int i, A v) {
        A s = exponential(v - most) * factor;
        return weight * (i == label ? s - 1 : s);
      });
    }
  }
}

}  // namespace rows

#define ROWS(T, name)                                                                             \
  extern "C" __global__ void softmax_##name(T* y, const T* x, i64 n, int k, int group, int packs, \
                                            int log) {                                            \
    rows::softmax(y, x, n, k, group, packs, log);                                                 \
  }                                                                                               \
  extern "C" __global__ void softmax_grad_##name(T* dx, const T* dy, const T* y, i64 n, int k,    \
                                                 int group, int packs, int log) {                 \
    rows::softmax_grad(dx, dy, y, n, k, group, packs, log);                                       \
  }                                                                                               \
  extern "C" __global__ void cross_entropy_##name(                                                \
      T* loss, i64 loss_stride, T* dz, const T* dloss, i64 dloss_stride, double scale,            \
      const T* z, i64 z_stride, const int* labels, i64 label_stride, i64 n, int k, int group,     \
      int packs) {                                                                                \
    rows::cross_entropy(loss, loss_stride, dz, dloss, dloss_stride, scale, z, z_stride, labels,   \
                        label_stride, n, k, group, packs);                                        \
  }

ROWS(float, f32)
ROWS(double, f64)
ROWS(Half, f16)
ROWS(Brain, bf16)
