// A stand-in of libcudnn.so.9: handles, descriptors and the choice of algorithms. The convolutions
// themselves are in cudnn_conv.cpp.
#include "cudnn_sim.h"

#include <mutex>
#include <set>

namespace sim {
namespace dnn {

namespace {
std::mutex mutex;
std::set<const void*> objects;
}  // namespace

bool known(const void* object) {
  std::lock_guard<std::mutex> lock(mutex);
  return objects.count(object) > 0;
}

template <class T>
int create(const char* function, T** result) {
  if (int status = sim_should_fail(function)) return status;
  if (result == nullptr) return fail(NULL_POINTER, "%s: null", function);
  *result = new T();
  std::lock_guard<std::mutex> lock(mutex);
  objects.insert(*result);
  return SUCCESS;
}

template <class T>
int destroy(const char* function, T* object) {
  if (int status = sim_should_fail(function)) return status;
  std::lock_guard<std::mutex> lock(mutex);
  if (objects.erase(object) == 0) return fail(BAD_PARAM, "%s: not an object of cuDNN", function);
  delete object;
  return SUCCESS;
}

// Why the descriptors do not describe a convolution that this library computes, or 0.
int consistent(const char* f, const Handle* handle, const Tensor* x, const Filter* w,
               const Conv* conv, const Tensor* y) {
  if (!known(handle) || !known(x) || !known(w) || !known(conv) || !known(y)) {
    return fail(BAD_PARAM, "%s: a handle or descriptor is not one", f);
  }
  if (!x->set || !w->set || !conv->set || !y->set) {
    return fail(BAD_PARAM, "%s: a descriptor was not set", f);
  }
  if (x->type != w->type || x->type != y->type) {
    return fail(BAD_PARAM, "%s: the types of x, w and y differ", f);
  }
  if (x->c != w->c * conv->groups || w->o % conv->groups != 0) {
    return fail(SHAPE_MISMATCH, "%s: %d channels, filters of %d, %d outputs, %d groups", f, x->c,
                w->c, w->o, conv->groups);
  }
  int h = (x->h + 2 * conv->pad_h - conv->dilation_h * (w->h - 1) - 1) / conv->stride_h + 1;
  int wide = (x->w + 2 * conv->pad_w - conv->dilation_w * (w->w - 1) - 1) / conv->stride_w + 1;
  if (y->n != x->n || y->c != w->o || y->h != h || y->w != wide) {
    return fail(SHAPE_MISMATCH, "%s: y is %dx%dx%dx%d, should be %dx%dx%dx%d", f, y->n, y->h, y->w,
                y->c, x->n, h, wide, w->o);
  }
  if (x->format != NHWC || w->format != NHWC || y->format != NHWC) {
    return fail(NOT_SUPPORTED_LAYOUT, "%s: this stand-in has NHWC only", f);
  }
  bool types = x->type == FLOAT || x->type == HALF || x->type == BFLOAT16;
  if (!types || conv->compute != FLOAT) {
    return fail(NOT_SUPPORTED_DATA_TYPE, "%s: no kernel for type %d computed in %d", f, x->type,
                conv->compute);
  }
  return SUCCESS;
}

// What the library asks for, chosen such that several algorithms need some.
size_t workspace(Kind kind, int algorithm, const Tensor* x, const Filter* w, const Tensor* y) {
  size_t positions = size_t(y->h) * y->w, taps = size_t(w->h) * w->w;
  switch (kind) {
    case FORWARD:
      return algorithm == 1 ? 4 * positions * taps + 16 : algorithm == 2 ? 4 * positions * taps * x->c
                                                                         : 0;
    case DATA: return algorithm == 1 ? 4 * taps * w->o + 256 : 0;
    default: return algorithm == 0 ? 0 : 4 * taps * w->o * w->c + 64;
  }
}

bool offered(Kind kind, int algorithm) {
  return kind == FORWARD ? algorithm >= 0 && algorithm <= 2
         : kind == DATA  ? algorithm == 0 || algorithm == 1
                         : algorithm == 0 || algorithm == 1 || algorithm == 3;
}

namespace {

// The order of preference; the algorithms that have no kernel here come last.
const int ORDER[3][8] = {{1, 0, 2, 3, 4, 5, 6, 7}, {0, 1, 2, 3, 4, 5, -1, -1}, {0, 3, 1, 2, 4, 5, 6, -1}};

bool deterministic(Kind kind, int algorithm) {
  return kind == FORWARD || (algorithm != 0 && !(kind == FILTER && algorithm == 3));
}

int list(Kind kind, const Tensor* x, const Filter* w, const Conv* conv, const Tensor* y, int most,
         int* count, Perf* out) {
  int n = 0;
  for (int round = 0; round < 2; round++) {
    for (int algorithm : ORDER[kind]) {
      if (algorithm < 0 || n == most || offered(kind, algorithm) != (round == 0)) continue;
      Perf perf = {};
      perf.algorithm = algorithm;
      perf.status = round == 0 ? SUCCESS : NOT_SUPPORTED;
      perf.time = round == 0 ? 0.01f * (n + 1) : -1;
      perf.memory = round == 0 ? workspace(kind, algorithm, x, w, y) : 0;
      perf.determinism = deterministic(kind, algorithm);
      perf.math = conv->math;
      out[n++] = perf;
    }
  }
  *count = n;
  return SUCCESS;
}

// A library that fails leaves the count as it was, which for JCuda is whatever was in memory.
int unset(int* count, int status) {
  if (count != nullptr) *count = 1 << 20;
  return status;
}

int heuristics(const char* f, Kind kind, const Handle* handle, const Tensor* x, const Filter* w,
               const Conv* conv, const Tensor* y, int most, int* count, Perf* out) {
  if (int status = sim_should_fail(f)) return unset(count, status);
  if (int status = consistent(f, handle, x, w, conv, y)) return status;
  if (most < 1 || count == nullptr || out == nullptr) return fail(BAD_PARAM, "%s: no room", f);
  return list(kind, x, w, conv, y, most, count, out);
}

// Runs nothing, but leaves the result as a run would: overwritten.
int search(const char* f, Kind kind, const Handle* handle, const Tensor* x, const Filter* w,
           const Conv* conv, const Tensor* y, void* result, size_t bytes, int most, int* count,
           Perf* out, const void* space, size_t room) {
  if (int status = sim_should_fail(f)) return unset(count, status);
  if (int status = consistent(f, handle, x, w, conv, y)) return status;
  if (most < 1 || count == nullptr || out == nullptr) return fail(BAD_PARAM, "%s: no room", f);
  if (capturing(handle->stream)) {
    return fail(EXECUTION_FAILED, "%s: times kernels, which a capture cannot", f);
  }
  if (room > 0 && !live(space, room)) return fail(BAD_PARAM, "%s: no such workspace", f);
  if (!live(result, bytes)) return fail(BAD_PARAM, "%s: no such result", f);
  if (int status = synchronize(handle->stream)) {
    return fail(EXECUTION_FAILED, "%s: error %d before", f, status);
  }
  memset(result, 0xff, bytes);
  list(kind, x, w, conv, y, most, count, out);
  for (int i = 0; i < *count; i++) {
    if (out[i].status == SUCCESS && out[i].memory > room) out[i].status = INTERNAL_ALLOCATION;
  }
  return SUCCESS;
}

int size_of_workspace(const char* f, Kind kind, const Handle* handle, const Tensor* x,
                      const Filter* w, const Conv* conv, const Tensor* y, int algorithm,
                      size_t* bytes) {
  if (int status = sim_should_fail(f)) return status;
  if (int status = consistent(f, handle, x, w, conv, y)) return status;
  if (bytes == nullptr) return fail(NULL_POINTER, "%s: null", f);
  if (!offered(kind, algorithm)) return fail(NOT_SUPPORTED, "%s: algorithm %d", f, algorithm);
  *bytes = workspace(kind, algorithm, x, w, y);
  return SUCCESS;
}

}  // namespace
}  // namespace dnn
}  // namespace sim

