// CUDA C++ for the host: what our kernels use of the language and its built-in functions, on top of
// the simulated device (exec.cpp). Kernels include it under `#ifdef JACANA_HOST` only.
// With JACANA_SCAN defined the preprocessor's output names the kernels; see build.sh.
#pragma once
#if defined(__CUDACC__)
#error "shim.h is for the host compiler"
#endif
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cfloat>
#include <climits>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#ifdef JACANA_SCAN
#define __global__ JACANA_KERNEL
#define __constant__ JACANA_CONSTANT
#else
#define __global__
#define __constant__ __attribute__((section(".data.jacana_constant")))
#endif
#define __device__
#define __host__
#define __shared__ static
#define __grid_constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))
#define __builtin_assume(x) ((void)0)
#define warpSize 32

// ---- vector types, aligned as the device aligns them
#define SIM_VECTORS(T, N, A1, A2, A4)                                               \
  struct N##1 {                                                                     \
    T x;                                                                            \
  };                                                                                \
  struct __align__(A2) N##2 {                                                       \
    T x, y;                                                                         \
  };                                                                                \
  struct N##3 {                                                                     \
    T x, y, z;                                                                      \
  };                                                                                \
  struct __align__(A4) N##4 {                                                       \
    T x, y, z, w;                                                                   \
  };                                                                                \
  static inline N##1 make_##N##1(T x) { return {x}; }                               \
  static inline N##2 make_##N##2(T x, T y) { return {x, y}; }                       \
  static inline N##3 make_##N##3(T x, T y, T z) { return {x, y, z}; }               \
  static inline N##4 make_##N##4(T x, T y, T z, T w) { return {x, y, z, w}; }
SIM_VECTORS(signed char, char, 1, 2, 4)
SIM_VECTORS(unsigned char, uchar, 1, 2, 4)
SIM_VECTORS(short, short, 2, 4, 8)
SIM_VECTORS(unsigned short, ushort, 2, 4, 8)
SIM_VECTORS(int, int, 4, 8, 16)
SIM_VECTORS(unsigned, uint, 4, 8, 16)
SIM_VECTORS(long long, longlong, 8, 16, 16)
SIM_VECTORS(unsigned long long, ulonglong, 8, 16, 16)
SIM_VECTORS(float, float, 4, 8, 16)
SIM_VECTORS(double, double, 8, 16, 16)
#undef SIM_VECTORS

