// One pass of an optimizer over one parameter. Without a second (or first) moment the view of the
// weight stands in its place and is left alone.
#include "common.cuh"
#include "update.cuh"
#include "update_pass.cuh"

template <class A, class O>
__device__ __forceinline__ void update_any(
    const O& o, bool first_moment, bool second_moment, const Strided4& s, void* w, int w_type,
    const void* g, int g_type, void* m, int m_type, void* v, int v_type) {
  EACH(i, s.size) {
    i64 at[4];
    locate(s, i, at);
    A wi = load<A>(w, w_type, at[0]), gi = load<A>(g, g_type, at[1]);
    A mi = first_moment ? load<A>(m, m_type, at[2]) : (A)0;
    A vi = second_moment ? load<A>(v, v_type, at[3]) : (A)0;
    step(o, wi, gi, mi, vi);
    store(w, w_type, at[0], wi);
    if (first_moment) store(m, m_type, at[2], mi);
    if (second_moment) store(v, v_type, at[3], vi);
  }
}

#define UPDATE(A, NAME)                                                                        \
  extern "C" __global__ void sgd_##NAME(                                                       \
      SgdOptions o, const void* lr, int lr_type, Strided4 s, void* w, int w_type,              \
      const void* g, int g_type, void* m, int m_type) {                                        \
    update_any<A>(options<A>(o, lr, lr_type), o.velocity != 0, false, s, w, w_type, g, g_type, \
                  m, m_type, m, m_type);                                                       \
  }                                                                                            \
  extern "C" __global__ void adam_##NAME(                                                      \
      AdamOptions o, const void* lr, int lr_type, Strided4 s, void* w, int w_type,             \
      const void* g, int g_type, void* m, int m_type, void* v, int v_type) {                   \
    update_any<A>(options<A>(o, lr, lr_type), true, true, s, w, w_type, g, g_type, m, m_type,  \
                  v, v_type);                                                                  \
  }

UPDATE(float, f)
UPDATE(double, d)

extern "C" __global__ void sgd_dense(
    SgdOptions o, const void* lr, int lr_type, i64 n, float* w, const float* g, float* m) {
  update_dense(options<float>(o, lr, lr_type), o.velocity != 0, false, n, w, g, m, m);
}

extern "C" __global__ void adam_dense(
    AdamOptions o, const void* lr, int lr_type, i64 n, float* w, const float* g, float* m,
    float* v) {
  update_dense(options<float>(o, lr, lr_type), true, true, n, w, g, m, v);
}
