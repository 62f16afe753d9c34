// Batch norm of n rows of c channels. Threads go down columns side by side, V channels each (1, or a
// 16-byte pack); tiles of columns lie along the grid's x, pieces of the rows along y. The pieces'
// results are joined by a warp per channel, in an order fixed by the shape.
#include "block.cuh"

namespace batch {

// What runs are joined in.
template <class T>
struct Joined {
  typedef double type;
};
template <>
struct Joined<Half> {
  typedef float type;
};
template <>
struct Joined<Brain> {
  typedef float type;
};

__device__ __forceinline__ void piece(i64 n, i64 splits, i64 s, i64& from, i64& to) {
  i64 each = (n + splits - 1) / splits;
  from = s * each < n ? s * each : n;
  to = from + each < n ? from + each : n;
}

// A thread's place: its first channel, and its row among the block's.
template <int V>
struct Place {
  int rows, row;
  i64 column;
  bool active;
  __device__ __forceinline__ Place(int c, int width) {
    rows = blockDim.x / width;
    row = threadIdx.x / width;
    column = ((i64)blockIdx.x * width + (threadIdx.x - row * width)) * V;
    active = row < rows && column < c;
  }
};

template <class T, int V>
__device__ __forceinline__ void read(const T* p, typename In<T>::type (&v)[V]) {
  if (V == 1) {
    v[0] = up(*p);
  } else {
    Pack<T> q = *(const Pack<T>*)p;
#pragma unroll
    for (int i = 0; i < V; i++) v[i] = part(q, i);
  }
}

template <class T, int V>
__device__ __forceinline__ void write(T* p, const typename In<T>::type (&v)[V]) {
  if (V == 1) {
    down(v[0], *p);
  } else {
    Pack<T> q;
#pragma unroll
    for (int i = 0; i < V; i++) put(q, i, v[i]);
    *(Pack<T>*)p = q;
  }
}

// Mean and sum of squared differences of two sets of numbers (Chan, Golub and LeVeque 1983).
template <class R>
__device__ __forceinline__ void unite(R& mean, R& squares, R count, R other_mean, R other_squares,
                                      R other) {
  if (other == 0) return;
  R total = count + other, delta = other_mean - mean, share = other / total;
  mean += delta * share;
  squares += other_squares + delta * delta * count * share;
}

// parts: means [c, splits], then squared differences from them [c, splits].
template <class T, int V>
__device__ void stats(const T* x, i64 n, int c, int width, double* parts) {
  typedef typename In<T>::type A;
  typedef typename Joined<T>::type R;
  const int RUN = V == 1 ? 16 : 32 / V;
  __shared__ R means[V * 256], squares[V * 256];
  __shared__ R counts[256];
  Place<V> at(c, width);
  i64 splits = gridDim.y, from, to;
  piece(n, splits, blockIdx.y, from, to);
  R mean[V], square[V], count = 0;
#pragma unroll
  for (int v = 0; v < V; v++) mean[v] = square[v] = 0;
  if (at.active) {
#pragma unroll 1
    for (i64 r = from + at.row; r < to; r += RUN * at.rows) {
      // Two passes over a run in registers.
      A e[RUN][V];
      int m = 0;
#pragma unroll
      for (int u = 0; u < RUN; u++) {
        i64 row = r + u * at.rows;
        if (row < to) {
          read<T, V>(x + row * c + at.column, e[u]);
          m++;
        } else {
#pragma unroll
          for (int v = 0; v < V; v++) e[u][v] = 0;
        }
      }
      A part = (A)1 / m;
      R total = count + m, share = m / total;
#pragma unroll
      for (int v = 0; v < V; v++) {
        A sum = 0, rest = 0, q = 0;
#pragma unroll
        for (int u = 0; u < RUN; u++) sum += e[u][v];
        A centre = sum * part;
#pragma unroll
        for (int u = 0; u < RUN; u++) {
          A d = u < m ? e[u][v] - centre : 0;
          rest += d;
          q += d * d;
        }
        q -= rest * rest * part;
        R delta = (R)centre + (R)(rest * part) - mean[v];
        mean[v] += delta * share;
        square[v] += (R)q + delta * delta * count * share;
      }
      count = total;
    }
  }
#pragma unroll
  for (int v = 0; v < V; v++) {
    means[v * 256 + threadIdx.x] = mean[v];
    squares[v * 256 + threadIdx.x] = square[v];
  }
  counts[threadIdx.x] = count;
  int live = at.rows;
#pragma unroll 1
  while (live > 1) {
    int half = (live + 1) / 2, j = threadIdx.x + half * width;
    __syncthreads();
    bool joins = at.row < live - half;
    if (joins) {
#pragma unroll 1
      for (int i = 0; i < V * 256; i += 256) {
        unite(means[i + threadIdx.x], squares[i + threadIdx.x], counts[threadIdx.x], means[i + j],
              squares[i + j], counts[j]);
      }
    }
    if (joins) counts[threadIdx.x] += counts[j];
    live = half;
  }
  if (at.row == 0 && at.active) {
#pragma unroll 1
    for (int v = 0; v < V; v++) {
      i64 k = (at.column + v) * splits + blockIdx.y;
      parts[k] = means[v * 256 + threadIdx.x];
      parts[(i64)c * splits + k] = squares[v * 256 + threadIdx.x];
    }
  }
}

// y = (x - factors[0]) factors[1] + factors[2], + residual, and no less than 0 when relu.
template <class T, int V>
__device__ void apply(T* y, const T* x, const T* residual, const double* factors, i64 n, int c,
                      int width, int relu) {
  typedef typename In<T>::type A;
  Place<V> at(c, width);
  if (!at.active) return;
  A f[3][V];
#pragma unroll
  for (int v = 0; v < V; v++) {
#pragma unroll
    for (int k = 0; k < 3; k++) f[k][v] = (A)factors[(i64)k * c + at.column + v];
  }
#pragma unroll (V == 1 ? 2 : 1)
  for (i64 r = (i64)blockIdx.y * at.rows + at.row; r < n; r += (i64)gridDim.y * at.rows) {
    i64 i = r * c + at.column;
    A e[V], add[V];
    read<T, V>(x + i, e);
    if (residual) read<T, V>(residual + i, add);
#pragma unroll
    for (int v = 0; v < V; v++) {
      A t = (e[v] - f[0][v]) * f[1][v] + f[2][v];
      if (residual) t += add[v];
      e[v] = relu && t < 0 ? (A)0 : t;
    }
    write<T, V>(y + i, e);
  }
}

// parts [K, c, splits]: sums of dy and of dy (x - mean); for 16-bit types, whose mean is rounded,
// also of x - mean and its square. dy counts where y > 0, when y is given.
template <class T>
struct Sums {
  enum { K = 2 };
};
template <>
struct Sums<Half> {
  enum { K = 4 };
};
template <>
struct Sums<Brain> {
  enum { K = 4 };
};

template <class T, int V>
__device__ void sums(const T* x, const T* dy, const T* y, const void* mean, int mean_type, i64 n,
                     int c, int width, double* parts) {
  typedef typename In<T>::type A;
  typedef typename Joined<T>::type R;
  const int K = Sums<T>::K;
  __shared__ R shared[K * V * 256];
  Place<V> at(c, width);
  i64 splits = gridDim.y, from, to;
  piece(n, splits, blockIdx.y, from, to);
  R sum[K][V];
#pragma unroll
  for (int k = 0; k < K; k++) {
#pragma unroll
    for (int v = 0; v < V; v++) sum[k][v] = 0;
  }
  if (at.active) {
    A centre[V];
#pragma unroll
    for (int v = 0; v < V; v++) centre[v] = load<A>(mean, mean_type, at.column + v);
#pragma unroll 1
    for (i64 r = from + at.row; r < to; r += 16 * at.rows) {
      A run[K][V];
#pragma unroll
      for (int k = 0; k < K; k++) {
#pragma unroll
        for (int v = 0; v < V; v++) run[k][v] = 0;
      }
#pragma unroll (V == 1 ? 4 : 1)
      for (int u = 0; u < 16; u++) {
        i64 row = r + u * at.rows;
        if (row < to) {
          i64 i = row * c + at.column;
          A e[V], g[V], o[V];
          read<T, V>(x + i, e);
          read<T, V>(dy + i, g);
          if (y) read<T, V>(y + i, o);
#pragma unroll
          for (int v = 0; v < V; v++) {
            A d = e[v] - centre[v], t = y && !(o[v] > 0) ? (A)0 : g[v];
            run[0][v] += t;
            run[1][v] += t * d;
            if (K == 4) {
              run[K - 2][v] += d;
              run[K - 1][v] += d * d;
            }
          }
        }
      }
#pragma unroll
      for (int k = 0; k < K; k++) {
#pragma unroll
        for (int v = 0; v < V; v++) sum[k][v] += run[k][v];
      }
    }
  }
#pragma unroll
  for (int k = 0; k < K; k++) {
#pragma unroll
    for (int v = 0; v < V; v++) shared[(k * V + v) * 256 + threadIdx.x] = sum[k][v];
  }
  int live = at.rows;
#pragma unroll 1
  while (live > 1) {
    int half = (live + 1) / 2;
    __syncthreads();
    if (at.row < live - half) {
#pragma unroll 1
      for (int i = threadIdx.x; i < K * V * 256; i += 256) shared[i] += shared[i + half * width];
    }
    live = half;
  }
  if (at.row == 0 && at.active) {
#pragma unroll 1
    for (int i = 0; i < K * V; i++) {
      int k = i / V, v = i % V;
      parts[((i64)k * c + at.column + v) * splits + blockIdx.y] = shared[i * 256 + threadIdx.x];
    }
  }
}

// dx = factors[1] dy + factors[2] (x - factors[0]) + factors[3]; the residual's gradient is dy where
// y > 0.
template <class T, int V>
__device__ void apply_grad(T* dx, T* dresidual, const T* x, const T* dy, const T* y,
                           const double* factors, i64 n, int c, int width) {
  typedef typename In<T>::type A;
  Place<V> at(c, width);
  if (!at.active) return;
  A f[4][V];
#pragma unroll
  for (int v = 0; v < V; v++) {
#pragma unroll
    for (int k = 0; k < 4; k++) f[k][v] = (A)factors[(i64)k * c + at.column + v];
  }
#pragma unroll 1
  for (i64 r = (i64)blockIdx.y * at.rows + at.row; r < n; r += (i64)gridDim.y * at.rows) {
    i64 i = r * c + at.column;
    A e[V], g[V], o[V];
    read<T, V>(x + i, e);
    read<T, V>(dy + i, g);
    if (y) read<T, V>(y + i, o);
#pragma unroll
    for (int v = 0; v < V; v++) {
      if (y && !(o[v] > 0)) g[v] = 0;
      e[v] = f[1][v] * g[v] + (f[2][v] * (e[v] - f[0][v]) + f[3][v]);
    }
    write<T, V>(dx + i, e);
    if (dresidual) write<T, V>(dresidual + i, g);
  }
}

}  // namespace batch