struct dim3 {
  unsigned x = 1, y = 1, z = 1;
  dim3() = default;
  dim3(unsigned x, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

// ---- threads, blocks, barriers
namespace sim {
struct Thread {
  uint3 index;
  unsigned id;
  unsigned barriers, warps;  // how many it passed: orders its accesses, see check.cpp
};
#define SIM_HIDDEN __attribute__((visibility("hidden")))
extern SIM_HIDDEN Thread* current;
extern SIM_HIDDEN uint3 block_index;
extern SIM_HIDDEN dim3 block_size, grid_size;
enum { WARP_IDX, WARP_UP, WARP_DOWN, WARP_XOR, WARP_BALLOT, WARP_SYNC, WARP_MATCH, WARP_ACTIVE };
SIM_HIDDEN int barrier(int kind, int predicate);
SIM_HIDDEN uint64_t warp(int op, unsigned mask, uint64_t value, int argument, int width);
[[noreturn]] SIM_HIDDEN void trap(const char* what, const char* file, int line);
[[noreturn]] SIM_HIDDEN void broken(const char* format, ...) __attribute__((format(printf, 1, 2)));

template <class T>
inline T shuffle(int op, unsigned mask, T value, int argument, int width) {
  static_assert(sizeof(T) <= 8, "a shuffle moves up to 8 bytes");
  uint64_t bits = 0;
  memcpy(&bits, &value, sizeof(T));
  bits = warp(op, mask, bits, argument, width);
  memcpy(&value, &bits, sizeof(T));
  return value;
}

template <class To, class From>
inline To bits(From from) {
  static_assert(sizeof(To) == sizeof(From), "same size");
  To to;
  memcpy(&to, &from, sizeof(To));
  return to;
}

// ---- registration: the signature of every kernel, as the PTX text must have it
template <class T>
constexpr char kind() {
  return std::is_pointer<T>::value          ? 'p'
         : std::is_floating_point<T>::value ? 'f'
         : std::is_integral<T>::value || std::is_enum<T>::value ? 'u'
                                                                : 'b';
}
template <auto F>
struct Entry;
template <class... A, void (*F)(A...)>
struct Entry<F> {
  static constexpr char kinds[] = {kind<std::remove_cv_t<A>>()..., 0};
  static constexpr int sizes[] = {int(sizeof(A))..., 0};
  static constexpr int alignments[] = {int(alignof(A))..., 0};
  template <size_t... I>
  static void spread(void** a, std::index_sequence<I...>) {
    (void)a;
    F(*static_cast<std::remove_cv_t<A>*>(a[I])...);
  }
  static void call(void** a) { spread(a, std::index_sequence_for<A...>()); }
  static constexpr int count = sizeof...(A);
};
SIM_HIDDEN bool add_kernel(const char* name, void (*call)(void**), const char* kinds,
                           const int* sizes, const int* alignments, int count);
SIM_HIDDEN bool add_constant(const char* name, void* p, size_t bytes);
}  // namespace sim

#define SIM_KERNEL(name)                                                                     \
  [[maybe_unused]] const bool sim_kernel_##name = ::sim::add_kernel(                         \
      #name, ::sim::Entry<&name>::call, ::sim::Entry<&name>::kinds, ::sim::Entry<&name>::sizes, \
      ::sim::Entry<&name>::alignments, ::sim::Entry<&name>::count);
#define SIM_CONSTANT(name) \
  [[maybe_unused]] const bool sim_constant_##name = ::sim::add_constant(#name, &name, sizeof(name));

#define threadIdx (::sim::current->index)
#define blockIdx (static_cast<const uint3&>(::sim::block_index))
#define blockDim (static_cast<const dim3&>(::sim::block_size))
#define gridDim (static_cast<const dim3&>(::sim::grid_size))

static inline void __syncthreads() { sim::barrier(0, 0); }
static inline int __syncthreads_count(int p) { return sim::barrier(1, p); }
static inline int __syncthreads_and(int p) { return sim::barrier(2, p); }
static inline int __syncthreads_or(int p) { return sim::barrier(3, p); }
static inline void __syncwarp(unsigned mask = 0xffffffffu) {
  sim::warp(sim::WARP_SYNC, mask, 0, 0, 32);
}
static inline unsigned __activemask() {
  return unsigned(sim::warp(sim::WARP_ACTIVE, 0xffffffffu, 0, 0, 32));
}
static inline unsigned __ballot_sync(unsigned mask, int p) {
  return unsigned(sim::warp(sim::WARP_BALLOT, mask, p != 0, 0, 32));
}
static inline int __any_sync(unsigned mask, int p) { return __ballot_sync(mask, p) != 0; }
static inline int __all_sync(unsigned mask, int p) { return __ballot_sync(mask, !p) == 0; }
static inline void __threadfence() {}
static inline void __threadfence_block() {}
static inline void __threadfence_system() {}
template <class T>
static inline T __shfl_sync(unsigned mask, T v, int lane, int width = 32) {
  return sim::shuffle(sim::WARP_IDX, mask, v, lane, width);
}
template <class T>
static inline T __shfl_up_sync(unsigned mask, T v, unsigned delta, int width = 32) {
  return sim::shuffle(sim::WARP_UP, mask, v, int(delta), width);
}
template <class T>
static inline T __shfl_down_sync(unsigned mask, T v, unsigned delta, int width = 32) {
  return sim::shuffle(sim::WARP_DOWN, mask, v, int(delta), width);
}
template <class T>
static inline T __shfl_xor_sync(unsigned mask, T v, int lanes, int width = 32) {
  return sim::shuffle(sim::WARP_XOR, mask, v, lanes, width);
}
template <class T>
static inline unsigned __match_any_sync(unsigned mask, T v) {
  uint64_t bits = 0;
  memcpy(&bits, &v, sizeof v);
  return unsigned(sim::warp(sim::WARP_MATCH, mask, bits, 0, 32));
}
#define __trap() ::sim::trap(nullptr, __FILE__, __LINE__)
#undef assert
#define assert(x) ((x) ? (void)0 : ::sim::trap(#x, __FILE__, __LINE__))
namespace sim {
SIM_HIDDEN unsigned long long global_timer();
SIM_HIDDEN long long cycles();
}  // namespace sim
static inline long long clock64() { return ::sim::cycles(); }

// ---- atomics: threads take turns only at waits, so plain code is atomic
#ifdef JACANA_CHECK
namespace sim {
SIM_HIDDEN void atomic_access(void* p, size_t bytes);
}
#define SIM_ATOMIC_BEGIN(p) ::sim::atomic_access((void*)p, sizeof *p)
#define SIM_PLAIN __attribute__((no_sanitize("thread"), noinline))
#else
#define SIM_ATOMIC_BEGIN(p) ((void)0)
#define SIM_PLAIN
#endif
#define SIM_ATOMIC(name, expression)              \
  template <class T>                              \
  SIM_PLAIN static inline T name(T* p, std::common_type_t<T> v) { \
    SIM_ATOMIC_BEGIN(p);                          \
    T old = *p;                                   \
    *p = T(expression);                           \
    return old;                                   \
  }
SIM_ATOMIC(atomicAdd, old + v)
SIM_ATOMIC(atomicSub, old - v)
SIM_ATOMIC(atomicMax, old > v ? old : v)
SIM_ATOMIC(atomicMin, old < v ? old : v)
SIM_ATOMIC(atomicExch, v)
SIM_ATOMIC(atomicAnd, old & v)
SIM_ATOMIC(atomicOr, old | v)
SIM_ATOMIC(atomicXor, old ^ v)
SIM_ATOMIC(atomicInc, old >= v ? 0 : old + 1)
SIM_ATOMIC(atomicDec, old == 0 || old > v ? v : old - 1)
#undef SIM_ATOMIC
template <class T>
SIM_PLAIN static inline T atomicCAS(T* p, std::common_type_t<T> expected,
                                    std::common_type_t<T> v) {
  SIM_ATOMIC_BEGIN(p);
  T old = *p;
  if (old == expected) *p = v;
  return old;
}

// ---- memory with cache hints
template <class T>
static inline T __ldg(const T* p) { return *p; }
template <class T>
static inline T __ldcs(const T* p) { return *p; }
template <class T>
static inline T __ldca(const T* p) { return *p; }
template <class T>
static inline T __ldcg(const T* p) { return *p; }
template <class T>
static inline void __stcs(T* p, T v) { *p = v; }
template <class T>
static inline void __stcg(T* p, T v) { *p = v; }

// ---- bits
static inline int __float_as_int(float v) { return sim::bits<int>(v); }
static inline unsigned __float_as_uint(float v) { return sim::bits<unsigned>(v); }
static inline float __int_as_float(int v) { return sim::bits<float>(v); }
static inline float __uint_as_float(unsigned v) { return sim::bits<float>(v); }
static inline long long __double_as_longlong(double v) { return sim::bits<long long>(v); }
static inline double __longlong_as_double(long long v) { return sim::bits<double>(v); }
static inline int __double2hiint(double v) { return int(__double_as_longlong(v) >> 32); }
static inline int __double2loint(double v) { return int(__double_as_longlong(v)); }
static inline double __hiloint2double(int hi, int lo) {
  return __longlong_as_double((long long)(((unsigned long long)(unsigned)hi << 32) | (unsigned)lo));
}
static inline int __popc(unsigned v) { return __builtin_popcount(v); }
static inline int __popcll(unsigned long long v) { return __builtin_popcountll(v); }
static inline int __clz(int v) { return v == 0 ? 32 : __builtin_clz(unsigned(v)); }
static inline int __clzll(long long v) { return v == 0 ? 64 : __builtin_clzll(v); }
static inline int __ffs(int v) { return __builtin_ffs(v); }
static inline int __ffsll(long long v) { return __builtin_ffsll(v); }
static inline unsigned __brev(unsigned v) {
  unsigned r = 0;
  for (int i = 0; i < 32; i++) r |= (v >> i & 1u) << (31 - i);
  return r;
}
static inline unsigned __byte_perm(unsigned x, unsigned y, unsigned s) {
  unsigned long long both = (unsigned long long)y << 32 | x;
  unsigned r = 0;
  for (int i = 0; i < 4; i++) {
    unsigned pick = s >> (4 * i) & 15, byte = unsigned(both >> (8 * (pick & 7))) & 255;
    if (pick & 8) byte = (byte & 128) ? 255 : 0;
    r |= byte << (8 * i);
  }
  return r;
}
static inline unsigned __funnelshift_l(unsigned lo, unsigned hi, unsigned n) {
  return unsigned((((unsigned long long)hi << 32 | lo) << (n & 31)) >> 32);
}
static inline unsigned __funnelshift_r(unsigned lo, unsigned hi, unsigned n) {
  return unsigned(((unsigned long long)hi << 32 | lo) >> (n & 31));
}
static inline unsigned __umulhi(unsigned a, unsigned b) {
  return unsigned((unsigned long long)a * b >> 32);
}
static inline int __mulhi(int a, int b) { return int((long long)a * b >> 32); }
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return (unsigned long long)((unsigned __int128)a * b >> 64);
}
static inline int __mul24(int a, int b) { return int((long long)(a << 8 >> 8) * (b << 8 >> 8)); }

