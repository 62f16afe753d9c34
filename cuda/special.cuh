// Functions that CUDA's library lacks, or has with other edges: as the CPU computes them.
#pragma once

__device__ __forceinline__ double infinity() { return bits_float(0x7f800000); }
__device__ __forceinline__ double not_a_number() { return bits_float(0x7fc00000); }

// B_2, B_4, ... B_20 for K = 1, 2, ... 10.
template <int K>
__device__ __forceinline__ double bernoulli() {
  return K == 1    ? 1.0 / 6
         : K == 2  ? -1.0 / 30
         : K == 3  ? 1.0 / 42
         : K == 4  ? -1.0 / 30
         : K == 5  ? 5.0 / 66
         : K == 6  ? -691.0 / 2730
         : K == 7  ? 7.0 / 6
         : K == 8  ? -3617.0 / 510
         : K == 9  ? 43867.0 / 798
                   : -174611.0 / 330;
}

// Stirling's series for log Gamma, and its derivative's, by Horner's rule.
template <int K>
struct Series {
  static __device__ __forceinline__ double stirling(double w, double sum) {
    return Series<K - 1>::stirling(w, sum * w + bernoulli<K>() / (2 * K * (2 * K - 1)));
  }
  static __device__ __forceinline__ double digamma(double w, double sum) {
    return Series<K - 1>::digamma(w, (sum + bernoulli<K>() / (2 * K)) * w);
  }
};

template <>
struct Series<0> {
  static __device__ __forceinline__ double stirling(double, double sum) { return sum; }
  static __device__ __forceinline__ double digamma(double, double sum) { return sum; }
};

static const double SPECIAL_PI = 3.14159265358979323846;

// log Gamma(x), x >= 0.5.
APART double log_gamma_right(double x) {
  double z = x, product = 1;
#pragma unroll 1
  while (z < 16) {
    product *= z;
    z += 1;
  }
  double sum = Series<10>::stirling(1 / (z * z), 0);
  return (z - 0.5) * log(z) - z + 0.91893853320467274178 + sum / z - log(product);
}

// log |Gamma(x)| (Abramowitz and Stegun 6.1.17, 6.1.40).
APART double log_gamma(double x) {
  if (isinf(x)) return infinity();
  if (!(x < 0.5)) return log_gamma_right(x);
  if (x == floor(x)) return infinity();
  double sine = sin(SPECIAL_PI * (x - 2 * rint(x / 2)));
  return log(SPECIAL_PI / fabs(sine)) - log_gamma_right(1 - x);
}

// Abramowitz and Stegun 6.3.5, 6.3.7, 6.3.18.
APART double digamma(double x) {
  if (x == 0) return -1 / x;
  double reflected = 0;
  if (x < 0) {
    if (x == floor(x)) return not_a_number();
    reflected = SPECIAL_PI / tan(SPECIAL_PI * (x - rint(x)));
    x = 1 - x;
  }
  double z = x, shift = 0;
#pragma unroll 1
  while (z < 16) {
    shift += 1 / z;
    z += 1;
  }
  double sum = Series<10>::digamma(1 / (z * z), 0);
  return log(z) - 0.5 / z - sum - shift - reflected;
}

template <int K>
struct Maclaurin {
  static __device__ __forceinline__ double sum(double before, double term, int s, double w) {
    double next = term * (s + 2 * K - 1) * (s + 2 * K) * w / ((2 * K + 1) * (2 * K + 2));
    return Maclaurin<K + 1>::sum(before + bernoulli<K>() * term, next, s, w);
  }
};

template <>
struct Maclaurin<11> {
  static __device__ __forceinline__ double sum(double before, double, int, double) {
    return before;
  }
};

// Hurwitz's sum of (x + k)^-s over k >= 0 for x > 0, by Euler and Maclaurin's formula.
APART double zeta_right(int s, double x) {
  if (x == 0) return infinity();
  if (isinf(x)) return 0;
  double z = x, sum = 0;
#pragma unroll 1
  while (z < 16 + s) {
    sum += pow(z, (double)-s);
    z += 1;
  }
  double power = pow(z, (double)-s);
  sum += power * z / (s - 1) + 0.5 * power;
  return Maclaurin<1>::sum(sum, power * s / (2 * z), s, 1 / (z * z));
}

