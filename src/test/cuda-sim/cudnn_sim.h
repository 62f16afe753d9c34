// Shared by the two files of the stand-in of cuDNN.
#pragma once
#include "gemm.h"
#include "sim.h"

#define API extern "C" SIM_API int

namespace sim {
namespace dnn {

// The numbers of cuDNN 9.
enum Status {
  SUCCESS = 0,
  NOT_INITIALIZED = 1001,
  BAD_PARAM = 2000,
  NULL_POINTER = 2002,
  MISALIGNED_POINTER = 2003,
  SIZE_INSUFFICIENT = 2006,
  SHAPE_MISMATCH = 2008,
  NOT_SUPPORTED = 3000,
  NOT_SUPPORTED_DATA_TYPE = 3003,
  NOT_SUPPORTED_LAYOUT = 3004,
  INTERNAL_ERROR = 4000,
  INTERNAL_ALLOCATION = 4004,
  EXECUTION_FAILED = 5000
};

enum Kind { FORWARD, DATA, FILTER };
enum { FLOAT = 0, HALF = 2, BFLOAT16 = 9 };
enum { NHWC = 1 };
enum { DEFAULT_MATH = 0, FMA_MATH = 3 };

struct Handle {
  CUstream stream;
};

inline size_t element(int type) { return type == FLOAT ? 4 : 2; }

struct Tensor {
  bool set;
  int format, type, n, c, h, w;
  size_t elements() const { return size_t(n) * c * h * w; }
  size_t bytes() const { return elements() * element(type); }
};

struct Filter {
  bool set;
  int format, type, o, c, h, w;
  size_t elements() const { return size_t(o) * c * h * w; }
  size_t bytes() const { return elements() * element(type); }
};

struct Conv {
  bool set;
  int pad_h, pad_w, stride_h, stride_w, dilation_h, dilation_w, compute, groups, math;
};

// cudnnConvolution*AlgoPerfStruct
struct Perf {
  int algorithm, status;
  float time;
  size_t memory;
  int determinism, math, reserved[3];
};

bool known(const void* object);
int consistent(const char* function, const Handle* handle, const Tensor* x, const Filter* w,
               const Conv* conv, const Tensor* y);
bool offered(Kind kind, int algorithm);
size_t workspace(Kind kind, int algorithm, const Tensor* x, const Filter* w, const Tensor* y);

}  // namespace dnn
}  // namespace sim
