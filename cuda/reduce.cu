// Sums, products and extrema over axes. An output's elements are joined by a group of lanes (rows)
// or by the threads of a column (columns), and large reductions are split: the pieces' results are
// doubles, which a second launch of reduce_rows_any joins. Every order is fixed by the shape.
// Runs of at most 16 numbers are summed in their own type, runs in double.
#include "block.cuh"

namespace reduce {

enum Op { SUM, PROD, MAX, MIN };

__device__ __forceinline__ double join(int op, double a, double b) {
  switch (op) {
    case SUM: return a + b;
    case PROD: return a * b;
    case MAX: return b > a || b != b ? b : a;
    default: return b < a || b != b ? b : a;
  }
}

struct Join {
  int op;
  __device__ __forceinline__ double operator()(double a, double b) const {
    return reduce::join(op, a, b);
  }
};

__device__ __forceinline__ double identity(int op) {
  switch (op) {
    case SUM: return 0;
    case PROD: return 1;
    case MAX: return -1.0 / 0.0;
    default: return 1.0 / 0.0;
  }
}

// Piece s of n elements cut into equal pieces, a multiple of 16 elements each.
__device__ __forceinline__ void piece(i64 n, int splits, i64 s, i64& from, i64& to) {
  i64 each = splits == 1 ? n : ((n + splits - 1) / splits + 15) / 16 * 16;
  from = s * each < n ? s * each : n;
  to = from + each < n ? from + each : n;
}

template <int K>
__device__ __forceinline__ i64 place(const Strided<K>& s, i64 i) {
  if (s.rank == 1) return i * s.stride[0][0];
  i64 at[K];
  locate(s, i, at);
  return at[0];
}

__device__ __forceinline__ void finish(const Strided2& kept, i64 o, i64 s, void* out, int type,
                                       int splits, double v) {
  if (splits > 1) {
    ((double*)out)[o * splits + s] = v;
  } else {
    i64 at[2];
    locate(kept, o, at);
    store(out, type, at[0], v);
  }
}

// Sums as they are; extrema as the largest of sign * v.
template <class T, bool EXTREME>
struct Run {
  typedef typename In<T>::type A;
  static __device__ __forceinline__ A start() { return EXTREME ? (A)(-1.0 / 0.0) : (A)0; }
  static __device__ __forceinline__ A join(A a, A b) {
    return EXTREME ? (b > a || b != b ? b : a) : a + b;
  }
  // A 16-byte pack in pairs.
  static __device__ __forceinline__ A pack(const Pack<T>& p, A sign) {
    A v[Pack<T>::N];
#pragma unroll
    for (int i = 0; i < Pack<T>::N; i++) v[i] = EXTREME ? sign * part(p, i) : part(p, i);
#pragma unroll
    for (int m = 1; m < Pack<T>::N; m *= 2) {
#pragma unroll
      for (int i = 0; i < Pack<T>::N; i += 2 * m) v[i] = join(v[i], v[i + m]);
    }
    return v[0];
  }
};

struct Total {
  bool extreme;
  __device__ __forceinline__ double operator()(double a, double b) const {
    return extreme ? (b > a || b != b ? b : a) : a + b;
  }
};

// Each output is n neighbouring elements of x, read by a group of lanes.
template <class T, bool EXTREME>
__device__ void rows(const Strided2& kept, const T* x, void* out, int type, i64 n, int splits,
                     int group, int minimum) {
  typedef Run<T, EXTREME> R;
  typedef typename In<T>::type A;
  const int N = Pack<T>::N, UNROLL = 16 / N < 1 ? 1 : 16 / N;
  A sign = minimum ? (A)-1 : (A)1;
  Total total{EXTREME};
  int lane = threadIdx.x % group;
  i64 units = kept.size * splits, units_block = blockDim.x / group;
#pragma unroll 1
  for (i64 first = blockIdx.x * units_block; first < units; first += gridDim.x * units_block) {
    i64 unit = first + threadIdx.x / group;
    bool valid = unit < units;
    i64 o = 0, s = 0;
    double acc = R::start();
    if (valid) {
      o = splits == 1 ? unit : unit / splits;
      s = unit - o * splits;
      i64 from, to, at[2];
      piece(n, splits, s, from, to);
      locate(kept, o, at);
      const T* p = x + at[1] + from;
      i64 len = to - from, head = (i64)(-(size_t)p & 15) / (i64)sizeof(T);
      head = head < len ? head : len;
#pragma unroll 1
      for (i64 i = lane; i < head; i += group) {
        acc = total(acc, EXTREME ? sign * up(p[i]) : up(p[i]));
      }
      const Pack<T>* q = (const Pack<T>*)(p + head);
      i64 packs = (len - head) / N, i = lane;
#pragma unroll 1
      for (; i + (UNROLL - 1) * group < packs; i += UNROLL * group) {
        Pack<T> v[UNROLL];
#pragma unroll
        for (int u = 0; u < UNROLL; u++) v[u] = q[i + u * group];
        A a = R::pack(v[0], sign);
#pragma unroll
        for (int u = 1; u < UNROLL; u++) a = R::join(a, R::pack(v[u], sign));
        acc = total(acc, a);
      }
#pragma unroll 1
      for (; i < packs; i += group) acc = total(acc, R::pack(q[i], sign));
#pragma unroll 1
      for (i64 i = head + packs * N + lane; i < len; i += group) {
        acc = total(acc, EXTREME ? sign * up(p[i]) : up(p[i]));
      }
    }
    acc = together(acc, group, total);
    if (valid && lane == 0) {
      finish(kept, o, s, out, type, splits, minimum ? -acc : acc);
    }
  }
}

// Outputs are neighbours in x: those of the last kept axis, which has stride 1 there. A thread reads
// a pack of V of them (V = 1, or a 16-byte pack) in every (threads / width)-th element of the
// reduced axis; width threads lie side by side. Blocks: [tiles of columns, batch x splits].
template <class T, bool EXTREME, int V>
__device__ void columns(const Strided2& kept, const T* x, void* out, int type, i64 n, i64 stride,
                        int splits, int width, int minimum) {
  typedef Run<T, EXTREME> R;
  typedef typename In<T>::type A;
  __shared__ double shared[V * 256];
  A sign = minimum ? (A)-1 : (A)1;
  Total total{EXTREME};
  int extent = kept.rank == 0 ? 1 : kept.dim[kept.rank - 1];
  int rows = blockDim.x / width, row = threadIdx.x / width, x0 = threadIdx.x - row * width;
  i64 batch = kept.size / extent;
  i64 column = ((i64)blockIdx.x * width + x0) * V;
  bool active = row < rows && column < extent;
#pragma unroll 1
  for (i64 unit = blockIdx.y; unit < batch * splits; unit += gridDim.y) {
    i64 b = splits == 1 ? unit : unit / splits, s = unit - b * splits, from, to;
    piece(n, splits, s, from, to);
    double acc[V];
#pragma unroll
    for (int v = 0; v < V; v++) acc[v] = R::start();
    if (active) {
      i64 at[2];
      locate(kept, b * extent, at);
      const T* p = x + at[1] + column;
#pragma unroll 1
      for (i64 r = from + row; r < to; r += 16 * rows) {
        A run[V];
#pragma unroll
        for (int v = 0; v < V; v++) run[v] = R::start();
#pragma unroll 4
        for (int u = 0; u < 16; u++) {
          i64 e = r + u * rows;
          if (e < to) {
            if (V == 1) {
              A a = up(p[e * stride]);
              run[0] = R::join(run[0], EXTREME ? sign * a : a);
            } else {
              Pack<T> q = *(const Pack<T>*)(p + e * stride);
#pragma unroll
              for (int v = 0; v < V; v++) {
                run[v] = R::join(run[v], EXTREME ? sign * part(q, v) : part(q, v));
              }
            }
          }
        }
#pragma unroll
        for (int v = 0; v < V; v++) acc[v] = total(acc[v], run[v]);
      }
    }
    __syncthreads();
#pragma unroll
    for (int v = 0; v < V; v++) shared[v * 256 + threadIdx.x] = acc[v];
    int live = rows;
#pragma unroll 1
    while (live > 1) {
      int half = (live + 1) / 2;
      __syncthreads();
      if (row < live - half) {
#pragma unroll 1
        for (int i = threadIdx.x; i < V * 256; i += 256) {
          shared[i] = total(shared[i], shared[i + half * width]);
        }
      }
      live = half;
    }
    __syncthreads();
    if (row == 0 && active) {
#pragma unroll 1
      for (int v = 0; v < V; v++) {
        double r = shared[v * 256 + threadIdx.x];
        finish(kept, b * extent + column + v, s, out, type, splits, minimum ? -r : r);
      }
    }
  }
}

}  // namespace reduce