// Mean and biased variance of each channel, and what apply needs [3, c].
extern "C" __global__ void norm_finish(const double* parts, i64 n, int c, int splits, void* mean,
                                       void* variance, int statistics, const void* gamma,
                                       const void* beta, int type, double epsilon,
                                       double* factors) {
  int lane = threadIdx.x % 32;
#pragma unroll 1
  for (i64 k = (i64)blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32; k < c;
       k += (i64)gridDim.x * (blockDim.x / 32)) {
    double m = 0, q = 0, count = 0;
#pragma unroll 1
    for (i64 s = lane; s < splits; s += 32) {
      i64 from, to;
      batch::piece(n, splits, s, from, to);
      double more = (double)(to - from);
      batch::unite(m, q, count, parts[k * splits + s], parts[((i64)c + k) * splits + s], more);
      count += more;
    }
#pragma unroll 1
    for (int d = 16; d > 0; d /= 2) {
      double other_m = __shfl_down_sync(0xffffffffu, m, d);
      double other_q = __shfl_down_sync(0xffffffffu, q, d);
      double other = __shfl_down_sync(0xffffffffu, count, d);
      batch::unite(m, q, count, other_m, other_q, other);
      count += other;
    }
    if (lane == 0) {
      double v = q / (double)n;
      store(mean, statistics, k, m);
      store(variance, statistics, k, v);
      factors[k] = m;
      factors[c + k] = load<double>(gamma, type, k) / sqrt(v + epsilon);
      factors[2 * (i64)c + k] = load<double>(beta, type, k);
    }
  }
}

