// Functions of one argument from dense F32 to dense F32, or BOOL.
#include "common.cuh"
#include "pointwise.cuh"
#include "special.cuh"

template <class F, class T>
__device__ __forceinline__ void dense(i64 n, T* out, const float* x, float p, float q, int four) {
  i64 fours = four ? n >> 2 : 0;
#pragma unroll 1
  EACH(i, fours) {
    Four<float> in = ((const Four<float>*)x)[i];
    Four<T> y;
#pragma unroll
    for (int k = 0; k < 4; k++) y.v[k] = F::of(in.v[k], p, q);
    ((Four<T>*)out)[i] = y;
  }
#pragma unroll 1
  EACH(j, n - 4 * fours) out[4 * fours + j] = F::of(x[4 * fours + j], p, q);
}

#define KERNEL(name, T, inlining, expression)                                                \
  struct Of_##name {                                                                         \
    typedef float A;                                                                         \
    static inlining T of(A x, A p, A q) { return expression; }                               \
  };                                                                                         \
  extern "C" __global__ void name(i64 n, T* out, const float* x, float p, float q, int four) { \
    dense<Of_##name, T>(n, out, x, p, q, four);                                              \
  }
#define ROW(name, expression) KERNEL(name##_f32, float, INLINE, expression)
#define LONG(name, expression) KERNEL(name##_f32, float, CALLED, expression)
#define TEST(name, expression) KERNEL(name##_test, u8, INLINE, expression)
#include "unary_rows.cuh"