#define ROWS_SUM(T, name)                                                                    \
  extern "C" __global__ void reduce_rows_sum_##name(Strided2 kept, void* out, int type,      \
                                                    const T* x, i64 n, int splits,           \
                                                    int group) {                             \
    reduce::rows<T, false>(kept, x, out, type, n, splits, group, 0);                         \
  }
#define ROWS_EXTREME(T, name)                                                                \
  extern "C" __global__ void reduce_rows_extreme_##name(Strided2 kept, void* out, int type,  \
                                                        const T* x, i64 n, int splits,       \
                                                        int group, int minimum) {            \
    reduce::rows<T, true>(kept, x, out, type, n, splits, group, minimum);                    \
  }
#define COLUMNS(T, name, V)                                                                  \
  extern "C" __global__ void reduce_columns_sum_##name(Strided2 kept, void* out, int type,   \
                                                       const T* x, i64 n, i64 stride,        \
                                                       int splits, int width) {              \
    reduce::columns<T, false, V>(kept, x, out, type, n, stride, splits, width, 0);           \
  }

ROWS_SUM(double, f64)
ROWS_SUM(float, f32)
ROWS_SUM(Half, f16)
ROWS_SUM(Brain, bf16)
ROWS_EXTREME(float, f32)
ROWS_EXTREME(Half, f16)
ROWS_EXTREME(Brain, bf16)
COLUMNS(double, f64, 1)
COLUMNS(float, f32, 1)
COLUMNS(Half, f16, 1)
COLUMNS(Brain, bf16, 1)
COLUMNS(float, packs_f32, 4)
COLUMNS(Half, packs_f16, 8)
COLUMNS(Brain, packs_bf16, 8)