// ---- arithmetic with a named rounding, and conversions (saturating, NaN gives 0, as on the device)
static inline float __fadd_rn(float a, float b) { return a + b; }
static inline float __fsub_rn(float a, float b) { return a - b; }
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fdiv_rn(float a, float b) { return a / b; }
static inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
static inline float __fsqrt_rn(float a) { return sqrtf(a); }
static inline float __frcp_rn(float a) { return 1.0f / a; }
static inline float __frsqrt_rn(float a) { return float(1.0 / sqrt(double(a))); }
static inline double __dadd_rn(double a, double b) { return a + b; }
static inline double __dsub_rn(double a, double b) { return a - b; }
static inline double __dmul_rn(double a, double b) { return a * b; }
static inline double __ddiv_rn(double a, double b) { return a / b; }
static inline double __fma_rn(double a, double b, double c) { return fma(a, b, c); }
static inline double __dsqrt_rn(double a) { return sqrt(a); }
static inline float __fdividef(float a, float b) { return a / b; }
static inline float fdividef(float a, float b) { return a / b; }
// Macros: the host's library has functions of these names for itself.
#define __expf(a) expf(a)
#define __exp10f(a) powf(10.0f, a)
#define __logf(a) logf(a)
#define __log2f(a) log2f(a)
#define __log10f(a) log10f(a)
#define __powf(a, b) powf(a, b)
#define __sinf(a) sinf(a)
#define __cosf(a) cosf(a)
#define __tanf(a) tanf(a)
#define __sincosf(a, s, c) sincosf(a, s, c)
static inline float __saturatef(float a) { return a > 0.0f ? (a < 1.0f ? a : 1.0f) : 0.0f; }
static inline float rsqrtf(float a) { return float(1.0 / sqrt(double(a))); }
static inline double rsqrt(double a) { return 1.0 / sqrt(a); }
static inline float rcbrtf(float a) { return 1.0f / cbrtf(a); }
static inline double rcbrt(double a) { return 1.0 / cbrt(a); }