using namespace sim;
using namespace sim::dnn;

extern "C" SIM_API size_t cudnnGetVersion() { return 90501; }

extern "C" SIM_API const char* cudnnGetErrorString(int status) {
  switch (status) {
    case SUCCESS: return "CUDNN_STATUS_SUCCESS";
    case NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
    case BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
    case NULL_POINTER: return "CUDNN_STATUS_BAD_PARAM_NULL_POINTER";
    case MISALIGNED_POINTER: return "CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER";
    case SIZE_INSUFFICIENT: return "CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT";
    case SHAPE_MISMATCH: return "CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH";
    case NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
    case NOT_SUPPORTED_DATA_TYPE: return "CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE";
    case NOT_SUPPORTED_LAYOUT: return "CUDNN_STATUS_NOT_SUPPORTED_LAYOUT";
    case INTERNAL_ERROR: return "CUDNN_STATUS_INTERNAL_ERROR";
    case INTERNAL_ALLOCATION: return "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED";
    case EXECUTION_FAILED: return "CUDNN_STATUS_EXECUTION_FAILED";
    default: return "CUDNN_UNKNOWN_STATUS";
  }
}

API cudnnCreate(Handle** handle) {
  if (!has_context()) return fail(NOT_INITIALIZED, "cudnnCreate: no context is current");
  return create("cudnnCreate", handle);
}

