// Max and average pooling over [N,H,W,C], and their gradients. Every output element is owned by one
// thread, which looks at the windows or elements that concern it in order: no atomics. The forms
// that end in 4 take four channels at a time from memory without gaps, of F32, F16 or BF16.
#include "common.cuh"

// 64-bit integers as Java writes them; strides in elements of x (or dx), y (or dy), the positions.
struct Pool {
  i64 n, h, w, c, oh, ow, kh, kw, sh, sw, ph, pw, count_padding;
  i64 xs[4], ys[4], ps[4];
};

struct Place {
  int n, y, x, c;
};

// Element i of [n, h, w, c].
__device__ __forceinline__ Place place(i64 i, i64 size, int h, int w, int c) {
  Place p;
  if (size <= 0x7fffffff) {
    u32 r = (u32)i, q = r / c;
    p.c = (int)(r - q * c);
    r = q / w;
    p.x = (int)(q - r * w);
    q = r / h;
    p.y = (int)(r - q * h);
    p.n = (int)q;
  } else {
    i64 q = i / c;
    p.c = (int)(i - q * c);
    i64 r = q / w;
    p.x = (int)(q - r * w);
    q = r / h;
    p.y = (int)(r - q * h);
    p.n = (int)q;
  }
  return p;
}

__device__ __forceinline__ i64 offset(const i64 (&s)[4], int n, int y, int x, int c) {
  return n * s[0] + y * s[1] + x * s[2] + c * s[3];
}

// One element, or four neighbouring channels.
template <class A, int V>
struct Lane {
  A v[V];
};

struct alignas(16) Quad32 {
  u32 v[4];
};

struct alignas(8) Quad16 {
  u16 v[4];
};

template <class A, int V>
__device__ __forceinline__ Lane<A, V> read(const void* p, int type, i64 i) {
  Lane<A, V> r;
  if (V == 1) {
    r.v[0] = load<A>(p, type, i);
  } else if (type == F32) {
    Quad32 q = *(const Quad32*)((const float*)p + i);
#pragma unroll
    for (int k = 0; k < V; k++) r.v[k] = (A)bits_float(q.v[k]);
  } else {
    Quad16 q = *(const Quad16*)((const u16*)p + i);
#pragma unroll
    for (int k = 0; k < V; k++) r.v[k] = (A)(type == F16 ? f16_float(q.v[k]) : bf16_float(q.v[k]));
  }
  return r;
}

template <class A, int V>
__device__ __forceinline__ void write(void* p, int type, i64 i, const Lane<A, V>& r) {
  if (V == 1) {
    store(p, type, i, r.v[0]);
  } else if (type == F32) {
    Quad32 q;
#pragma unroll
    for (int k = 0; k < V; k++) q.v[k] = float_bits((float)r.v[k]);
    *(Quad32*)((float*)p + i) = q;
  } else {
    Quad16 q;
#pragma unroll
    for (int k = 0; k < V; k++)
      q.v[k] = type == F16 ? float_f16((float)r.v[k]) : float_bf16((float)r.v[k]);
    *(Quad16*)((u16*)p + i) = q;
  }
}

// Positions in windows, U8 or I32.
template <int V>
__device__ __forceinline__ Lane<int, V> read_positions(const void* p, int type, i64 i) {
  Lane<int, V> r;
  if (V == 1) {
    r.v[0] = type == I32 ? ((const int*)p)[i] : ((const u8*)p)[i];
  } else if (type == I32) {
    Quad32 q = *(const Quad32*)((const int*)p + i);
#pragma unroll
    for (int k = 0; k < V; k++) r.v[k] = (int)q.v[k];
  } else {
    u32 q = *(const u32*)((const u8*)p + i);
#pragma unroll
    for (int k = 0; k < V; k++) r.v[k] = (int)(q >> 8 * k & 255);
  }
  return r;
}

template <int V>
__device__ __forceinline__ void write_positions(void* p, int type, i64 i, const Lane<int, V>& r) {
  if (V == 1) {
    if (type == I32)
      ((int*)p)[i] = r.v[0];
    else
      ((u8*)p)[i] = (u8)r.v[0];
  } else if (type == I32) {
    Quad32 q;
#pragma unroll
    for (int k = 0; k < V; k++) q.v[k] = (u32)r.v[k];
    *(Quad32*)((int*)p + i) = q;
  } else {
    u32 q = 0;
#pragma unroll
    for (int k = 0; k < V; k++) q |= (u32)(r.v[k] & 255) << 8 * k;
    *(u32*)((u8*)p + i) = q;
  }
}

__device__ __forceinline__ int least(int a, int b) { return a < b ? a : b; }
__device__ __forceinline__ int most(int a, int b) { return a > b ? a : b; }

// The first and (excluded) last window along an axis that cover position i.
__device__ __forceinline__ void covering(
    int i, int k, int stride, int pad, int windows, int& first, int& end) {
  int from = i + pad - k + 1;
  first = from <= 0 ? 0 : (from + stride - 1) / stride;
  end = least((i + pad) / stride + 1, windows);
}

