// Gather and scatter-add along an axis. Views are given over one shape: on the axis itself the
// view that is indexed has stride 0, and its true stride and extent come as numbers. An index out
// of range is never followed: gather writes `bad` there and scatter-add drops the element.
#include "common.cuh"

__device__ __forceinline__ i64 index_at(const void* index, int type, i64 i) {
  return type == I32 ? ((const int*)index)[i] : ((const u8*)index)[i];
}

template <class T>
__device__ __forceinline__ void gather(
    const Strided3& s, T* out, const void* index, int index_type, const T* x, i64 stride,
    int extent, T bad) {
  EACH(i, s.size) {
    i64 at[3];
    locate(s, i, at);
    i64 k = index_at(index, index_type, at[1]);
    out[at[0]] = k >= 0 && k < extent ? x[at[2] + k * stride] : bad;
  }
}

#define GATHER(T, BYTES)                                                                       \
  extern "C" __global__ void gather_##BYTES(                                                   \
      Strided3 s, T* out, const void* index, int index_type, const T* x, i64 stride,           \
      int extent, u64 bad) {                                                                   \
    gather(s, out, index, index_type, x, stride, extent, (T)bad);                              \
  }

GATHER(u8, 1)
GATHER(u16, 2)
GATHER(u32, 4)
GATHER(u64, 8)

struct alignas(16) Vec16 {
  u64 a, b;
};

__device__ __forceinline__ u8 repeat(u64 bad, u8) { return (u8)bad; }
__device__ __forceinline__ u16 repeat(u64 bad, u16) { return (u16)bad; }
__device__ __forceinline__ u32 repeat(u64 bad, u32) { return (u32)bad; }
__device__ __forceinline__ u64 repeat(u64 bad, u64) { return bad; }
__device__ __forceinline__ Vec16 repeat(u64 bad, Vec16) { return Vec16{bad, bad}; }

// Whole rows of `width` units of type T: one index per row. Positions are counted in elements of
// `bytes` bytes; `bad` is the pattern of 8 bytes of the element.
template <class T>
__device__ __forceinline__ void gather_rows(
    const Strided3& s, i64 width, int bytes, u8* out, const void* index, int index_type,
    const u8* x, i64 stride, int extent, u64 bad) {
  EACH(i, s.size * width) {
    i64 row, column;
    if (s.size * width <= 0x7fffffff) {
      row = (u32)i / (u32)width;
      column = (u32)i - (u32)row * (u32)width;
    } else {
      row = i / width;
      column = i - row * width;
    }
    i64 at[3];
    locate(s, row, at);
    i64 k = index_at(index, index_type, at[1]);
    T v = repeat(bad, T());
    if (k >= 0 && k < extent) v = ((const T*)(x + (at[2] + k * stride) * bytes))[column];
    ((T*)(out + at[0] * bytes))[column] = v;
  }
}

#define GATHER_ROWS(T, UNIT)                                                                   \
  extern "C" __global__ void gather_rows_##UNIT(                                               \
      Strided3 s, i64 width, int bytes, u8* out, const void* index, int index_type,            \
      const u8* x, i64 stride, int extent, u64 bad) {                                          \
    gather_rows<T>(s, width, bytes, out, index, index_type, x, stride, extent, bad);           \
  }

GATHER_ROWS(u8, 1)
GATHER_ROWS(u16, 2)
GATHER_ROWS(u32, 4)
GATHER_ROWS(u64, 8)
GATHER_ROWS(Vec16, 16)

// Scatter-add where no two sources can meet (one source along the axis).
extern "C" __global__ void scatter_single(
    Strided3 s, void* out, int type, const void* index, int index_type, const void* x,
    int x_type, i64 stride, int extent) {
  EACH(i, s.size) {
    i64 at[3];
    locate(s, i, at);
    i64 k = index_at(index, index_type, at[1]);
    if (k < 0 || k >= extent) continue;
    i64 p = at[0] + k * stride;
    store(out, type, p, load<double>(out, type, p) + load<double>(x, x_type, at[2]));
  }
}

// Sums in whatever order the additions arrive; exact, and so always the same, for integers.
template <class T>
__device__ __forceinline__ void scatter_atomic(
    const Strided3& s, T* out, const void* index, int index_type, const T* x, i64 stride,
    int extent) {
  EACH(i, s.size) {
    i64 at[3];
    locate(s, i, at);
    i64 k = index_at(index, index_type, at[1]);
    if (k >= 0 && k < extent) atomicAdd(out + at[0] + k * stride, x[at[2]]);
  }
}

