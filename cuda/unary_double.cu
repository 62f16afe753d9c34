// Functions of one argument in double, for views of any layout and type.
#include "common.cuh"
#include "pointwise.cuh"
#include "special.cuh"

APART double fetch(const void* p, int type, i64 i) { return load<double>(p, type, i); }
APART void keep(void* p, int type, i64 i, double v) { store(p, type, i, v); }

template <class F>
__device__ __forceinline__ void any(const Strided2& s, void* out, int to, const void* x, int from,
                                    double p, double q) {
#pragma unroll 1
  EACH(i, s.size) {
    i64 at[2];
    place(s, i, at);
    keep(out, to, at[0], F::of(fetch(x, from, at[1]), p, q));
  }
}

#define ROW(name, expression)                                                                    \
  struct Of_##name {                                                                             \
    typedef double A;                                                                            \
    static INLINE A of(A x, A p, A q) { return expression; }                                     \
  };                                                                                             \
  extern "C" __global__ void name##_double(Strided2 s, void* out, int to, const void* x, int from, \
                                           double p, double q) {                                 \
    any<Of_##name>(s, out, to, x, from, p, q);                                                   \
  }
#define LONG ROW
#define TEST ROW
#include "unary_rows.cuh"

// A double cannot hold every square of an int, which wraps around.
extern "C" __global__ void square_i32(Strided2 s, int* out, const void* x, int from) {
#pragma unroll 1
  EACH(i, s.size) {
    i64 at[2];
    place(s, i, at);
    u32 v = (u32)integer(fetch(x, from, at[1]));
    out[at[0]] = (int)(v * v);
  }
}