// PoolSpec.divisor.
__device__ __forceinline__ int divisor(const Pool& s, int top, int left) {
  int kh = (int)s.kh, kw = (int)s.kw, h = (int)s.h, w = (int)s.w;
  if (s.count_padding)
    return (least(top + kh, h + (int)s.ph) - top) * (least(left + kw, w + (int)s.pw) - left);
  return (least(top + kh, h) - most(top, 0)) * (least(left + kw, w) - most(left, 0));
}

template <class A, int V>
__device__ __forceinline__ void max_pool(
    const Pool& s, void* y, int y_type, void* positions, int p_type, const void* x, int x_type) {
  i64 size = s.n * s.oh * s.ow * (s.c / V);
  EACH(i, size) {
    Place o = place(i, size, (int)s.oh, (int)s.ow, (int)s.c / V);
    int c = o.c * V;
    int top = o.y * (int)s.sh - (int)s.ph, left = o.x * (int)s.sw - (int)s.pw;
    int y0 = most(0, -top), y1 = least((int)s.kh, (int)s.h - top);
    int x0 = most(0, -left), x1 = least((int)s.kw, (int)s.w - left);
    Lane<A, V> best;
    Lane<int, V> where;
#pragma unroll
    for (int k = 0; k < V; k++) {
      best.v[k] = (A)0;
      where.v[k] = -1;
    }
#pragma unroll 1
    for (int ky = y0; ky < y1; ky++) {
#pragma unroll 1
      for (int kx = x0; kx < x1; kx++) {
        Lane<A, V> v =
            read<A, V>(x, x_type, offset(s.xs, o.n, top + ky, left + kx, c));
#pragma unroll
        for (int k = 0; k < V; k++) {
          // The first largest; the first NaN beats everything.
          bool nan = v.v[k] != v.v[k] && best.v[k] == best.v[k];
          if (where.v[k] < 0 || v.v[k] > best.v[k] || nan) {
            best.v[k] = v.v[k];
            where.v[k] = ky * (int)s.kw + kx;
          }
        }
      }
    }
    write<A, V>(y, y_type, offset(s.ys, o.n, o.y, o.x, c), best);
    write_positions<V>(positions, p_type, offset(s.ps, o.n, o.y, o.x, c), where);
  }
}

template <class A, int V>
__device__ __forceinline__ void max_pool_grad(
    const Pool& s, void* dx, int x_type, const void* dy, int y_type, const void* positions,
    int p_type) {
  i64 size = s.n * s.h * s.w * (s.c / V);
  EACH(i, size) {
    Place p = place(i, size, (int)s.h, (int)s.w, (int)s.c / V);
    int c = p.c * V, y0, y1, x0, x1;
    covering(p.y, (int)s.kh, (int)s.sh, (int)s.ph, (int)s.oh, y0, y1);
    covering(p.x, (int)s.kw, (int)s.sw, (int)s.pw, (int)s.ow, x0, x1);
    Lane<A, V> sum;
#pragma unroll
    for (int k = 0; k < V; k++) sum.v[k] = (A)0;
#pragma unroll 1
    for (int oy = y0; oy < y1; oy++) {
      int row = p.y - (oy * (int)s.sh - (int)s.ph);
#pragma unroll 1
      for (int ox = x0; ox < x1; ox++) {
        int mine = row * (int)s.kw + p.x - (ox * (int)s.sw - (int)s.pw);
        Lane<int, V> at = read_positions<V>(positions, p_type, offset(s.ps, p.n, oy, ox, c));
        bool any = false;
#pragma unroll
        for (int k = 0; k < V; k++) any |= at.v[k] == mine;
        if (!any) continue;
        Lane<A, V> d = read<A, V>(dy, y_type, offset(s.ys, p.n, oy, ox, c));
#pragma unroll
        for (int k = 0; k < V; k++)
          if (at.v[k] == mine) sum.v[k] += d.v[k];
      }
    }
    write<A, V>(dx, x_type, offset(s.xs, p.n, p.y, p.x, c), sum);
  }
}

template <class A, int V>
__device__ __forceinline__ void max_pool_gather(
    const Pool& s, void* g, int g_type, const void* x, int x_type, const void* positions,
    int p_type) {
  i64 size = s.n * s.oh * s.ow * (s.c / V);
  EACH(i, size) {
    Place o = place(i, size, (int)s.oh, (int)s.ow, (int)s.c / V);
    int c = o.c * V;
    int top = o.y * (int)s.sh - (int)s.ph, left = o.x * (int)s.sw - (int)s.pw;
    Lane<int, V> at = read_positions<V>(positions, p_type, offset(s.ps, o.n, o.y, o.x, c));
    Lane<A, V> r;
#pragma unroll
    for (int k = 0; k < V; k++) {
      int ky = at.v[k] / (int)s.kw, row = top + ky;
      int column = left + at.v[k] - ky * (int)s.kw;
      bool inside = row >= 0 && row < s.h && column >= 0 && column < s.w;
      r.v[k] = inside ? load<A>(x, x_type, offset(s.xs, o.n, row, column, c + k)) : (A)0;
    }
    write<A, V>(g, g_type, offset(s.ys, o.n, o.y, o.x, c), r);
  }
}