namespace sim {
template <class To, class From>
inline To saturate(From v) {
  if (v != v) return To(0);
  if (v <= From(std::numeric_limits<To>::min())) return std::numeric_limits<To>::min();
  if (v >= From(std::numeric_limits<To>::max())) return std::numeric_limits<To>::max();
  return To(v);
}
}  // namespace sim
#define SIM_CONVERT(from, F, to, T)                                                            \
  static inline T __##from##2##to##_rn(F v) { return ::sim::saturate<T>(std::nearbyint(v)); } \
  static inline T __##from##2##to##_rz(F v) { return ::sim::saturate<T>(std::trunc(v)); }     \
  static inline T __##from##2##to##_rd(F v) { return ::sim::saturate<T>(std::floor(v)); }     \
  static inline T __##from##2##to##_ru(F v) { return ::sim::saturate<T>(std::ceil(v)); }
SIM_CONVERT(float, float, int, int)
SIM_CONVERT(float, float, uint, unsigned)
SIM_CONVERT(float, float, ll, long long)
SIM_CONVERT(float, float, ull, unsigned long long)
SIM_CONVERT(double, double, int, int)
SIM_CONVERT(double, double, uint, unsigned)
SIM_CONVERT(double, double, ll, long long)
SIM_CONVERT(double, double, ull, unsigned long long)
#undef SIM_CONVERT
static inline float __int2float_rn(int v) { return float(v); }
static inline float __uint2float_rn(unsigned v) { return float(v); }
static inline float __ll2float_rn(long long v) { return float(v); }
static inline float __ull2float_rn(unsigned long long v) { return float(v); }
static inline float __double2float_rn(double v) { return float(v); }
static inline double __int2double_rn(int v) { return double(v); }
static inline double __uint2double_rn(unsigned v) { return double(v); }
static inline double __ll2double_rn(long long v) { return double(v); }
static inline double __ull2double_rn(unsigned long long v) { return double(v); }

