// The choice between two views by a third.
#include "common.cuh"
#include "pointwise.cuh"

template <class T>
INLINE Four<T> read4(const T* p, i64 at, i64 stride) {
  if (stride != 0) return four<T>(p, at);
  T v = p[at];
  return {{v, v, v, v}};
}

// One type for a, b and the result, by the size of its elements.
template <class T>
INLINE void choose(const Strided4& s, T* out, const u8* mask, const T* a, const T* b, int four) {
  i64 fours = four ? s.size >> 2 : 0;
#pragma unroll 1
  EACH(i, s.size - 3 * fours) {
    i64 at[4];
    place(s, i < fours ? 4 * i : 3 * fours + i, at);
    if (i < fours) {
      int d = s.rank - 1;
      Four<u8> m = read4(mask, at[1], s.stride[1][d]);
      Four<T> x = read4(a, at[2], s.stride[2][d]), y = read4(b, at[3], s.stride[3][d]);
#pragma unroll
      for (int k = 0; k < 4; k++) x.v[k] = m.v[k] ? x.v[k] : y.v[k];
      *(Four<T>*)(out + at[0]) = x;
    } else {
      out[at[0]] = mask[at[1]] ? a[at[2]] : b[at[3]];
    }
  }
}

#define KERNEL(bytes, T)                                                                        \
  extern "C" __global__ void where_##bytes(Strided4 s, T* out, const u8* mask, const T* a,      \
                                           const T* b, int four) {                              \
    choose<T>(s, out, mask, a, b, four);                                                        \
  }
KERNEL(1, u8)
KERNEL(2, u16)
KERNEL(4, u32)
KERNEL(8, u64)

// Any types, through double, which holds them all.
extern "C" __global__ void where_any(Strided4 s, void* out, int to, const void* mask, int of_mask,
                                     const void* a, int of_a, const void* b, int of_b) {
#pragma unroll 1
  EACH(i, s.size) {
    i64 at[4];
    place(s, i, at);
    bool m = load<double>(mask, of_mask, at[1]) != 0;
    store(out, to, at[0], load<double>(m ? a : b, m ? of_a : of_b, m ? at[2] : at[3]));
  }
}