API cudnnDestroy(Handle* handle) { return destroy("cudnnDestroy", handle); }

API cudnnSetStream(Handle* handle, CUstream stream) {
  if (int status = sim_should_fail("cudnnSetStream")) return status;
  if (!known(handle)) return fail(NOT_INITIALIZED, "cudnnSetStream: not a handle");
  handle->stream = stream;
  return SUCCESS;
}

API cudnnCreateTensorDescriptor(Tensor** d) { return create("cudnnCreateTensorDescriptor", d); }
API cudnnDestroyTensorDescriptor(Tensor* d) { return destroy("cudnnDestroyTensorDescriptor", d); }

API cudnnSetTensor4dDescriptor(Tensor* d, int format, int type, int n, int c, int h, int w) {
  if (int status = sim_should_fail("cudnnSetTensor4dDescriptor")) return status;
  if (!known(d) || n < 1 || c < 1 || h < 1 || w < 1 || format < 0 || format > 2) {
    return fail(BAD_PARAM, "cudnnSetTensor4dDescriptor: %dx%dx%dx%d", n, c, h, w);
  }
  *d = {true, format, type, n, c, h, w};
  return SUCCESS;
}

API cudnnCreateFilterDescriptor(Filter** d) { return create("cudnnCreateFilterDescriptor", d); }
API cudnnDestroyFilterDescriptor(Filter* d) { return destroy("cudnnDestroyFilterDescriptor", d); }

API cudnnSetFilter4dDescriptor(Filter* d, int type, int format, int o, int c, int h, int w) {
  if (int status = sim_should_fail("cudnnSetFilter4dDescriptor")) return status;
  if (!known(d) || o < 1 || c < 1 || h < 1 || w < 1 || format < 0 || format > 2) {
    return fail(BAD_PARAM, "cudnnSetFilter4dDescriptor: %dx%dx%dx%d", o, c, h, w);
  }
  *d = {true, format, type, o, c, h, w};
  return SUCCESS;
}

API cudnnCreateConvolutionDescriptor(Conv** d) {
  return create("cudnnCreateConvolutionDescriptor", d);
}

API cudnnDestroyConvolutionDescriptor(Conv* d) {
  return destroy("cudnnDestroyConvolutionDescriptor", d);
}

API cudnnSetConvolution2dDescriptor(Conv* d, int pad_h, int pad_w, int stride_h, int stride_w,
                                    int dilation_h, int dilation_w, int mode, int compute) {
  if (int status = sim_should_fail("cudnnSetConvolution2dDescriptor")) return status;
  if (!known(d) || pad_h < 0 || pad_w < 0 || stride_h < 1 || stride_w < 1 || dilation_h < 1 ||
      dilation_w < 1) {
    return fail(BAD_PARAM, "cudnnSetConvolution2dDescriptor: padding, stride or dilation");
  }
  if (mode != 1) return fail(NOT_SUPPORTED, "this stand-in has cross-correlation only");
  *d = {true, pad_h, pad_w, stride_h, stride_w, dilation_h, dilation_w, compute, 1, 0};
  return SUCCESS;
}

