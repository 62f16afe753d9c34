// Positions of extremes, and sorting by value and position.
#include "block.cuh"

namespace ranking {

// The best element so far: NaN before every number, then the larger (or smaller), then the first.
template <class A>
struct Best {
  A value;
  int at;
};

template <class A>
__device__ __forceinline__ bool ahead(bool largest, A a, int i, A b, int j) {
  bool a_nan = a != a, b_nan = b != b;
  if (a_nan || b_nan) return a_nan && (!b_nan || i < j);
  if (a == b) return i < j;
  return largest ? a > b : a < b;
}

template <class A>
__device__ __forceinline__ void better(bool largest, Best<A>& best, A value, int at) {
  if (ahead(largest, value, at, best.value, best.at)) {
    best.value = value;
    best.at = at;
  }
}

// Each output (kept: out, x) is the best of n elements of x, stride apart, found by a group of
// lanes, or of a piece of them. `at` has the elements' positions when they are pieces' results;
// pieces write value and position [outputs, splits].
template <class A>
__device__ void arg(const Strided2& kept, void* out, const void* x, int type, const int* at, i64 n,
                    i64 stride, int splits, int group, bool largest, A* values) {
  __shared__ A shared_value[32];
  __shared__ int shared_at[32];
  int lane = threadIdx.x % group;
  i64 units = kept.size * splits, units_block = blockDim.x / group;
#pragma unroll 1
  for (i64 first = blockIdx.x * units_block; first < units; first += gridDim.x * units_block) {
    i64 unit = first + threadIdx.x / group, o = 0, s = 0, place[2] = {0, 0};
    bool valid = unit < units;
    Best<A> best;
    best.value = largest ? (A)(-1.0 / 0.0) : (A)(1.0 / 0.0);
    best.at = 0x7fffffff;
    if (valid) {
      o = splits == 1 ? unit : unit / splits;
      s = unit - o * splits;
      i64 each = (n + splits - 1) / splits, from = s * each, to = from + each < n ? from + each : n;
      locate(kept, o, place);
#pragma unroll 4
      for (i64 i = from + lane; i < to; i += group) {
        better(largest, best, load<A>(x, type, place[1] + i * stride),
               at ? at[place[1] + i * stride] : (int)i);
      }
    }
    int width = group < 32 ? group : 32;
#pragma unroll 1
    for (int m = width / 2; m > 0; m >>= 1) {
      A value = __shfl_xor_sync(0xffffffffu, best.value, m);
      int other = __shfl_xor_sync(0xffffffffu, best.at, m);
      better(largest, best, value, other);
    }
    if (group > 32) {
      __syncthreads();
      if (threadIdx.x % 32 == 0) {
        shared_value[threadIdx.x / 32] = best.value;
        shared_at[threadIdx.x / 32] = best.at;
      }
      __syncthreads();
#pragma unroll 1
      for (int i = 0; i < group / 32; i++) better(largest, best, shared_value[i], shared_at[i]);
    }
    if (valid && lane == 0) {
      if (splits > 1) {
        values[unit] = best.value;
        ((int*)out)[unit] = best.at;
      } else {
        ((int*)out)[place[0]] = best.at;
      }
    }
  }
}

// ---- sorting: unique keys of an element's rank by value, then its position

__device__ __forceinline__ u32 ordered(float v) {
  u32 b = float_bits(v == 0 ? 0.0f : v);
  return b & 0x80000000u ? ~b : b | 0x80000000u;
}
__device__ __forceinline__ u64 ordered(double v) {
  u64 b;
  double d = v == 0 ? 0.0 : v;
  memcpy(&b, &d, 8);
  return b >> 63 ? ~b : b | 1ULL << 63;
}

// 32-bit values with their position: ascending keys are the order asked for.
struct Narrow {
  u64 bits;
  static __device__ __forceinline__ Narrow last() { return Narrow{~0ULL}; }
  static __device__ __forceinline__ Narrow of(const void* x, int type, i64 i, bool largest,
                                              int at) {
    u32 k;
    if (type == I32) {
      k = (u32)((const int*)x)[i] ^ 0x80000000u;
    } else {
      float v = load<float>(x, type, i);
      k = v != v ? 0xffffffffu : ordered(v);
    }
    return Narrow{(u64)(largest ? ~k : k) << 32 | (u32)at};
  }
  __device__ __forceinline__ bool operator<(const Narrow& b) const { return bits < b.bits; }
  __device__ __forceinline__ int at() const { return (int)(u32)bits; }
};

struct Wide {
  u64 key, position;
  static __device__ __forceinline__ Wide last() { return Wide{~0ULL, ~0ULL}; }
  static __device__ __forceinline__ Wide of(const void* x, int type, i64 i, bool largest, int at) {
    double v = load<double>(x, type, i);
    u64 k = v != v ? ~0ULL : ordered(v);
    return Wide{largest ? ~k : k, (u64)(u32)at};
  }
  __device__ __forceinline__ bool operator<(const Wide& b) const {
    return key < b.key || key == b.key && position < b.position;
  }
  __device__ __forceinline__ int at() const { return (int)position; }
};

enum { TILE = 2048 };

// Sorts tiles of `width` (a power of two) elements of rows of n, and keeps the first `keep` of each:
// positions to out when `out` is given (then there is one tile per row), else keys to `sorted`
// [rows, tiles, keep], filled up with last(). Elements come from x, or from earlier keys [rows, n].
template <class K>
__device__ void tiles(const Strided2& rows, const void* x, int type, i64 stride, const K* keys,
                      i64 n, int width, int keep, i64 k, bool largest, K* sorted, int* out,
                      i64 out_stride) {
  __shared__ K tile[TILE];
  i64 per_row = (n + width - 1) / width, units = rows.size * per_row;
  int packed = TILE / width;
#pragma unroll 1
  for (i64 first = (i64)blockIdx.x * packed; first < units; first += (i64)gridDim.x * packed) {
    __syncthreads();
#pragma unroll 1
    for (int i = threadIdx.x; i < TILE; i += blockDim.x) {
      i64 unit = first + i / width, row = unit / per_row;
      i64 at = (unit - row * per_row) * width + i % width;
      K v = K::last();
      if (unit < units && at < n) {
        if (keys) {
          v = keys[row * n + at];
        } else {
          i64 place[2];
          locate(rows, row, place);
          v = K::of(x, type, place[1] + at * stride, largest, (int)at);
        }
      }
      tile[i] = v;
    }
    // Bitonic sorting network (Batcher 1968).
#pragma unroll 1
    for (int size = 2; size <= width; size *= 2) {
#pragma unroll 1
      for (int step = size / 2; step > 0; step /= 2) {
        __syncthreads();
#pragma unroll 1
        for (int p = threadIdx.x; p < TILE / 2; p += blockDim.x) {
          int i = 2 * step * (p / step) + p % step, j = i + step;
          bool up = (i & size) == 0 || size == width;
          K a = tile[i], b = tile[j];
          if ((b < a) == up) {
            tile[i] = b;
            tile[j] = a;
          }
        }
      }
    }
    __syncthreads();
#pragma unroll 1
    for (int i = threadIdx.x; i < TILE; i += blockDim.x) {
      i64 unit = first + i / width;
      int place = i % width;
      if (unit < units && place < keep) {
        if (!out) {
          sorted[unit * keep + place] = tile[i];
        } else if (place < k) {
          i64 at[2];
          locate(rows, unit, at);
          out[at[0] + place * out_stride] = tile[i].at();
        }
      }
    }
  }
}

// The first `keep` of each two neighbouring sorted runs of length `run` of rows of `runs` runs. An
// element's place is its own position plus how many of the other run come before it.
template <class K>
__device__ void merge(const Strided2& rows, const K* keys, i64 runs, i64 run, i64 keep, i64 k,
                      K* sorted, int* out, i64 out_stride) {
  i64 n = runs * run, after = (runs + 1) / 2;
  EACH(e, rows.size * n) {
    i64 row = e / n, i = e - row * n, r = i / run, place = i - r * run, other = r ^ 1;
    K v = keys[e];
    i64 low = 0, high = other < runs ? run : 0;
    const K* q = keys + row * n + other * run;
#pragma unroll 1
    while (low < high) {
      i64 middle = (low + high) / 2;
      // Fillers are equal: those of the first run come first.
      bool before = q[middle] < v || (other < r && !(v < q[middle]));
      if (before) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    place += low;
    if (place < keep) {
      if (!out) {
        sorted[(row * after + r / 2) * keep + place] = v;
      } else if (place < k) {
        i64 at[2];
        locate(rows, row, at);
        out[at[0] + place * out_stride] = v.at();
      }
    }
    // A run without a partner is as long as the others only when filled up.
    if (!out && other >= runs) {
#pragma unroll 1
      for (i64 f = run + (i - r * run); f < keep; f += run) {
        sorted[(row * after + r / 2) * keep + f] = K::last();
      }
    }
  }
}

}  // namespace ranking

extern "C" __global__ void arg_float(Strided2 kept, void* out, const void* x, int type,
                                     const int* at, i64 n, i64 stride, int splits, int group,
                                     int largest, float* values) {
  ranking::arg<float>(kept, out, x, type, at, n, stride, splits, group, largest, values);
}

extern "C" __global__ void arg_double(Strided2 kept, void* out, const void* x, int type,
                                      const int* at, i64 n, i64 stride, int splits, int group,
                                      int largest, double* values) {
  ranking::arg<double>(kept, out, x, type, at, n, stride, splits, group, largest, values);
}

#define SORTS(K, name)                                                                            \
  extern "C" __global__ void sort_tiles_##name(                                                   \
      Strided2 rows, const void* x, int type, i64 stride, const ranking::K* keys, i64 n,          \
      int width, int keep, i64 k, int largest, ranking::K* sorted, int* out, i64 out_stride) {    \
    ranking::tiles(rows, x, type, stride, keys, n, width, keep, k, largest, sorted, out,          \
                   out_stride);                                                                   \
  }                                                                                               \
  extern "C" __global__ void sort_merge_##name(Strided2 rows, const ranking::K* keys, i64 runs,   \
                                               i64 run, i64 keep, i64 k, ranking::K* sorted,      \
                                               int* out, i64 out_stride) {                        \
    ranking::merge(rows, keys, runs, run, keep, k, sorted, out, out_stride);                      \
  }

SORTS(Narrow, narrow)
SORTS(Wide, wide)