template <class A, int V>
__device__ __forceinline__ void avg_pool(
    const Pool& s, void* y, int y_type, const void* x, int x_type) {
  i64 size = s.n * s.oh * s.ow * (s.c / V);
  EACH(i, size) {
    Place o = place(i, size, (int)s.oh, (int)s.ow, (int)s.c / V);
    int c = o.c * V;
    int top = o.y * (int)s.sh - (int)s.ph, left = o.x * (int)s.sw - (int)s.pw;
    int y0 = most(0, -top), y1 = least((int)s.kh, (int)s.h - top);
    int x0 = most(0, -left), x1 = least((int)s.kw, (int)s.w - left);
    Lane<A, V> sum;
#pragma unroll
    for (int k = 0; k < V; k++) sum.v[k] = (A)0;
#pragma unroll 1
    for (int ky = y0; ky < y1; ky++) {
      // Row by row: long sums keep their accuracy.
      Lane<A, V> line;
#pragma unroll
      for (int k = 0; k < V; k++) line.v[k] = (A)0;
#pragma unroll 1
      for (int kx = x0; kx < x1; kx++) {
        Lane<A, V> v = read<A, V>(x, x_type, offset(s.xs, o.n, top + ky, left + kx, c));
#pragma unroll
        for (int k = 0; k < V; k++) line.v[k] += v.v[k];
      }
#pragma unroll
      for (int k = 0; k < V; k++) sum.v[k] += line.v[k];
    }
    A d = (A)divisor(s, top, left);
#pragma unroll
    for (int k = 0; k < V; k++) sum.v[k] /= d;
    write<A, V>(y, y_type, offset(s.ys, o.n, o.y, o.x, c), sum);
  }
}

template <class A, int V>
__device__ __forceinline__ void avg_pool_grad(
    const Pool& s, void* dx, int x_type, const void* dy, int y_type) {
  i64 size = s.n * s.h * s.w * (s.c / V);
  EACH(i, size) {
    Place p = place(i, size, (int)s.h, (int)s.w, (int)s.c / V);
    int c = p.c * V, y0, y1, x0, x1;
    covering(p.y, (int)s.kh, (int)s.sh, (int)s.ph, (int)s.oh, y0, y1);
    covering(p.x, (int)s.kw, (int)s.sw, (int)s.pw, (int)s.ow, x0, x1);
    Lane<A, V> sum;
#pragma unroll
    for (int k = 0; k < V; k++) sum.v[k] = (A)0;
#pragma unroll 1
    for (int oy = y0; oy < y1; oy++) {
#pragma unroll 1
      for (int ox = x0; ox < x1; ox++) {
        A d = (A)divisor(s, oy * (int)s.sh - (int)s.ph, ox * (int)s.sw - (int)s.pw);
        Lane<A, V> v = read<A, V>(dy, y_type, offset(s.ys, p.n, oy, ox, c));
#pragma unroll
        for (int k = 0; k < V; k++) sum.v[k] += v.v[k] / d;
      }
    }
    write<A, V>(dx, x_type, offset(s.xs, p.n, p.y, p.x, c), sum);
  }
}

#define POOL(A, V, NAME)                                                                       \
  extern "C" __global__ void max_pool_##NAME(                                                  \
      Pool s, void* y, int y_type, void* positions, int p_type, const void* x, int x_type) {   \
    max_pool<A, V>(s, y, y_type, positions, p_type, x, x_type);                                \
  }                                                                                            \
  extern "C" __global__ void max_pool_grad_##NAME(                                             \
      Pool s, void* dx, int x_type, const void* dy, int y_type, const void* positions,         \
      int p_type) {                                                                            \
    max_pool_grad<A, V>(s, dx, x_type, dy, y_type, positions, p_type);                         \
  }                                                                                            \
  extern "C" __global__ void max_pool_gather_##NAME(                                           \
      Pool s, void* g, int g_type, const void* x, int x_type, const void* positions,           \
      int p_type) {                                                                            \
    max_pool_gather<A, V>(s, g, g_type, x, x_type, positions, p_type);                         \
  }                                                                                            \
  extern "C" __global__ void avg_pool_##NAME(                                                  \
      Pool s, void* y, int y_type, const void* x, int x_type) {                                \
    avg_pool<A, V>(s, y, y_type, x, x_type);                                                   \
  }                                                                                            \
  extern "C" __global__ void avg_pool_grad_##NAME(                                             \
      Pool s, void* dx, int x_type, const void* dy, int y_type) {                              \
    avg_pool_grad<A, V>(s, dx, x_type, dy, y_type);                                            \
  }

POOL(float, 4, 4)
POOL(float, 1, f)
POOL(double, 1, d)
