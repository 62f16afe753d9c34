// The convolutions of the stand-in of cuDNN: pixels gathered into rows, then a matrix product.
#include <atomic>

#include "cudnn_sim.h"

namespace sim {
namespace dnn {
namespace {

enum { ILLEGAL_ADDRESS = 700 };
const int64_t ROWS = 1024;

struct Work {
  Kind kind;
  Tensor x, y;
  Filter w;
  Conv conv;
  char *xp, *wp, *yp;
  float alpha, beta;
  bool shuffled;
};

typedef std::vector<float> Numbers;

void load(const char* p, int type, size_t n, bool round, Numbers* out) {
  out->resize(n);
  for (size_t i = 0; i < n; i++) {
    float v = type == FLOAT  ? ((const float*)p)[i]
              : type == HALF ? f16_to_float(((const uint16_t*)p)[i])
                             : bf16_to_float(((const uint16_t*)p)[i]);
    (*out)[i] = round ? tf32(v) : v;
  }
}

void save(char* p, int type, const Numbers& sums, float alpha, float beta) {
  for (size_t i = 0; i < sums.size(); i++) {
    float v = alpha * sums[i];
    if (type == FLOAT) {
      float* out = (float*)p + i;
      *out = beta == 0 ? v : v + beta * *out;
    } else if (type == HALF) {
      uint16_t* out = (uint16_t*)p + i;
      *out = float_to_f16(beta == 0 ? v : v + beta * f16_to_float(*out));
    } else {
      uint16_t* out = (uint16_t*)p + i;
      *out = float_to_bf16(beta == 0 ? v : v + beta * bf16_to_float(*out));
    }
  }
}

// Calls body(offset in x of the group's first channel, or -1 outside; offset in the row).
template <class Body>
void taps(const Work& s, int64_t row, int group, Body body) {
  int depth = s.w.c;
  int64_t n = row / (s.y.h * s.y.w), oy = row / s.y.w % s.y.h, ox = row % s.y.w;
  for (int ky = 0; ky < s.w.h; ky++) {
    int64_t iy = oy * s.conv.stride_h - s.conv.pad_h + ky * s.conv.dilation_h;
    for (int kx = 0; kx < s.w.w; kx++) {
      int64_t ix = ox * s.conv.stride_w - s.conv.pad_w + kx * s.conv.dilation_w;
      bool inside = iy >= 0 && iy < s.x.h && ix >= 0 && ix < s.x.w;
      int64_t at = ((n * s.x.h + iy) * s.x.w + ix) * s.x.c + int64_t(group) * depth;
      body(inside ? at : -1, int64_t(ky * s.w.w + kx) * depth);
    }
  }
}

void gather(const Work& s, const Numbers& x, int64_t from, int64_t count, int group, Numbers* out) {
  int64_t width = int64_t(s.w.h) * s.w.w * s.w.c;
  out->resize(count * width);
  for (int64_t r = 0; r < count; r++) {
    float* row = out->data() + r * width;
    taps(s, from + r, group, [&](int64_t at, int64_t to) {
      for (int c = 0; c < s.w.c; c++) row[to + c] = at < 0 ? 0 : x[at + c];
    });
  }
}

void scatter(const Work& s, const Numbers& rows, int64_t from, int64_t count, int group,
             Numbers* x) {
  int64_t width = int64_t(s.w.h) * s.w.w * s.w.c;
  for (int64_t r = 0; r < count; r++) {
    const float* row = rows.data() + r * width;
    taps(s, from + r, group, [&](int64_t at, int64_t to) {
      for (int c = 0; c < s.w.c && at >= 0; c++) (*x)[at + c] += row[to + c];
    });
  }
}

std::atomic<int> turn{0};

void convolve(const Work& s) {
  static thread_local Numbers x, w, y, rows;
  bool round = s.x.type == FLOAT && s.conv.math != FMA_MATH;
  if (s.kind == DATA) {
    x.assign(s.x.elements(), 0);
  } else {
    load(s.xp, s.x.type, s.x.elements(), round, &x);
  }
  if (s.kind == FILTER) {
    w.assign(s.w.elements(), 0);
  } else {
    load(s.wp, s.w.type, s.w.elements(), round, &w);
  }
  if (s.kind == FORWARD) {
    y.assign(s.y.elements(), 0);
  } else {
    load(s.yp, s.y.type, s.y.elements(), round, &y);
  }
  int per = s.w.o / s.conv.groups;
  int64_t total = int64_t(s.y.n) * s.y.h * s.y.w, width = int64_t(s.w.h) * s.w.w * s.w.c;
  // Atomic additions come in any order: another one in each call.
  int64_t size = s.shuffled ? std::max<int64_t>(1, std::min(ROWS, total / 3 + turn++ % 7)) : ROWS;
  for (int64_t from = 0; from < total; from += size) {
    int64_t count = std::min(size, total - from);
    for (int g = 0; g < s.conv.groups; g++) {
      Matrix<float> filters = {w.data() + int64_t(g) * per * width, width, 1};
      Matrix<const float> filter = {filters.p, width, 1};
      Matrix<float> results = {y.data() + from * s.y.c + int64_t(g) * per, s.y.c, 1};
      Matrix<const float> result = {results.p, s.y.c, 1};
      if (s.kind == DATA) {
        rows.assign(count * width, 0);
        gemm<float>(count, width, per, result, filter, {rows.data(), width, 1});
        scatter(s, rows, from, count, g, &x);
        continue;
      }
      gather(s, x, from, count, g, &rows);
      Matrix<const float> row = {rows.data(), width, 1};
      if (s.kind == FORWARD) {
        gemm<float>(count, per, width, row, {filter.p, 1, width}, results);
      } else {
        gemm<float>(per, width, count, {result.p, 1, s.y.c}, row, filters);
      }
    }
  }
  switch (s.kind) {
    case FORWARD: save(s.yp, s.y.type, y, s.alpha, s.beta); break;
    case DATA: save(s.xp, s.x.type, x, s.alpha, s.beta); break;
    default: save(s.wp, s.w.type, w, s.alpha, s.beta);
  }
}

int reachable(const std::string& f, const char* name, const char* p, size_t bytes) {
  if (live(p, bytes)) return 0;
  return fail(ILLEGAL_ADDRESS, "%s: %s needs %zu bytes from %s", f.c_str(), name, bytes,
              describe(p).c_str());
}

int run(const char* f, Kind kind, const Handle* handle, const float* alpha, const Tensor* x,
        const void* xp, const Filter* w, const void* wp, const Conv* conv, int algorithm,
        void* space, size_t room, const float* beta, const Tensor* y, const void* yp) {
  if (int status = sim_should_fail(f)) return status;
  if (int status = consistent(f, handle, x, w, conv, y)) return status;
  if (!alpha || !beta || !xp || !wp || !yp) return fail(NULL_POINTER, "%s: null", f);
  if (!offered(kind, algorithm)) return fail(NOT_SUPPORTED, "%s: algorithm %d", f, algorithm);
  if ((uintptr_t(xp) | uintptr_t(wp) | uintptr_t(yp)) % 16 != 0) {
    return fail(MISALIGNED_POINTER, "%s: an operand is not aligned to 16 bytes", f);
  }
  size_t need = workspace(kind, algorithm, x, w, y);
  if (need > 0 && (room < need || space == nullptr)) {
    return fail(SIZE_INSUFFICIENT, "%s: a workspace of %zu bytes where %zu are needed", f, room,
                need);
  }
  Work work = {kind, *x, *y, *w, *conv, (char*)xp, (char*)wp, (char*)yp, *alpha, *beta, false};
  work.shuffled = algorithm == 0 ? kind != FORWARD : kind == FILTER && algorithm == 3;
  std::string name = f;
  int status = enqueue(handle->stream, name, [=] {
    if (int bad = reachable(name, "x", work.xp, work.x.bytes())) return bad;
    if (int bad = reachable(name, "w", work.wp, work.w.bytes())) return bad;
    if (int bad = reachable(name, "y", work.yp, work.y.bytes())) return bad;
    if (need > 0) {
      if (int bad = reachable(name, "the workspace", (char*)space, need)) return bad;
      // Whoever keeps something in the workspace loses it.
      memset(space, 0xff, std::min<size_t>(need, 1 << 20));
    }
    convolve(work);
    return 0;
  });
  return status == 0 ? SUCCESS : EXECUTION_FAILED;
}

}  // namespace
}  // namespace dnn
}  // namespace sim

