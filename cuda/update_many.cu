// One launch of an optimizer over many parameters: F32 without gaps, on addresses of whole vectors.
// The parameters' addresses are in the launch's arguments, so that it can be recorded.
#include "common.cuh"
#include "update.cuh"
#include "update_pass.cuh"

struct Segment {
  float* w;
  const float* g;
  float* m;
  float* v;
  i64 n;
};

enum { SEGMENTS = 64 };

struct Segments {
  Segment of[SEGMENTS];
};

// Row y of the grid is parameter y.
extern "C" __global__ void sgd_many(
    const __grid_constant__ SgdOptions o, const void* lr, int lr_type,
    const __grid_constant__ Segments s) {
  Segment p = s.of[blockIdx.y];
  update_dense(options<float>(o, lr, lr_type), o.velocity != 0, false, p.n, p.w, p.g, p.m, p.m);
}

extern "C" __global__ void adam_many(
    const __grid_constant__ AdamOptions o, const void* lr, int lr_type,
    const __grid_constant__ Segments s) {
  Segment p = s.of[blockIdx.y];
  update_dense(options<float>(o, lr, lr_type), true, true, p.n, p.w, p.g, p.m, p.v);
}