API cudnnSetConvolutionGroupCount(Conv* d, int groups) {
  if (int status = sim_should_fail("cudnnSetConvolutionGroupCount")) return status;
  if (!known(d) || groups < 1) return fail(BAD_PARAM, "cudnnSetConvolutionGroupCount");
  d->groups = groups;
  return SUCCESS;
}

API cudnnSetConvolutionMathType(Conv* d, int math) {
  if (int status = sim_should_fail("cudnnSetConvolutionMathType")) return status;
  if (!known(d) || math < 0 || math > 3) return fail(BAD_PARAM, "cudnnSetConvolutionMathType");
  d->math = math;
  return SUCCESS;
}

API cudnnGetConvolutionForwardAlgorithm_v7(Handle* handle, Tensor* x, Filter* w, Conv* conv,
                                           Tensor* y, int most, int* count, Perf* out) {
  return heuristics(__func__, FORWARD, handle, x, w, conv, y, most, count, out);
}

API cudnnGetConvolutionBackwardDataAlgorithm_v7(Handle* handle, Filter* w, Tensor* dy, Conv* conv,
                                                Tensor* dx, int most, int* count, Perf* out) {
  return heuristics(__func__, DATA, handle, dx, w, conv, dy, most, count, out);
}

API cudnnGetConvolutionBackwardFilterAlgorithm_v7(Handle* handle, Tensor* x, Tensor* dy, Conv* conv,
                                                  Filter* dw, int most, int* count, Perf* out) {
  return heuristics(__func__, FILTER, handle, x, dw, conv, dy, most, count, out);
}

API cudnnFindConvolutionForwardAlgorithmEx(Handle* handle, Tensor* x, void*, Filter* w, void*,
                                           Conv* conv, Tensor* y, void* result, int most,
                                           int* count, Perf* out, void* space, size_t room) {
  return search(__func__, FORWARD, handle, x, w, conv, y, result, known(y) ? y->bytes() : 0, most,
                count, out, space, room);
}

API cudnnFindConvolutionBackwardDataAlgorithmEx(Handle* handle, Filter* w, void*, Tensor* dy, void*,
                                                Conv* conv, Tensor* dx, void* result, int most,
                                                int* count, Perf* out, void* space, size_t room) {
  return search(__func__, DATA, handle, dx, w, conv, dy, result, known(dx) ? dx->bytes() : 0, most,
                count, out, space, room);
}

API cudnnFindConvolutionBackwardFilterAlgorithmEx(Handle* handle, Tensor* x, void*, Tensor* dy,
                                                  void*, Conv* conv, Filter* dw, void* result,
                                                  int most, int* count, Perf* out, void* space,
                                                  size_t room) {
  return search(__func__, FILTER, handle, x, dw, conv, dy, result, known(dw) ? dw->bytes() : 0,
                most, count, out, space, room);
}

API cudnnGetConvolutionForwardWorkspaceSize(Handle* handle, Tensor* x, Filter* w, Conv* conv,
                                            Tensor* y, int algorithm, size_t* bytes) {
  return size_of_workspace(__func__, FORWARD, handle, x, w, conv, y, algorithm, bytes);
}

API cudnnGetConvolutionBackwardDataWorkspaceSize(Handle* handle, Filter* w, Tensor* dy, Conv* conv,
                                                 Tensor* dx, int algorithm, size_t* bytes) {
  return size_of_workspace(__func__, DATA, handle, dx, w, conv, dy, algorithm, bytes);
}

API cudnnGetConvolutionBackwardFilterWorkspaceSize(Handle* handle, Tensor* x, Tensor* dy,
                                                   Conv* conv, Filter* dw, int algorithm,
                                                   size_t* bytes) {
  return size_of_workspace(__func__, FILTER, handle, x, dw, conv, dy, algorithm, bytes);
}