using namespace sim::dnn;

API cudnnConvolutionForward(Handle* handle, const void* alpha, Tensor* x, const void* xp, Filter* w,
                            const void* wp, Conv* conv, int algorithm, void* space, size_t room,
                            const void* beta, Tensor* y, void* yp) {
  return run(__func__, FORWARD, handle, (const float*)alpha, x, xp, w, wp, conv, algorithm, space,
             room, (const float*)beta, y, yp);
}

API cudnnConvolutionBackwardData(Handle* handle, const void* alpha, Filter* w, const void* wp,
                                 Tensor* dy, const void* dyp, Conv* conv, int algorithm,
                                 void* space, size_t room, const void* beta, Tensor* dx,
                                 void* dxp) {
  return run(__func__, DATA, handle, (const float*)alpha, dx, dxp, w, wp, conv, algorithm, space,
             room, (const float*)beta, dy, dyp);
}

API cudnnConvolutionBackwardFilter(Handle* handle, const void* alpha, Tensor* x, const void* xp,
                                   Tensor* dy, const void* dyp, Conv* conv, int algorithm,
                                   void* space, size_t room, const void* beta, Filter* dw,
                                   void* dwp) {
  return run(__func__, FILTER, handle, (const float*)alpha, x, xp, dw, dwp, conv, algorithm, space,
             room, (const float*)beta, dy, dyp);
}