// ---- min and max: NaN loses, mixed signs go unsigned, as on the device
#define SIM_MINMAX(T)                                          \
  static inline T min(T a, T b) { return a < b ? a : b; }      \
  static inline T max(T a, T b) { return a > b ? a : b; }
SIM_MINMAX(int)
SIM_MINMAX(unsigned)
SIM_MINMAX(long)
SIM_MINMAX(unsigned long)
SIM_MINMAX(long long)
SIM_MINMAX(unsigned long long)
#undef SIM_MINMAX
static inline unsigned min(int a, unsigned b) { return min(unsigned(a), b); }
static inline unsigned min(unsigned a, int b) { return min(a, unsigned(b)); }
static inline unsigned max(int a, unsigned b) { return max(unsigned(a), b); }
static inline unsigned max(unsigned a, int b) { return max(a, unsigned(b)); }
static inline float min(float a, float b) { return fminf(a, b); }
static inline float max(float a, float b) { return fmaxf(a, b); }
static inline double min(double a, double b) { return fmin(a, b); }
static inline double max(double a, double b) { return fmax(a, b); }
static inline double min(float a, double b) { return fmin(a, b); }
static inline double min(double a, float b) { return fmin(a, b); }
static inline double max(float a, double b) { return fmax(a, b); }
static inline double max(double a, float b) { return fmax(a, b); }