#define SCATTER_ATOMIC(T, NAME)                                                                \
  extern "C" __global__ void scatter_atomic_##NAME(                                            \
      Strided3 s, T* out, const void* index, int index_type, const T* x, i64 stride,           \
      int extent) {                                                                            \
    scatter_atomic(s, out, index, index_type, x, stride, extent);                              \
  }

SCATTER_ATOMIC(float, f32)
SCATTER_ATOMIC(double, f64)
SCATTER_ATOMIC(int, i32)

// Each output element looks through the n indices of its line. Views over the outputs' shape: out,
// the coordinate along the axis, the line's first index, the line's first source.
template <class A>
__device__ __forceinline__ void scatter_owned(
    const Strided4& s, void* out, int type, const void* index, int index_type, i64 index_stride,
    const void* x, int x_type, i64 x_stride, int n) {
  EACH(i, s.size) {
    i64 at[4];
    locate(s, i, at);
    A sum = (A)0;
    bool any = false;
#pragma unroll 1
    for (i64 j = 0; j < n; j++) {
      if (index_at(index, index_type, at[2] + j * index_stride) == at[1]) {
        sum += load<A>(x, x_type, at[3] + j * x_stride);
        any = true;
      }
    }
    if (any) store(out, type, at[0], load<A>(out, type, at[0]) + sum);
  }
}

extern "C" __global__ void scatter_owned_f(
    Strided4 s, void* out, int type, const void* index, int index_type, i64 index_stride,
    const void* x, int x_type, i64 x_stride, int n) {
  scatter_owned<float>(s, out, type, index, index_type, index_stride, x, x_type, x_stride, n);
}

extern "C" __global__ void scatter_owned_d(
    Strided4 s, void* out, int type, const void* index, int index_type, i64 index_stride,
    const void* x, int x_type, i64 x_stride, int n) {
  scatter_owned<double>(s, out, type, index, index_type, index_stride, x, x_type, x_stride, n);
}

// ---- rows sorted by where they go ----

// Where an offset lies in memory: least + unit * number.
struct Grid {
  i64 least, unit, count;
};

// For each row its target's number (the count for a dropped row) and its source's number.
extern "C" __global__ void sort_keys(
    Strided3 s, Grid to, Grid from, const void* index, int index_type, i64 stride, int extent,
    u32* keys, u32* rows) {
  EACH(i, s.size) {
    i64 at[3];
    locate(s, i, at);
    i64 k = index_at(index, index_type, at[1]);
    i64 key = (at[0] + k * stride - to.least) / to.unit;
    keys[i] = (u32)(k >= 0 && k < extent ? key : to.count);
    rows[i] = (u32)((at[2] - from.least) / from.unit);
  }
}

// A stable sort of few keys in one launch: each warp of a block counts, for the block's 32 keys, the
// keys of its share that go before.
extern "C" __global__ void sort_few(
    const u32* keys, const u32* rows, i64 n, u32* keys_out, u32* rows_out) {
  __shared__ u32 counts[8][32];
  int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
  for (i64 base = (i64)blockIdx.x * 32; base < n; base += (i64)gridDim.x * 32) {
    i64 i = base + lane;
    u32 key = i < n ? keys[i] : 0, before = 0;
#pragma unroll 1
    for (i64 first = warp * 32; first < n; first += 256) {
      // No key is as large as what stands in for those behind the last.
      u32 theirs = first + lane < n ? keys[first + lane] : 0xffffffff;
#pragma unroll 8
      for (int k = 0; k < 32; k++) {
        u32 other = __shfl_sync(0xffffffff, theirs, k);
        before += other < key || (other == key && first + k < i);
      }
    }
    counts[warp][lane] = before;
    __syncthreads();
    if (warp == 0 && i < n) {
      u32 to = 0;
      for (int k = 0; k < 8; k++) to += counts[k][lane];
      keys_out[to] = key;
      rows_out[to] = rows[i];
    }
    __syncthreads();
  }
}

enum { SORT_THREADS = 256, SORT_EACH = 16, SORT_TILE = SORT_THREADS * SORT_EACH };