// The derivative of order n + 1 of log Gamma.
APART double polygamma(int n, double x) {
  if (n == 0) return digamma(x);
  double factorial = n % 2 == 0 ? -1 : 1;
#pragma unroll 1
  for (int k = 2; k <= n; k++) factorial *= k;
  int s = n + 1;
  if (!(x <= 0)) return factorial * zeta_right(s, x);
  if (x == floor(x)) return factorial * infinity();
  double inside = x + ceil(-x);
  double below = zeta_right(s, 1 - inside) - zeta_right(s, 1 - x);
  return factorial * ((s % 2 == 0 ? below : -below) + zeta_right(s, inside));
}

// Halley's steps from an approximation of Winitzki (2008).
APART double inverse_erf(double y) {
  double a = fabs(y);
  if (!(a < 1)) return a == 1 ? y * infinity() : not_a_number();
  if (a < 1e-8) return y * 0.88622692545275801365;
  double w = -log1p(-a * a);
  double b = 2 / (SPECIAL_PI * 0.147) - w / 2;
  double x = sqrt(sqrt(b * b + w / 0.147) - b);
#pragma unroll 1
  for (int i = 0; i < 4; i++) {
    double miss = a < 0.5 ? erf(x) - a : 1 - a - erfc(x);
    double step = miss * 0.88622692545275801365 * exp(x * x);
    x -= step / (1 + x * step);
  }
  return copysign(x, y);
}

// The same by polynomials in w = -log(1 - y^2) (Giles 2010), to about 4e-7.
APART float inverse_erf(float y) {
  float a = fabsf(y);
  if (!(a < 1)) return a == 1 ? y * (float)infinity() : (float)not_a_number();
  float w = -logf((1 - a) * (1 + a)), r;
  if (w < 5) {
    w -= 2.5f;
    r = 2.81022636e-08f;
    r = r * w + 3.43273939e-07f;
    r = r * w - 3.5233877e-06f;
    r = r * w - 4.39150654e-06f;
    r = r * w + 0.00021858087f;
    r = r * w - 0.00125372503f;
    r = r * w - 0.00417768164f;
    r = r * w + 0.246640727f;
    r = r * w + 1.50140941f;
  } else {
    w = sqrtf(w) - 3;
    r = -0.000200214257f;
    r = r * w + 0.000100950558f;
    r = r * w + 0.00134934322f;
    r = r * w - 0.00367342844f;
    r = r * w + 0.00573950773f;
    r = r * w - 0.0076224613f;
    r = r * w + 0.00943887047f;
    r = r * w + 1.00167406f;
    r = r * w + 2.83297682f;
  }
  return r * y;
}

template <class A>
__device__ __forceinline__ A positive_part(A x) {
  return x > 0 || x != x ? x : 0;
}

template <class A>
__device__ __forceinline__ A sigmoid(A x) {
  A e = exp(-fabs(x)), r = 1 / (1 + e);
  return x >= 0 ? r : e * r;
}

// x to a constant power: the small whole ones without logarithms.
template <class A>
__device__ __forceinline__ A power(A x, A p) {
  return p == 2 ? x * x : p == 3 ? x * x * x : p == -1 ? 1 / x : pow(x, p);
}

// NaN wins; +0 is above -0.
template <class A>
__device__ __forceinline__ A larger(A a, A b) {
  return a > b ? a : a < b ? b : a == b && a != 0 ? a : a + b;
}

template <class A>
__device__ __forceinline__ A smaller(A a, A b) {
  return a < b ? a : a > b ? b : a == b && a != 0 ? a : -(-a - b);
}

// The remainder with the divisor's sign.
template <class A>
__device__ __forceinline__ A floor_mod(A a, A b) {
  A r = fmod(a, b);
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}