// The gradients of gamma and beta, and what apply_grad needs [4, c].
extern "C" __global__ void norm_finish_grad(const double* parts, int k4, i64 n, int c, int splits,
                                            void* dgamma, void* dbeta, const void* mean,
                                            const void* variance, int statistics,
                                            const void* gamma, int type, double epsilon,
                                            double* factors) {
  int lane = threadIdx.x % 32;
#pragma unroll 1
  for (i64 k = (i64)blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32; k < c;
       k += (i64)gridDim.x * (blockDim.x / 32)) {
    double sum[4];
#pragma unroll
    for (int j = 0; j < 4; j++) {
      sum[j] = 0;
      if (j < k4) {
#pragma unroll 1
        for (i64 s = lane; s < splits; s += 32) sum[j] += parts[((i64)j * c + k) * splits + s];
        sum[j] = sum_of(sum[j], 32);
      }
    }
    if (lane == 0) {
      double m = load<double>(mean, statistics, k), v = load<double>(variance, statistics, k);
      double g = load<double>(gamma, type, k);
      if (k4 == 4) {
        double off = sum[2] / (double)n;
        m += off;
        v = sum[3] / (double)n - off * off;
        v = v < 0 ? 0 : v;
        sum[1] -= off * sum[0];
      }
      double inverse = 1 / sqrt(v + epsilon), slope = sum[1] * inverse;
      store(dgamma, type, k, slope);
      store(dbeta, type, k, sum[0]);
      factors[k] = m;
      factors[c + k] = g * inverse;
      factors[2 * (i64)c + k] = -g * inverse * inverse * slope / (double)n;
      factors[3 * (i64)c + k] = -g * inverse * sum[0] / (double)n;
    }
  }
}