// One pass of a stable radix sort by 4 bits: how many keys of each digit lie in each tile.
extern "C" __global__ void sort_count(const u32* keys, i64 n, int shift, int tiles, u32* counts) {
  __shared__ u32 count[16];
  for (int tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    if (threadIdx.x < 16) count[threadIdx.x] = 0;
    __syncthreads();
    i64 first = (i64)tile * SORT_TILE;
#pragma unroll 1
    for (int j = 0; j < SORT_EACH; j++) {
      i64 i = first + j * SORT_THREADS + threadIdx.x;
      if (i < n) atomicAdd(&count[keys[i] >> shift & 15], 1u);
    }
    __syncthreads();
    if (threadIdx.x < 16) counts[(i64)threadIdx.x * tiles + tile] = count[threadIdx.x];
    __syncthreads();
  }
}

// Exclusive sums over a block's threads, one number each; every thread must call it.
__device__ __forceinline__ u32 sum_before(u32 v, u32* shared, u32* total) {
  int t = threadIdx.x;
  shared[t] = v;
  __syncthreads();
#pragma unroll 1
  for (int step = 1; step < SORT_THREADS; step *= 2) {
    u32 add = t >= step ? shared[t - step] : 0;
    __syncthreads();
    shared[t] += add;
    __syncthreads();
  }
  u32 before = shared[t] - v;
  *total = shared[SORT_THREADS - 1];
  __syncthreads();
  return before;
}

// Counts become positions: running sums over n numbers by one block.
extern "C" __global__ void sort_scan(u32* counts, i64 n) {
  __shared__ u32 shared[SORT_THREADS];
  u32 carry = 0;
  for (i64 first = 0; first < n; first += SORT_TILE) {
    u32 sum = 0;
    i64 mine = first + (i64)threadIdx.x * SORT_EACH;
#pragma unroll 1
    for (int j = 0; j < SORT_EACH; j++)
      if (mine + j < n) sum += counts[mine + j];
    u32 total;
    u32 at = carry + sum_before(sum, shared, &total);
#pragma unroll 1
    for (int j = 0; j < SORT_EACH; j++) {
      if (mine + j < n) {
        u32 v = counts[mine + j];
        counts[mine + j] = at;
        at += v;
      }
    }
    carry += total;
  }
}

// Moves each pair to its place; equal digits stay in order.
extern "C" __global__ void sort_place(
    const u32* keys, const u32* rows, i64 n, int shift, int tiles, const u32* starts,
    u32* keys_out, u32* rows_out) {
  // before[d][t]: the pairs of digit d in this tile that belong to threads before t.
  __shared__ u16 before[16][SORT_THREADS];
  __shared__ u32 shared[SORT_THREADS];
  int t = threadIdx.x;
  for (int tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    i64 first = (i64)tile * SORT_TILE + (i64)t * SORT_EACH;
#pragma unroll 1
    for (int d = 0; d < 16; d++) before[d][t] = 0;
#pragma unroll 1
    for (int j = 0; j < SORT_EACH; j++)
      if (first + j < n) before[keys[first + j] >> shift & 15][t]++;
    __syncthreads();
    // 16 neighbouring counts per thread: threads 16 d to 16 d + 15 hold digit d.
    u16* mine = &before[0][0] + t * 16;
    u32 sum = 0;
#pragma unroll 1
    for (int j = 0; j < 16; j++) sum += mine[j];
    u32 total;
    u32 at = sum_before(sum, shared, &total);
    shared[t] = at;
    __syncthreads();
    at -= shared[t & ~15];
    __syncthreads();
#pragma unroll 1
    for (int j = 0; j < 16; j++) {
      u16 v = mine[j];
      mine[j] = (u16)at;
      at += v;
    }
    __syncthreads();
#pragma unroll 1
    for (int j = 0; j < SORT_EACH; j++) {
      if (first + j < n) {
        u32 key = keys[first + j];
        int d = (int)(key >> shift & 15);
        u32 to = starts[(i64)d * tiles + tile] + before[d][t]++;
        keys_out[to] = key;
        rows_out[to] = rows[first + j];
      }
    }
    __syncthreads();
  }
}

enum { PIECE = 64, BATCH = 4 };

