// Functions of one argument in float, for views of any layout.
#include "common.cuh"
#include "pointwise.cuh"
#include "special.cuh"

APART Four<float> fetch4(const void* p, int type, i64 at, i64 stride) {
  return get4(p, type, at, stride);
}

template <class F>
__device__ __forceinline__ void any(const Strided2& s, void* out, int to, const void* x, int from,
                                    float p, float q, int four) {
  i64 fours = four ? s.size >> 2 : 0;
#pragma unroll 1
  EACH(i, s.size - 3 * fours) {
    i64 at[2];
    place(s, i < fours ? 4 * i : 3 * fours + i, at);
    if (i < fours) {
      Four<float> v = fetch4(x, from, at[1], s.stride[1][s.rank - 1]);
#pragma unroll
      for (int k = 0; k < 4; k++) v.v[k] = F::of(v.v[k], p, q);
      put4(out, to, at[0], v);
    } else {
      put(out, to, at[0], F::of(get(x, from, at[1]), p, q));
    }
  }
}

#define KERNEL(name, inlining, expression)                                                \
  struct Of_##name {                                                                      \
    typedef float A;                                                                      \
    static inlining A of(A x, A p, A q) { return expression; }                            \
  };                                                                                      \
  extern "C" __global__ void name(Strided2 s, void* out, int to, const void* x, int from, \
                                  float p, float q, int four) {                           \
    any<Of_##name>(s, out, to, x, from, p, q, four);                                      \
  }
#define ROW(name, expression) KERNEL(name##_float, INLINE, expression)
#define LONG(name, expression) KERNEL(name##_float, CALLED, expression)
#define TEST ROW
#include "unary_rows.cuh"
