// Functions of two F32 arguments to F32, or BOOL, for views of any layout: dense ones, scalars, and
// rows and columns that repeat are read four elements at a time.
#include "common.cuh"
#include "pointwise.cuh"
#include "special.cuh"

INLINE Four<float> read4(const float* p, i64 at, i64 stride) {
  if (stride != 0) return four<float>(p, at);
  float v = p[at];
  return {{v, v, v, v}};
}

template <class F, class T>
INLINE void each(const Strided3& s, T* out, const float* a, const float* b, int four) {
  i64 fours = four ? s.size >> 2 : 0;
#pragma unroll 1
  EACH(i, s.size - 3 * fours) {
    i64 at[3];
    place(s, i < fours ? 4 * i : 3 * fours + i, at);
    if (i < fours) {
      Four<float> x = read4(a, at[1], s.stride[1][s.rank - 1]);
      Four<float> y = read4(b, at[2], s.stride[2][s.rank - 1]);
      Four<T> z;
#pragma unroll
      for (int k = 0; k < 4; k++) z.v[k] = F::of(x.v[k], y.v[k]);
      *(Four<T>*)(out + at[0]) = z;
    } else {
      out[at[0]] = F::of(a[at[1]], b[at[2]]);
    }
  }
}

#define KERNEL(name, T, inlining, expression)                                            \
  struct Of_##name {                                                                     \
    typedef float A;                                                                     \
    static inlining T of(A a, A b) { return expression; }                                \
  };                                                                                     \
  extern "C" __global__ void name(Strided3 s, T* out, const float* a, const float* b, int four) { \
    each<Of_##name, T>(s, out, a, b, four);                                              \
  }
#define ROW(name, expression) KERNEL(name##_f32, float, INLINE, expression)
#define LONG(name, expression) KERNEL(name##_f32, float, CALLED, expression)
#define TEST(name, expression) KERNEL(name##_test, u8, INLINE, expression)
#include "binary_rows.cuh"
