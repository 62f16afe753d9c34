// Running sums along an axis, in double. Lines are walked by a thread each where neighbouring lines
// are neighbours in memory, else by a block in tiles; long lines are cut into pieces, whose sums a
// first launch makes. Every order is fixed by the shape.
#include "block.cuh"

namespace scan {

enum { ITEMS = 4, TILE = 256 * ITEMS };

struct Line {
  i64 n, x_stride, out_stride;
  int splits, reverse;
};

__device__ __forceinline__ i64 index(const Line& l, i64 i) { return l.reverse ? l.n - 1 - i : i; }

__device__ __forceinline__ void piece(const Line& l, i64 s, i64& from, i64& to) {
  i64 each = ((l.n + l.splits - 1) / l.splits + TILE - 1) / TILE * TILE;
  from = s * each < l.n ? s * each : l.n;
  to = from + each < l.n ? from + each : l.n;
}

}  // namespace scan

// A thread per line.
extern "C" __global__ void scan_columns(Strided2 kept, void* out, int to, const void* x, int from,
                                        i64 n, i64 x_stride, i64 out_stride, int reverse) {
  EACH(line, kept.size) {
    i64 at[2];
    locate(kept, line, at);
    double sum = 0;
#pragma unroll 1
    for (i64 i = 0; i < n; i++) {
      i64 j = reverse ? n - 1 - i : i;
      sum += load<double>(x, from, at[1] + j * x_stride);
      store(out, to, at[0] + j * out_stride, sum);
    }
  }
}

// sums[line, piece]: a block per piece.
extern "C" __global__ void scan_sums(Strided2 kept, double* sums, const void* x, int from, i64 n,
                                     i64 x_stride, int splits, int reverse) {
  scan::Line l{n, x_stride, 0, splits, reverse};
#pragma unroll 1
  for (i64 unit = blockIdx.x; unit < kept.size * splits; unit += gridDim.x) {
    i64 line = unit / splits, begin, end, at[2];
    scan::piece(l, unit - line * splits, begin, end);
    locate(kept, line, at);
    double sum = 0;
#pragma unroll 4
    for (i64 i = begin + threadIdx.x; i < end; i += blockDim.x) {
      sum += load<double>(x, from, at[1] + scan::index(l, i) * x_stride);
    }
    sum = sum_of(sum, blockDim.x);
    if (threadIdx.x == 0) sums[unit] = sum;
  }
}

// A block of 256 threads per piece, after the sums of the pieces before it.
extern "C" __global__ void scan_rows(Strided2 kept, void* out, int to, const void* x, int from,
                                     i64 n, i64 x_stride, i64 out_stride, int splits, int reverse,
                                     const double* sums) {
  __shared__ double warps[8];
  scan::Line l{n, x_stride, out_stride, splits, reverse};
  int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
#pragma unroll 1
  for (i64 unit = blockIdx.x; unit < kept.size * splits; unit += gridDim.x) {
    i64 line = unit / splits, s = unit - line * splits, begin, end, at[2];
    scan::piece(l, s, begin, end);
    locate(kept, line, at);
    double carry = 0;
    if (s > 0) {
#pragma unroll 1
      for (i64 i = threadIdx.x; i < s; i += blockDim.x) carry += sums[line * splits + i];
      carry = sum_of(carry, blockDim.x);
    }
#pragma unroll 1
    for (i64 base = begin; base < end; base += scan::TILE) {
      i64 first = base + threadIdx.x * scan::ITEMS;
      double v[scan::ITEMS];
#pragma unroll
      for (int k = 0; k < scan::ITEMS; k++) {
        i64 i = first + k;
        v[k] = i < end ? load<double>(x, from, at[1] + scan::index(l, i) * x_stride) : 0;
      }
#pragma unroll
      for (int k = 1; k < scan::ITEMS; k++) v[k] += v[k - 1];
      double total = v[scan::ITEMS - 1];
#pragma unroll 1
      for (int m = 1; m < 32; m *= 2) {
        double below = __shfl_up_sync(0xffffffffu, total, m);
        if (lane >= m) total += below;
      }
      __syncthreads();
      if (lane == 31) warps[warp] = total;
      __syncthreads();
      double before = carry;
#pragma unroll 1
      for (int w = 0; w < 8; w++) {
        if (w < warp) before += warps[w];
        carry += warps[w];
      }
      double lanes = __shfl_up_sync(0xffffffffu, total, 1);
      if (lane > 0) before += lanes;
#pragma unroll
      for (int k = 0; k < scan::ITEMS; k++) {
        i64 i = first + k;
        if (i < end) store(out, to, at[0] + scan::index(l, i) * out_stride, before + v[k]);
      }
    }
  }
}
