// What launches over one parameter and over many share: options, and the pass over dense F32.
#pragma once

// F32 without gaps, on addresses of whole vectors; the last vector may be short.
template <class O>
__device__ __forceinline__ void update_dense(
    const O& o, bool first_moment, bool second_moment, i64 n, float* w, const float* g, float* m,
    float* v) {
  EACH(i, (n + 3) / 4) {
    Float4 a, b, c = {{0, 0, 0, 0}}, d = {{0, 0, 0, 0}};
    int k = n - 4 * i < 4 ? (int)(n - 4 * i) : 4;
    if (k == 4) {
      a = ((const Float4*)w)[i];
      b = ((const Float4*)g)[i];
      if (first_moment) c = ((const Float4*)m)[i];
      if (second_moment) d = ((const Float4*)v)[i];
#pragma unroll
      for (int j = 0; j < 4; j++) step(o, a.v[j], b.v[j], c.v[j], d.v[j]);
      ((Float4*)w)[i] = a;
      if (first_moment) ((Float4*)m)[i] = c;
      if (second_moment) ((Float4*)v)[i] = d;
    } else {
#pragma unroll 1
      for (i64 j = 4 * i; j < n; j++) {
        float wj = w[j], mj = first_moment ? m[j] : 0, vj = second_moment ? v[j] : 0;
        step(o, wj, g[j], mj, vj);
        w[j] = wj;
        if (first_moment) m[j] = mj;
        if (second_moment) v[j] = vj;
      }
    }
  }
}

struct SgdOptions {
  double momentum, keep, decay;
  i64 velocity, nesterov, first;
};

template <class A>
__device__ __forceinline__ Sgd<A> options(const SgdOptions& o, const void* lr, int type) {
  return {load<A>(lr, type, 0), (A)o.momentum,       (A)o.keep,      (A)o.decay,
          o.velocity != 0,      o.nesterov != 0,     o.first != 0};
}

// corrections: 1 - beta1^t and 1 - beta2^t.
struct AdamOptions {
  double beta1, beta2, epsilon, decay;
  i64 decoupled;
  const double* corrections;
};

template <class A>
__device__ __forceinline__ Adam<A> options(const AdamOptions& o, const void* lr, int type) {
  A rate = load<A>(lr, type, 0);
  return {rate / (A)o.corrections[0],
          (A)1 / root((A)o.corrections[1]),
          (A)o.beta1,
          (A)o.beta2,
          (A)(1 - o.beta1),
          (A)(1 - o.beta2),
          (A)o.epsilon,
          o.decoupled ? (A)1 - rate * (A)o.decay : (A)1,
          o.decoupled ? (A)0 : (A)o.decay};
}
