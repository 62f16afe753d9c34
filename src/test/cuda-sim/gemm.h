// Element types and a blocked matrix product for the stand-ins of cuBLAS and cuDNN.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#pragma GCC diagnostic ignored "-Wpsabi"
#pragma GCC optimize("O3")

#if defined(__x86_64__)
#define SIM_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define SIM_CLONES
#endif

namespace sim {

inline float from_bits(uint32_t bits) {
  float f;
  memcpy(&f, &bits, 4);
  return f;
}

inline uint32_t to_bits(float f) {
  uint32_t bits;
  memcpy(&bits, &f, 4);
  return bits;
}

inline float bf16_to_float(uint16_t h) { return from_bits(uint32_t(h) << 16); }

inline uint16_t float_to_bf16(float f) {
  uint32_t bits = to_bits(f);
  if (f != f) return uint16_t(bits >> 16 | 0x40);
  return uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

inline float f16_to_float(uint16_t h) {
  uint32_t sign = uint32_t(h & 0x8000) << 16, rest = h & 0x7fff;
  if (rest >= 0x7c00) return from_bits(sign | 0x7f800000 | (rest & 0x3ff) << 13);
  // Scaling by 2^112 moves the exponent, and makes a subnormal half an ordinary float.
  float f = from_bits(rest << 13) * 5.192296858534828e33f;
  return sign ? -f : f;
}

inline uint16_t float_to_f16(float f) {
  uint32_t bits = to_bits(f), sign = bits >> 16 & 0x8000, size = bits & 0x7fffffff;
  if (size > 0x7f800000) return uint16_t(sign | 0x7e00);
  if (size >= 0x477ff000) return uint16_t(sign | 0x7c00);
  if (size < 0x38800000) return uint16_t(sign | (to_bits(from_bits(size) + 0.5f) - 0x3f000000));
  return uint16_t(sign | (size + 0xfff + (size >> 13 & 1) - 0x38000000) >> 13);
}

// What a tensor core sees of a float: ten bits of mantissa, to nearest.
inline float tf32(float f) {
  uint32_t bits = to_bits(f);
  if ((bits & 0x7f800000) == 0x7f800000) return f;
  return from_bits((bits + 0xfff + (bits >> 13 & 1)) & ~0x1fffu);
}

const int GEMM_ROWS = 4;
const int GEMM_DEPTH = 256;

typedef float Floats __attribute__((vector_size(32), aligned(4)));
typedef double Doubles __attribute__((vector_size(32), aligned(8)));

// out [4][2 lanes] = the product of a packed strip of rows and a packed strip of columns.
#define SIM_GEMM_KERNEL(NAME, T, V, LANES)                                              \
  SIM_CLONES static void NAME(const T* a, const T* b, int depth, T* out) {              \
    V s[GEMM_ROWS][2] = {};                                                             \
    for (int p = 0; p < depth; p++) {                                                   \
      V left = *(const V*)(b + p * 2 * LANES), right = *(const V*)(b + p * 2 * LANES + LANES); \
      for (int i = 0; i < GEMM_ROWS; i++) {                                             \
        s[i][0] += left * a[p * GEMM_ROWS + i];                                         \
        s[i][1] += right * a[p * GEMM_ROWS + i];                                        \
      }                                                                                 \
    }                                                                                   \
    for (int i = 0; i < GEMM_ROWS; i++) {                                               \
      *(V*)(out + i * 2 * LANES) = s[i][0];                                             \
      *(V*)(out + i * 2 * LANES + LANES) = s[i][1];                                     \
    }                                                                                   \
  }

SIM_GEMM_KERNEL(gemm_strip_float, float, Floats, 8)
SIM_GEMM_KERNEL(gemm_strip_double, double, Doubles, 4)

inline void gemm_strip(const float* a, const float* b, int depth, float* out) {
  gemm_strip_float(a, b, depth, out);
}

inline void gemm_strip(const double* a, const double* b, int depth, double* out) {
  gemm_strip_double(a, b, depth, out);
}

// A matrix anywhere in memory: element (i, j) is p[i * row + j * column].
template <class T>
struct Matrix {
  T* p;
  int64_t row, column;
  T& at(int64_t i, int64_t j) const { return p[i * row + j * column]; }
};

// c += a b, with c [m,n] and k terms.
template <class T>
void gemm(int64_t m, int64_t n, int64_t k, Matrix<const T> a, Matrix<const T> b, Matrix<T> c) {
  const int columns = 64 / sizeof(T);
  static thread_local std::vector<T> left, right;
  int64_t strips = (m + GEMM_ROWS - 1) / GEMM_ROWS;
  left.resize(strips * GEMM_ROWS * GEMM_DEPTH);
  right.resize(columns * GEMM_DEPTH);
  T out[GEMM_ROWS * 64 / sizeof(T)];
  for (int64_t p0 = 0; p0 < k; p0 += GEMM_DEPTH) {
    int depth = int(std::min<int64_t>(GEMM_DEPTH, k - p0));
    for (int64_t i = 0; i < strips * GEMM_ROWS; i++) {
      T* to = left.data() + i / GEMM_ROWS * GEMM_ROWS * depth + i % GEMM_ROWS;
      for (int p = 0; p < depth; p++) to[p * GEMM_ROWS] = i < m ? a.at(i, p0 + p) : T(0);
    }
    for (int64_t j0 = 0; j0 < n; j0 += columns) {
      int wide = int(std::min<int64_t>(columns, n - j0));
      for (int p = 0; p < depth; p++) {
        for (int j = 0; j < columns; j++) {
          right[p * columns + j] = j < wide ? b.at(p0 + p, j0 + j) : T(0);
        }
      }
      for (int64_t i0 = 0; i0 < m; i0 += GEMM_ROWS) {
        gemm_strip(left.data() + i0 * depth, right.data(), depth, out);
        int high = int(std::min<int64_t>(GEMM_ROWS, m - i0));
        for (int i = 0; i < high; i++) {
          for (int j = 0; j < wide; j++) c.at(i0 + i, j0 + j) += out[i * columns + j];
        }
      }
    }
  }
}

}  // namespace sim
