// Functions of two arguments in float, for views of any layout.
#include "common.cuh"
#include "pointwise.cuh"
#include "special.cuh"

template <class F>
INLINE void any(const Strided3& s, void* out, int to, const void* a, int of_a, const void* b,
                int of_b, int four) {
  i64 fours = four ? s.size >> 2 : 0;
#pragma unroll 1
  EACH(i, s.size - 3 * fours) {
    i64 at[3];
    place(s, i < fours ? 4 * i : 3 * fours + i, at);
    if (i < fours) {
      Four<float> x = get4(a, of_a, at[1], s.stride[1][s.rank - 1]);
      Four<float> y = get4(b, of_b, at[2], s.stride[2][s.rank - 1]);
#pragma unroll
      for (int k = 0; k < 4; k++) x.v[k] = F::of(x.v[k], y.v[k]);
      put4(out, to, at[0], x);
    } else {
      put(out, to, at[0], F::of(get(a, of_a, at[1]), get(b, of_b, at[2])));
    }
  }
}

#define KERNEL(name, inlining, expression)                                                     \
  struct Of_##name {                                                                           \
    typedef float A;                                                                           \
    static inlining A of(A a, A b) { return expression; }                                      \
  };                                                                                           \
  extern "C" __global__ void name(Strided3 s, void* out, int to, const void* a, int of_a,      \
                                  const void* b, int of_b, int four) {                         \
    any<Of_##name>(s, out, to, a, of_a, b, of_b, four);                                        \
  }
#define ROW(name, expression) KERNEL(name##_float, INLINE, expression)
#define LONG(name, expression) KERNEL(name##_float, CALLED, expression)
#define TEST ROW
#include "binary_rows.cuh"
