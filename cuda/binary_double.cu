// Functions of two arguments in double, for views of any layout and type.
#include "common.cuh"
#include "pointwise.cuh"
#include "special.cuh"

APART double fetch(const void* p, int type, i64 i) { return load<double>(p, type, i); }
APART void keep(void* p, int type, i64 i, double v) { store(p, type, i, v); }

template <class F>
INLINE void any(const Strided3& s, void* out, int to, const void* a, int of_a, const void* b,
                int of_b) {
#pragma unroll 1
  EACH(i, s.size) {
    i64 at[3];
    place(s, i, at);
    keep(out, to, at[0], F::of(fetch(a, of_a, at[1]), fetch(b, of_b, at[2])));
  }
}

#define ROW(name, expression)                                                             \
  struct Of_##name {                                                                      \
    typedef double A;                                                                     \
    static INLINE A of(A a, A b) { return expression; }                                   \
  };                                                                                      \
  extern "C" __global__ void name##_double(Strided3 s, void* out, int to, const void* a,  \
                                           int of_a, const void* b, int of_b) {           \
    any<Of_##name>(s, out, to, a, of_a, b, of_b);                                         \
  }
#define LONG ROW
#define TEST ROW
#include "binary_rows.cuh"

// A double cannot hold every product of two ints, which wraps around.
extern "C" __global__ void mul_i32(Strided3 s, int* out, const void* a, int of_a, const void* b,
                                   int of_b) {
#pragma unroll 1
  EACH(i, s.size) {
    i64 at[3];
    place(s, i, at);
    u32 x = (u32)integer(fetch(a, of_a, at[1])), y = (u32)integer(fetch(b, of_b, at[2]));
    out[at[0]] = (int)(x * y);
  }
}