// Sums runs of equal keys piece by piece; columns lie on threads x, pieces on threads y. A run that
// came in from the piece before goes to partial[piece], everything else to its target.
template <class A>
__device__ __forceinline__ void sum_rows(
    const u32* keys, const u32* rows, i64 n, i64 width, Grid to, Grid from, void* out, int type,
    i64 out_stride, const void* x, int x_type, i64 x_stride, A* partial) {
  i64 pieces = (n + PIECE - 1) / PIECE;
  for (i64 q = (i64)blockIdx.x * blockDim.y + threadIdx.y; q < pieces;
       q += (i64)gridDim.x * blockDim.y) {
    i64 first = q * PIECE, last = first + PIECE < n ? first + PIECE : n;
    for (i64 c = (i64)blockIdx.y * blockDim.x + threadIdx.x; c < width;
         c += (i64)gridDim.y * blockDim.x) {
      u32 key = keys[first];
      bool inherited = q > 0 && keys[first - 1] == key;
      A sum = (A)0;
#pragma unroll 1
      for (i64 i = first; i < last; i += BATCH) {
        u32 k[BATCH];
        A v[BATCH];
#pragma unroll
        for (int j = 0; j < BATCH; j++) {
          k[j] = (u32)to.count;
          v[j] = (A)0;
          if (i + j < last) {
            k[j] = keys[i + j];
            if (k[j] < to.count)
              v[j] = load<A>(x, x_type, from.least + from.unit * rows[i + j] + c * x_stride);
          }
        }
#pragma unroll
        for (int j = 0; j < BATCH; j++) {
          if (k[j] != key) {
            if (inherited) {
              partial[q * width + c] = sum;
            } else {
              i64 p = to.least + to.unit * key + c * out_stride;
              store(out, type, p, load<A>(out, type, p) + sum);
            }
            inherited = false;
            key = k[j];
            sum = (A)0;
            // Dropped rows and the end of the piece come last.
            if (key >= to.count) break;
          }
          sum += v[j];
        }
        if (key >= to.count) break;
      }
      if (key < to.count) {
        if (inherited) {
          partial[q * width + c] = sum;
        } else {
          i64 p = to.least + to.unit * key + c * out_stride;
          store(out, type, p, load<A>(out, type, p) + sum);
        }
      }
    }
  }
}

// Adds the partial sums of the runs that begin in a piece and go on behind it.
template <class A>
__device__ __forceinline__ void sum_partials(
    const u32* keys, i64 n, i64 width, Grid to, void* out, int type, i64 out_stride,
    const A* partial) {
  i64 pieces = (n + PIECE - 1) / PIECE;
  for (i64 q = (i64)blockIdx.x * blockDim.y + threadIdx.y; q < pieces - 1;
       q += (i64)gridDim.x * blockDim.y) {
    i64 first = q * PIECE, next = first + PIECE;
    u32 key = keys[next - 1];
    bool inherited = q > 0 && keys[first - 1] == key;
    if (key >= to.count || keys[next] != key || inherited) continue;
    for (i64 c = (i64)blockIdx.y * blockDim.x + threadIdx.x; c < width;
         c += (i64)gridDim.y * blockDim.x) {
      A sum = (A)0;
#pragma unroll 1
      for (i64 r = q + 1; r < pieces && keys[r * PIECE] == key; r++) sum += partial[r * width + c];
      i64 p = to.least + to.unit * key + c * out_stride;
      store(out, type, p, load<A>(out, type, p) + sum);
    }
  }
}

#define SUM_ROWS(A, NAME)                                                                      \
  extern "C" __global__ void sum_rows_##NAME(                                                  \
      const u32* keys, const u32* rows, i64 n, i64 width, Grid to, Grid from, void* out,       \
      int type, i64 out_stride, const void* x, int x_type, i64 x_stride, A* partial) {         \
    sum_rows<A>(keys, rows, n, width, to, from, out, type, out_stride, x, x_type, x_stride,    \
                partial);                                                                      \
  }                                                                                            \
  extern "C" __global__ void sum_partials_##NAME(                                              \
      const u32* keys, i64 n, i64 width, Grid to, void* out, int type, i64 out_stride,         \
      const A* partial) {                                                                      \
    sum_partials<A>(keys, n, width, to, out, type, out_stride, partial);                       \
  }

SUM_ROWS(float, f)
SUM_ROWS(double, d)
