// The counter-based generator Philox 4x32-10 (Salmon et al., SC 2011). Number i of a stream is a
// function of the seed and i alone. A thread draws the four words of one counter: four numbers, or
// two of F64, which are elements of the output as far as they lie inside it.
#include "common.cuh"
#include "pointwise.cuh"

struct Words {
  u32 v[4];
};

INLINE Words philox(u64 seed, u64 counter) {
  u32 c0 = (u32)counter, c1 = (u32)(counter >> 32), c2 = 0, c3 = 0;
  u32 k0 = (u32)seed, k1 = (u32)(seed >> 32);
#pragma unroll
  for (int round = 0; round < 10; round++) {
    u64 p0 = (u64)0xD2511F53u * c0, p1 = (u64)0xCD9E8D57u * c2;
    c0 = (u32)(p1 >> 32) ^ c1 ^ k0;
    c2 = (u32)(p0 >> 32) ^ c3 ^ k1;
    c1 = (u32)p1;
    c3 = (u32)p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return {{c0, c1, c2, c3}};
}

// Box and Muller's pair from two uniform numbers.
INLINE void pair(float& u, float& v) {
  float radius = sqrtf(-2 * logf(1 - u)), sine, cosine;
  sincospif(2 * v, &sine, &cosine);
  u = radius * cosine;
  v = radius * sine;
}

INLINE void pair(double& u, double& v) {
  double radius = sqrt(-2 * log(1 - u)), sine = sinpi(2 * v), cosine = cospi(2 * v);
  u = radius * cosine;
  v = radius * sine;
}

template <class A>
INLINE A uniform(const Words& w, int k);

template <>
INLINE float uniform<float>(const Words& w, int k) {
  return (w.v[k] >> 8) * 5.9604644775390625e-8f;  // 2^-24
}

template <>
INLINE double uniform<double>(const Words& w, int k) {
  u64 bits = (u64)w.v[2 * k] << 32 | w.v[2 * k + 1];
  return (double)(bits >> 11) * 1.1102230246251565404e-16;  // 2^-53
}

// Dense memory of F32, F16 or BF16; `aligned` is whether four elements may be written at once where
// the offset is a multiple of 4.
INLINE void narrow(i64 n, void* out, int type, int normal, u64 seed, i64 offset, int aligned) {
  i64 first = offset >> 2, groups = ((offset + n - 1) >> 2) - first + 1;
  bool four = aligned && (offset & 3) == 0;
#pragma unroll 1
  EACH(g, groups) {
    Words w = philox(seed, (u64)(first + g));
    Four<float> t;
#pragma unroll
    for (int k = 0; k < 4; k++) t.v[k] = uniform<float>(w, k);
    if (normal) {
      pair(t.v[0], t.v[1]);
      pair(t.v[2], t.v[3]);
    }
    i64 i = 4 * (first + g) - offset;
    if (four && i + 4 <= n) {
      put4(out, type, i, t);
    } else {
#pragma unroll
      for (int k = 0; k < 4; k++) {
        if (i + k >= 0 && i + k < n) put(out, type, i + k, t.v[k]);
      }
    }
  }
}

// Dense memory of F64.
INLINE void wide(i64 n, double* out, int normal, u64 seed, i64 offset) {
  i64 first = offset >> 1, groups = ((offset + n - 1) >> 1) - first + 1;
#pragma unroll 1
  EACH(g, groups) {
    Words w = philox(seed, (u64)(first + g));
    double u = uniform<double>(w, 0), v = uniform<double>(w, 1);
    if (normal) pair(u, v);
    i64 i = 2 * (first + g) - offset;
    if (i >= 0) out[i] = u;
    if (i + 1 < n) out[i + 1] = v;
  }
}

// Any layout and type: a thread draws what its one element needs.
INLINE void any(const Strided1& s, void* out, int type, int normal, u64 seed, i64 offset) {
#pragma unroll 1
  EACH(i, s.size) {
    i64 at[1], number = offset + i;
    place(s, i, at);
    double v;
    if (type == F64) {
      Words w = philox(seed, (u64)(number >> 1));
      double t[2] = {uniform<double>(w, 0), uniform<double>(w, 1)};
      if (normal) pair(t[0], t[1]);
      v = number & 1 ? t[1] : t[0];
    } else {
      Words w = philox(seed, (u64)(number >> 2));
      bool second = number & 2;
      float t[2];
#pragma unroll
      for (int k = 0; k < 2; k++) t[k] = second ? uniform<float>(w, 2 + k) : uniform<float>(w, k);
      if (normal) pair(t[0], t[1]);
      v = number & 1 ? t[1] : t[0];
    }
    store(out, type, at[0], v);
  }
}

extern "C" __global__ void random_narrow(i64 n, void* out, int type, int normal, u64 seed,
                                         i64 offset, int aligned) {
  narrow(n, out, type, normal, seed, offset, aligned);
}

extern "C" __global__ void random_wide(i64 n, double* out, int normal, u64 seed, i64 offset) {
  wide(n, out, normal, seed, offset);
}

extern "C" __global__ void random_any(Strided1 s, void* out, int type, int normal, u64 seed,
                                      i64 offset) {
  any(s, out, type, normal, seed, offset);
}

// The same with seed and offset from device memory, where a captured graph finds new ones at each
// launch: two 64-bit numbers as their low and high words. `more` is added to the offset.
INLINE i64 join(const u32* words) { return (i64)((u64)words[1] << 32 | words[0]); }

extern "C" __global__ void random_narrow_at(i64 n, void* out, int type, int normal,
                                            const u32* state, i64 more, int aligned) {
  narrow(n, out, type, normal, (u64)join(state), join(state + 2) + more, aligned);
}

extern "C" __global__ void random_wide_at(i64 n, double* out, int normal, const u32* state,
                                          i64 more) {
  wide(n, out, normal, (u64)join(state), join(state + 2) + more);
}

extern "C" __global__ void random_any_at(Strided1 s, void* out, int type, int normal,
                                         const u32* state, i64 more) {
  any(s, out, type, normal, (u64)join(state), join(state + 2) + more);
}
