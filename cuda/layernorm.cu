// Layer norm of n rows of k neighbouring elements (Ba et al. 2016): a group of lanes has a row. The
// means and the inverse standard deviations are kept for the gradient, in what sums are made in.
#include "block.cuh"

namespace layer {

__device__ __forceinline__ float root(float v) { return sqrtf(v); }
__device__ __forceinline__ double root(double v) { return sqrt(v); }

// Calls f(i, up(p[i])) for the lane's share of k elements.
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

// y = (x - mean) inverse gamma + beta; gamma and beta may be null.
template <class T, class A>
__device__ void forward(T* y, A* means, A* inverses, const T* x, const T* gamma, const T* beta,
                        i64 n, int k, int group, int packs, double epsilon) {
  const int N = Pack<T>::N;
  int lane = threadIdx.x % group, per_block = blockDim.x / group;
#pragma unroll 1
  for (i64 first = (i64)blockIdx.x * per_block; first < n; first += (i64)gridDim.x * per_block) {
    i64 row = first + threadIdx.x / group;
    int mine = row < n ? k : 0;
    const T* p = x + row * k;
    A sum = 0, rest = 0, squares = 0;
    each(p, mine, lane, group, packs, [&](int, A v) { sum += v; });
    A mean = sum_of(sum, group) / k;
    each(p, mine, lane, group, packs, [&](int, A v) {
      A d = v - mean;
      rest += d;
      squares += d * d;
    });
    // The mean was rounded: correct for what that left over.
    rest = sum_of(rest, group) / k;
    A variance = sum_of(squares, group) / k - rest * rest;
    A inverse = 1 / root((variance < 0 ? 0 : variance) + (A)epsilon);
    if (lane == 0 && mine) {
      means[row] = mean + rest;
      inverses[row] = inverse;
    }
    T* out = y + row * k;
    if (packs) {
#pragma unroll 1
      for (int i = lane; i < mine / N; i += group) {
        Pack<T> v = ((const Pack<T>*)p)[i], w;
#pragma unroll
        for (int j = 0; j < N; j++) {
          A t = (part(v, j) - mean - rest) * inverse;
          if (gamma) t *= up(gamma[i * N + j]);
          if (beta) t += up(beta[i * N + j]);
          put(w, j, t);
        }
        ((Pack<T>*)out)[i] = w;
      }
    } else {
#pragma unroll 1
      for (int i = lane; i < mine; i += group) {
        A t = (up(p[i]) - mean - rest) * inverse;
        if (gamma) t *= up(gamma[i]);
        if (beta) t += up(beta[i]);
        down(t, out[i]);
      }
    }
  }
}

// dx = inverse (g - mean(g) - hat mean(g hat)), g = dy gamma, hat = (x - mean) inverse.
template <class T, class A>
__device__ void backward(T* dx, const T* x, const T* dy, const T* gamma, const A* means,
                         const A* inverses, i64 n, int k, int group) {
  int lane = threadIdx.x % group, per_block = blockDim.x / group;
#pragma unroll 1
  for (i64 first = (i64)blockIdx.x * per_block; first < n; first += (i64)gridDim.x * per_block) {
    i64 row = first + threadIdx.x / group;
    int mine = row < n ? k : 0;
    const T *p = x + row * k, *q = dy + row * k;
    A mean = mine ? means[row] : 0, inverse = mine ? inverses[row] : 0, level = 0, slope = 0;
#pragma unroll 4
    for (int i = lane; i < mine; i += group) {
      A g = up(q[i]);
      if (gamma) g *= up(gamma[i]);
      level += g;
      slope += g * ((up(p[i]) - mean) * inverse);
    }
    level = sum_of(level, group) / k;
    slope = sum_of(slope, group) / k;
#pragma unroll 4
    for (int i = lane; i < mine; i += group) {
      A g = up(q[i]);
      if (gamma) g *= up(gamma[i]);
      down(inverse * (g - level - (up(p[i]) - mean) * inverse * slope), dx[row * k + i]);
    }
  }
}

// parts [2, k, splits]: sums over a piece of the rows of dy hat and of dy. Blocks of 32 columns x 8.
template <class T, class A>
__device__ void params(const T* x, const T* dy, const A* means, const A* inverses, i64 n, int k,
                       double* parts) {
  __shared__ double shared[2][8][32];
  int column = blockIdx.x * 32 + threadIdx.x, splits = gridDim.y;
  i64 each = (n + splits - 1) / splits, from = blockIdx.y * each;
  i64 to = from + each < n ? from + each : n;
  double slope = 0, level = 0;
  if (column < k) {
#pragma unroll 1
    for (i64 r = from + threadIdx.y; r < to; r += 8 * 16) {
      A s = 0, l = 0;
#pragma unroll 4
      for (int u = 0; u < 16; u++) {
        i64 row = r + 8 * u;
        if (row < to) {
          A g = up(dy[row * k + column]);
          l += g;
          s += g * ((up(x[row * k + column]) - means[row]) * inverses[row]);
        }
      }
      slope += s;
      level += l;
    }
  }
  shared[0][threadIdx.y][threadIdx.x] = slope;
  shared[1][threadIdx.y][threadIdx.x] = level;
  __syncthreads();
  if (threadIdx.y < 2 && column < k) {
    double sum = 0;
#pragma unroll
    for (int i = 0; i < 8; i++) sum += shared[threadIdx.y][i][threadIdx.x];
    parts[((i64)threadIdx.y * k + column) * splits + blockIdx.y] = sum;
  }
}

}  // namespace layer

// A warp per element: i < k of dgamma, then of dbeta.
extern "C" __global__ void layer_finish(const double* parts, int k, int splits, void* dgamma,
                                        void* dbeta, int type) {
  int lane = threadIdx.x % 32;
#pragma unroll 1
  for (i64 i = (i64)blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32; i < 2 * (i64)k;
       i += (i64)gridDim.x * (blockDim.x / 32)) {
    double sum = 0;
#pragma unroll 1
    for (i64 s = lane; s < splits; s += 32) sum += parts[i * splits + s];
    sum = sum_of(sum, 32);
    if (lane == 0) store(i < k ? dgamma : dbeta, type, i < k ? i : i - k, sum);
  }
}

#define LAYER(T, A, name)                                                                         \
  extern "C" __global__ void layer_norm_##name(T* y, A* means, A* inverses, const T* x,           \
                                               const T* gamma, const T* beta, i64 n, int k,       \
                                               int group, int packs, double epsilon) {            \
    layer::forward(y, means, inverses, x, gamma, beta, n, k, group, packs, epsilon);              \
  }                                                                                               \
  extern "C" __global__ void layer_grad_##name(T* dx, const T* x, const T* dy, const T* gamma,    \
                                               const A* means, const A* inverses, i64 n, int k,   \
                                               int group) {                                       \
    layer::backward(dx, x, dy, gamma, means, inverses, n, k, group);                              \
  }                                                                                               \
  extern "C" __global__ void layer_params_##name(const T* x, const T* dy, const A* means,         \
                                                 const A* inverses, i64 n, int k,                 \
                                                 double* parts) {                                 \
    layer::params(x, dy, means, inverses, n, k, parts);                                           \
  }

LAYER(float, float, f32)
LAYER(double, double, f64)
LAYER(Half, float, f16)
LAYER(Brain, float, bf16)
