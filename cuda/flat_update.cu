// One launch that takes the optimizer's step for many parameters. The table in device memory holds
// a segment per parameter and, for each chunk of 2048 elements, its segment and its place there.
// The step count and the rate are read from device memory, and the launch counts the step itself,
// so that a recorded launch may be replayed.
#include "common.cuh"
#include "update.cuh"

// As Java writes it: 64 bytes. g_type is F32, F16 or BF16; shadow, BF16, or m and v may be 0.
struct Segment {
  float *w, *m, *v;
  void* g;
  u16* shadow;
  i64 size;
  float decay, rate;
  int g_type, vectors;
};

struct Chunk {
  int segment, index;
};

// lr, one F32; scale, one F32 by which gradients are multiplied, or null; steps, one I32.
struct Table {
  const Segment* segments;
  const Chunk* chunks;
  i64 count;
  const float* lr;
  const float* scale;
  int* steps;
  u32* ticket;
  i64 clear;
};

enum { CHUNK = 2048 };

struct alignas(8) Half4 {
  u16 v[4];
};

__device__ __forceinline__ Float4 read4(const void* g, int type, i64 i) {
  if (type == F32) return ((const Float4*)g)[i];
  Half4 h = ((const Half4*)g)[i];
  Float4 f;
#pragma unroll
  for (int k = 0; k < 4; k++) f.v[k] = type == F16 ? f16_float(h.v[k]) : bf16_float(h.v[k]);
  return f;
}

__device__ __forceinline__ void clear4(void* g, int type, i64 i) {
  if (type == F32)
    ((Float4*)g)[i] = Float4{{0, 0, 0, 0}};
  else
    ((Half4*)g)[i] = Half4{{0, 0, 0, 0}};
}

// Steps for the elements of a block's chunks; `with` makes the options of a segment.
template <class O, class With>
__device__ __forceinline__ void update_chunks(const Table& t, const With& with) {
  float scale = t.scale ? *t.scale : 1;
#pragma unroll 1
  for (i64 b = blockIdx.x; b < t.count; b += gridDim.x) {
    Chunk chunk = t.chunks[b];
    Segment s = t.segments[chunk.segment];
    O o = with(s);
    i64 first = (i64)chunk.index * CHUNK;
    i64 end = first + CHUNK < s.size ? first + CHUNK : s.size;
#pragma unroll 1
    for (i64 i = first + 4 * threadIdx.x; i < end; i += 4 * blockDim.x) {
      if (s.vectors && i + 4 <= end) {
        i64 q = i / 4;
        Float4 w = ((Float4*)s.w)[q], g = read4(s.g, s.g_type, q);
        Float4 m = {{0, 0, 0, 0}}, v = {{0, 0, 0, 0}};
        if (s.m) m = ((Float4*)s.m)[q];
        if (s.v) v = ((Float4*)s.v)[q];
#pragma unroll
        for (int k = 0; k < 4; k++) step(o, w.v[k], g.v[k] * scale, m.v[k], v.v[k]);
        ((Float4*)s.w)[q] = w;
        if (s.m) ((Float4*)s.m)[q] = m;
        if (s.v) ((Float4*)s.v)[q] = v;
        if (s.shadow) {
          Half4 h;
#pragma unroll
          for (int k = 0; k < 4; k++) h.v[k] = float_bf16(w.v[k]);
          ((Half4*)s.shadow)[q] = h;
        }
        if (t.clear) clear4(s.g, s.g_type, q);
      } else {
#pragma unroll 1
        for (i64 j = i; j < end && j < i + 4; j++) {
          float w = s.w[j], g = load<float>(s.g, s.g_type, j) * scale;
          float m = s.m ? s.m[j] : 0, v = s.v ? s.v[j] : 0;
          step(o, w, g, m, v);
          s.w[j] = w;
          if (s.m) s.m[j] = m;
          if (s.v) s.v[j] = v;
          if (s.shadow) s.shadow[j] = float_bf16(w);
          if (t.clear) store(s.g, s.g_type, j, 0.0f);
        }
      }
    }
  }
}

// The last block to finish, when all have read the count, counts the step.
__device__ __forceinline__ void count_step(const Table& t, int step) {
  __syncthreads();
  if (threadIdx.x == 0) {
    __threadfence();
    if (atomicAdd(t.ticket, 1u) == gridDim.x - 1) {
      *t.ticket = 0;
      *t.steps = step;
    }
  }
}

// 1 - base^n, by squaring.
__device__ __forceinline__ double rest_of_power(double base, int n) {
  double power = 1;
#pragma unroll 1
  for (; n > 0; n >>= 1) {
    if (n & 1) power *= base;
    base *= base;
  }
  return 1 - power;
}

extern "C" __global__ void flat_sgd(
    Table t, double momentum, double keep, int velocity, int nesterov) {
  int count = *t.steps;
  float lr = *t.lr;
  update_chunks<Sgd<float>>(t, [=](const Segment& s) {
    return Sgd<float>{lr * s.rate,   (float)momentum, (float)keep, s.decay,
                      velocity != 0, nesterov != 0,   count == 0};
  });
  count_step(t, count + 1);
}

extern "C" __global__ void flat_adam(
    Table t, double beta1, double beta2, double epsilon, int decoupled) {
  __shared__ float corrections[2];
  int count = *t.steps + 1;
  if (threadIdx.x == 0) corrections[0] = (float)rest_of_power(beta1, count);
  if (threadIdx.x == 32) corrections[1] = 1 / sqrtf((float)rest_of_power(beta2, count));
  __syncthreads();
  float lr = *t.lr, correction1 = corrections[0], correction2 = corrections[1];
  update_chunks<Adam<float>>(t, [=](const Segment& s) {
    float rate = lr * s.rate;
    return Adam<float>{rate / correction1,
                       correction2,
                       (float)beta1,
                       (float)beta2,
                       (float)(1 - beta1),
                       (float)(1 - beta2),
                       (float)epsilon,
                       decoupled ? 1 - rate * s.decay : 1.0f,
                       decoupled ? 0.0f : s.decay};
  });
  count_step(t, count);
}