#define NORM(T, name, V)                                                                        \
  extern "C" __global__ void norm_stats_##name(const T* x, i64 n, int c, int width,             \
                                               double* parts) {                                 \
    batch::stats<T, V>(x, n, c, width, parts);                                                   \
  }                                                                                             \
  extern "C" __global__ void norm_apply_##name(T* y, const T* x, const T* residual,             \
                                               const double* factors, i64 n, int c, int width,  \
                                               int relu) {                                      \
    batch::apply<T, V>(y, x, residual, factors, n, c, width, relu);                              \
  }                                                                                             \
  extern "C" __global__ void norm_sums_##name(const T* x, const T* dy, const T* y,              \
                                              const void* mean, int mean_type, i64 n, int c,    \
                                              int width, double* parts) {                       \
    batch::sums<T, V>(x, dy, y, mean, mean_type, n, c, width, parts);                            \
  }                                                                                             \
  extern "C" __global__ void norm_apply_grad_##name(T* dx, T* dresidual, const T* x,            \
                                                    const T* dy, const T* y,                    \
                                                    const double* factors, i64 n, int c,        \
                                                    int width) {                                \
    batch::apply_grad<T, V>(dx, dresidual, x, dy, y, factors, n, c, width);                      \
  }

NORM(double, f64, 1)
NORM(float, f32, 1)
NORM(Half, f16, 1)
NORM(Brain, bf16, 1)
NORM(float, packs_f32, 4)
NORM(Half, packs_f16, 8)
NORM(Brain, packs_bf16, 8)