// ---- functions the host's library lacks
static inline double normcdf(double x) { return 0.5 * erfc(-x * 0.70710678118654752440); }
static inline float normcdff(float x) { return float(normcdf(double(x))); }
namespace sim {
// Solves erfc(x) = y for y in (0, 1]: a start from the tail's shape, then Halley's steps.
inline double erfc_inverse(double y) {
  if (y == 1) return 0;
  double t = sqrt(-2 * log(y / 2));
  double x = -0.70711 * ((2.30753 + t * 0.27061) / (1 + t * (0.99229 + t * 0.04481)) - t);
  for (int i = 0; i < 4; i++) {
    double e = erfc(x) - y, slope = 1.12837916709551257390 * exp(-x * x);
    if (slope == 0) break;
    x += e / (slope - x * e);
  }
  return x;
}
}  // namespace sim
static inline double erfcinv(double y) {
  if (!(y >= 0 && y <= 2)) return NAN;
  if (y == 0) return INFINITY;
  if (y == 2) return -INFINITY;
  return y <= 1 ? sim::erfc_inverse(y) : -sim::erfc_inverse(2 - y);
}
static inline double erfinv(double x) {
  if (!(x >= -1 && x <= 1)) return NAN;
  if (fabs(x) == 1) return x * INFINITY;
  if (fabs(x) < 0.5) {  // 1 - x would lose digits: Newton's steps on erf itself
    double z = 0.88622692545275801365 * x;
    for (int i = 0; i < 6; i++) {
      double e = erf(z) - x, slope = 1.12837916709551257390 * exp(-z * z);
      z -= e / (slope + z * e);
    }
    return z;
  }
  return x > 0 ? sim::erfc_inverse(1 - x) : -sim::erfc_inverse(1 + x);
}
static inline float erfinvf(float x) { return float(erfinv(double(x))); }
static inline float erfcinvf(float x) { return float(erfcinv(double(x))); }
static inline double normcdfinv(double p) { return -1.41421356237309504880 * erfcinv(2 * p); }
static inline float normcdfinvf(float p) { return float(normcdfinv(double(p))); }
static inline double erfcx(double x) {
  if (x < 25) return exp(x * x) * erfc(x);
  double q = 1 / (x * x);
  return 0.56418958354775628695 / x * (1 - q * (0.5 - q * (0.75 - q * 1.875)));
}
static inline float erfcxf(float x) { return float(erfcx(double(x))); }
static inline double sinpi(double x) { return sin(3.14159265358979323846 * fmod(x, 2.0)); }
static inline double cospi(double x) { return cos(3.14159265358979323846 * fmod(x, 2.0)); }
static inline float sinpif(float x) { return float(sinpi(double(x))); }
static inline float cospif(float x) { return float(cospi(double(x))); }
static inline void sincospif(float x, float* s, float* c) { *s = sinpif(x), *c = cospif(x); }

// ---- 16-bit numbers, by their bits
namespace sim {
inline float half_to_float(unsigned short h) {
  unsigned sign = unsigned(h & 0x8000) << 16, e = h >> 10 & 31, m = h & 1023;
  if (e == 31) return bits<float>(sign | 0x7f800000u | m << 13);
  if (e != 0) return bits<float>(sign | (e + 112) << 23 | m << 13);
  float v = ldexpf(float(m), -24);
  return sign ? -v : v;
}
inline unsigned short float_to_half(float f) {
  unsigned u = bits<unsigned>(f), sign = u >> 16 & 0x8000, a = u & 0x7fffffffu;
  if (a > 0x7f800000u) return 0x7fff;
  if (a >= 0x47800000u) return (unsigned short)(sign | 0x7c00);
  if (a < 0x38800000u) {
    return (unsigned short)(sign | unsigned(nearbyintf(bits<float>(a) * 16777216.0f)));
  }
  unsigned r = a + 0xfff + (a >> 13 & 1);
  return (unsigned short)(sign | ((r - 0x38000000u) >> 13));
}
inline unsigned short float_to_bfloat16(float f) {
  unsigned u = bits<unsigned>(f);
  if ((u & 0x7fffffffu) > 0x7f800000u) return 0x7fff;
  return (unsigned short)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}
}  // namespace sim
struct __align__(2) __half {
  unsigned short x;
};
struct __align__(2) __nv_bfloat16 {
  unsigned short x;
};
static inline float __half2float(__half h) { return sim::half_to_float(h.x); }
static inline __half __float2half_rn(float f) { return {sim::float_to_half(f)}; }
static inline __half __float2half(float f) { return __float2half_rn(f); }
static inline unsigned short __half_as_ushort(__half h) { return h.x; }
static inline __half __ushort_as_half(unsigned short u) { return {u}; }
static inline float __bfloat162float(__nv_bfloat16 b) { return sim::bits<float>(unsigned(b.x) << 16); }
static inline __nv_bfloat16 __float2bfloat16_rn(float f) { return {sim::float_to_bfloat16(f)}; }
static inline __nv_bfloat16 __float2bfloat16(float f) { return __float2bfloat16_rn(f); }
static inline unsigned short __bfloat16_as_ushort(__nv_bfloat16 b) { return b.x; }
static inline __nv_bfloat16 __ushort_as_bfloat16(unsigned short u) { return {u}; }
