// Fill and copy, with a cast, for views of any layout.
#include "common.cuh"

extern "C" __global__ void fill_any(Strided1 s, void* out, int type, double value) {
  EACH(i, s.size) {
    i64 at[1];
    locate(s, i, at);
    store(out, type, at[0], value);
  }
}

extern "C" __global__ void fill_dense(i64 n, void* out, int type, double value) {
  EACH(i, n) store(out, type, i, value);
}

// Through double, which holds every element type.
extern "C" __global__ void copy_any(Strided2 s, void* out, int to, const void* x, int from) {
  EACH(i, s.size) {
    i64 at[2];
    locate(s, i, at);
    store(out, to, at[0], load<double>(x, from, at[1]));
  }
}

extern "C" __global__ void copy_float(Strided2 s, void* out, int to, const void* x, int from) {
  EACH(i, s.size) {
    i64 at[2];
    locate(s, i, at);
    store(out, to, at[0], load<float>(x, from, at[1]));
  }
}

// The same type on both sides, by the size of its elements.
template <class T>
__device__ void move(const Strided2& s, T* out, const T* x) {
  EACH(i, s.size) {
    i64 at[2];
    locate(s, i, at);
    out[at[0]] = x[at[1]];
  }
}

extern "C" __global__ void move_1(Strided2 s, u8* out, const u8* x) { move(s, out, x); }
extern "C" __global__ void move_2(Strided2 s, u16* out, const u16* x) { move(s, out, x); }
extern "C" __global__ void move_4(Strided2 s, u32* out, const u32* x) { move(s, out, x); }
extern "C" __global__ void move_8(Strided2 s, u64* out, const u64* x) { move(s, out, x); }