extern "C" __global__ void reduce_columns_extreme_f32(Strided2 kept, void* out, int type,
                                                      const float* x, i64 n, i64 stride,
                                                      int splits, int width, int minimum) {
  reduce::columns<float, true, 1>(kept, x, out, type, n, stride, splits, width, minimum);
}

// Any layout, type and operation: a group of lanes per output.
extern "C" __global__ void reduce_rows_any(Strided2 kept, Strided1 reduced, void* out, int type,
                                           const void* x, int from_type, int splits, int group,
                                           int op) {
  int lane = threadIdx.x % group;
  i64 units = kept.size * splits, units_block = blockDim.x / group;
#pragma unroll 1
  for (i64 first = blockIdx.x * units_block; first < units; first += gridDim.x * units_block) {
    i64 unit = first + threadIdx.x / group, o = 0, s = 0;
    bool valid = unit < units;
    double acc = reduce::identity(op);
    if (valid) {
      o = splits == 1 ? unit : unit / splits;
      s = unit - o * splits;
      i64 from, to, at[2];
      reduce::piece(reduced.size, splits, s, from, to);
      locate(kept, o, at);
#pragma unroll 1
      for (i64 i = from + lane; i < to; i += group) {
        double v = load<double>(x, from_type, at[1] + reduce::place(reduced, i));
        acc = reduce::join(op, acc, v);
      }
    }
    acc = together(acc, group, reduce::Join{op});
    if (valid && lane == 0) reduce::finish(kept, o, s, out, type, splits, acc);
  }
}

// Any layout, type and operation: a thread per output and split, neighbours side by side.
extern "C" __global__ void reduce_columns_any(Strided2 kept, Strided1 reduced, void* out, int type,
                                              const void* x, int from_type, int splits, int op) {
  EACH(unit, kept.size * splits) {
    i64 s = splits == 1 ? 0 : unit / kept.size, o = unit - s * kept.size, from, to, at[2];
    reduce::piece(reduced.size, splits, s, from, to);
    locate(kept, o, at);
    double acc = reduce::identity(op);
#pragma unroll 1
    for (i64 i = from; i < to; i++) {
      double v = load<double>(x, from_type, at[1] + reduce::place(reduced, i));
      acc = reduce::join(op, acc, v);
    }
    reduce::finish(kept, o, s, out, type, splits, acc);
  }
}
