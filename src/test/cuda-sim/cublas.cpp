// A stand-in of libcublas.so.12: the functions that the backend calls, with the checks and statuses
// of the real library and plain arithmetic.
#include <mutex>
#include <set>

#include "gemm.h"
#include "sim.h"

namespace {

using namespace sim;

enum Status {
  SUCCESS = 0,
  NOT_INITIALIZED = 1,
  INVALID_VALUE = 7,
  EXECUTION_FAILED = 13,
  INTERNAL_ERROR = 14,
  NOT_SUPPORTED = 15
};

enum { R_32F = 0, R_64F = 1, R_16F = 2, R_16BF = 14 };
enum { COMPUTE_32F = 68, COMPUTE_64F = 70, COMPUTE_32F_FAST_TF32 = 77 };
enum { TF32_MATH = 3 };
enum { ILLEGAL_ADDRESS = 700, MISALIGNED_ADDRESS = 716 };

struct Handle {
  CUstream stream;
  void* workspace;
  size_t bytes;
  int pointer_mode;
  int math;
};

std::mutex mutex;
std::set<Handle*> handles;

bool valid(Handle* handle) {
  std::lock_guard<std::mutex> lock(mutex);
  return handles.count(handle) > 0;
}

int refuse(int status, const char* function, const char* why) {
  return fail(status, "%s: %s", function, why);
}

struct Operand {
  char* p;
  int type;
  int64_t ld, stride;
  bool transposed;
  int64_t rows, columns;  // in memory, column-major

  size_t size() const { return type == R_64F ? 8 : type == R_32F ? 4 : 2; }

  int64_t extent(int64_t batch) const { return (batch - 1) * stride + ld * (columns - 1) + rows; }
};

int reachable(const char* function, const char* name, const Operand& o, int64_t batch) {
  if (uintptr_t(o.p) % o.size() != 0) {
    return fail(MISALIGNED_ADDRESS, "%s: %s is not aligned to its elements", function, name);
  }
  if (!live(o.p, size_t(o.extent(batch)) * o.size())) {
    return fail(ILLEGAL_ADDRESS, "%s: %s needs %lld elements from %s", function, name,
                (long long)o.extent(batch), describe(o.p).c_str());
  }
  return 0;
}

template <class T>
void load(const Operand& o, int64_t number, bool round, std::vector<T>* to) {
  to->resize(o.rows * o.columns);
  T* out = to->data();
  for (int64_t j = 0; j < o.columns; j++) {
    int64_t from = number * o.stride + j * o.ld;
    for (int64_t i = 0; i < o.rows; i++) {
      int64_t at = from + i;
      T v = o.type == R_64F   ? T(((const double*)o.p)[at])
            : o.type == R_32F ? T(((const float*)o.p)[at])
            : o.type == R_16F ? T(f16_to_float(((const uint16_t*)o.p)[at]))
                              : T(bf16_to_float(((const uint16_t*)o.p)[at]));
      *out++ = round ? T(tf32(float(v))) : v;
    }
  }
}

template <class T>
void save(const Operand& o, int64_t number, const std::vector<T>& sums, T alpha, T beta) {
  for (int64_t j = 0; j < o.columns; j++) {
    for (int64_t i = 0; i < o.rows; i++) {
      int64_t at = number * o.stride + j * o.ld + i;
      T v = alpha * sums[j * o.rows + i];
      // With beta 0 the result is not read: it may hold anything.
      switch (o.type) {
        case R_64F: {
          double* c = (double*)o.p + at;
          *c = double(beta == 0 ? v : v + beta * T(*c));
          break;
        }
        case R_32F: {
          float* c = (float*)o.p + at;
          *c = float(beta == 0 ? v : v + beta * T(*c));
          break;
        }
        case R_16F: {
          uint16_t* c = (uint16_t*)o.p + at;
          *c = float_to_f16(float(beta == 0 ? v : v + beta * T(f16_to_float(*c))));
          break;
        }
        default: {
          uint16_t* c = (uint16_t*)o.p + at;
          *c = float_to_bf16(float(beta == 0 ? v : v + beta * T(bf16_to_float(*c))));
        }
      }
    }
  }
}

template <class T>
void products(const Operand& a, const Operand& b, const Operand& c, int64_t k, int64_t batch,
              T alpha, T beta, bool round) {
  static thread_local std::vector<T> left, right, sums;
  for (int64_t i = 0; i < batch; i++) {
    if (i == 0 || a.stride != 0) load(a, i, round, &left);
    if (i == 0 || b.stride != 0) load(b, i, round, &right);
    sums.assign(c.rows * c.columns, T(0));
    Matrix<const T> as = {left.data(), a.transposed ? a.rows : 1, a.transposed ? 1 : a.rows};
    Matrix<const T> bs = {right.data(), b.transposed ? b.rows : 1, b.transposed ? 1 : b.rows};
    // As rows of the transposed product: the kernel likes neighbours along the second index.
    gemm<T>(c.columns, c.rows, k, {bs.p, bs.column, bs.row}, {as.p, as.column, as.row},
            {sums.data(), c.rows, 1});
    save(c, i, sums, alpha, beta);
  }
}

int product(const char* function, Handle* handle, int opa, int opb, int m, int n, int k,
            const void* alpha, Operand a, Operand b, const void* beta, Operand c, int batch,
            int compute) {
  if (int status = sim_should_fail(function)) return status;
  if (!valid(handle)) return refuse(NOT_INITIALIZED, function, "the handle is not one");
  if (opa < 0 || opa > 2 || opb < 0 || opb > 2) {
    return refuse(INVALID_VALUE, function, "an operation is not N, T or C");
  }
  if (m < 0 || n < 0 || k < 0 || batch < 0) {
    return refuse(INVALID_VALUE, function, "an extent is negative");
  }
  a.transposed = opa != 0;
  b.transposed = opb != 0;
  a.rows = a.transposed ? k : m;
  a.columns = a.transposed ? m : k;
  b.rows = b.transposed ? n : k;
  b.columns = b.transposed ? k : n;
  c.rows = m;
  c.columns = n;
  if (a.ld < std::max<int64_t>(1, a.rows)) {
    return refuse(INVALID_VALUE, function, "lda is less than the rows of a");
  }
  if (b.ld < std::max<int64_t>(1, b.rows)) {
    return refuse(INVALID_VALUE, function, "ldb is less than the rows of b");
  }
  if (c.ld < std::max<int64_t>(1, m)) {
    return refuse(INVALID_VALUE, function, "ldc is less than the rows of c");
  }
  if (alpha == nullptr || beta == nullptr) {
    return refuse(INVALID_VALUE, function, "alpha or beta is null");
  }
  bool wide = compute == COMPUTE_64F;
  if (!wide && compute != COMPUTE_32F && compute != COMPUTE_32F_FAST_TF32) {
    return refuse(NOT_SUPPORTED, function, "unknown compute type");
  }
  bool known = wide ? c.type == R_64F : c.type == R_32F || c.type == R_16F || c.type == R_16BF;
  if (!known || a.type != c.type || b.type != c.type ||
      (compute == COMPUTE_32F_FAST_TF32 && c.type != R_32F)) {
    return refuse(NOT_SUPPORTED, function, "the types do not go together");
  }
  if (handle->pointer_mode != 0) {
    return refuse(NOT_SUPPORTED, function, "this stand-in has alpha and beta in host memory only");
  }
  if (handle->workspace == nullptr && capturing(handle->stream)) {
    return refuse(INTERNAL_ERROR, function, "captured without a workspace of the caller");
  }
  if (m == 0 || n == 0 || batch == 0) return SUCCESS;
  if (a.p == nullptr || b.p == nullptr || c.p == nullptr) {
    return refuse(INVALID_VALUE, function, "an operand is null");
  }
  double scale = wide ? *(const double*)alpha : *(const float*)alpha;
  double keep = wide ? *(const double*)beta : *(const float*)beta;
  bool round = c.type == R_32F && (compute == COMPUTE_32F_FAST_TF32 || handle->math == TF32_MATH);
  char* workspace = (char*)handle->workspace;
  size_t bytes = std::min<size_t>(handle->bytes, 64 << 10);
  std::string name = function;
  int status = enqueue(handle->stream, name, [=] {
    if (k > 0) {
      if (int bad = reachable(name.c_str(), "a", a, batch)) return bad;
      if (int bad = reachable(name.c_str(), "b", b, batch)) return bad;
    }
    if (int bad = reachable(name.c_str(), "c", c, batch)) return bad;
    // Whoever keeps something in the workspace loses it.
    if (workspace != nullptr) memset(workspace, 0xff, bytes);
    if (wide) {
      products<double>(a, b, c, k, batch, scale, keep, false);
    } else {
      products<float>(a, b, c, k, batch, float(scale), float(keep), round);
    }
    return 0;
  });
  return status == 0 ? SUCCESS : EXECUTION_FAILED;
}

}  // namespace

#define API extern "C" SIM_API int

API cublasCreate_v2(Handle** handle) {
  if (int status = sim_should_fail("cublasCreate")) return status;
  if (handle == nullptr) return refuse(INVALID_VALUE, "cublasCreate", "null");
  if (!has_context()) return refuse(NOT_INITIALIZED, "cublasCreate", "no context is current");
  std::lock_guard<std::mutex> lock(mutex);
  *handle = new Handle{nullptr, nullptr, 0, 0, 0};
  handles.insert(*handle);
  return SUCCESS;
}

API cublasDestroy_v2(Handle* handle) {
  if (int status = sim_should_fail("cublasDestroy")) return status;
  std::lock_guard<std::mutex> lock(mutex);
  if (handles.erase(handle) == 0) return refuse(NOT_INITIALIZED, "cublasDestroy", "no handle");
  delete handle;
  return SUCCESS;
}

API cublasGetVersion_v2(Handle* handle, int* version) {
  if (int status = sim_should_fail("cublasGetVersion")) return status;
  if (!valid(handle)) return refuse(NOT_INITIALIZED, "cublasGetVersion", "no handle");
  *version = 120603;
  return SUCCESS;
}

API cublasSetStream_v2(Handle* handle, CUstream stream) {
  if (int status = sim_should_fail("cublasSetStream")) return status;
  if (!valid(handle)) return refuse(NOT_INITIALIZED, "cublasSetStream", "no handle");
  handle->stream = stream;
  handle->workspace = nullptr;
  handle->bytes = 0;
  return SUCCESS;
}

API cublasSetWorkspace_v2(Handle* handle, void* workspace, size_t bytes) {
  if (int status = sim_should_fail("cublasSetWorkspace")) return status;
  if (!valid(handle)) return refuse(NOT_INITIALIZED, "cublasSetWorkspace", "no handle");
  if (uintptr_t(workspace) % 256 != 0) {
    return refuse(INVALID_VALUE, "cublasSetWorkspace", "not aligned to 256 bytes");
  }
  if (bytes > 0 && !live(workspace, bytes)) {
    return refuse(INVALID_VALUE, "cublasSetWorkspace", "no device memory of this size");
  }
  handle->workspace = workspace;
  handle->bytes = bytes;
  return SUCCESS;
}

API cublasSetPointerMode_v2(Handle* handle, int mode) {
  if (int status = sim_should_fail("cublasSetPointerMode")) return status;
  if (!valid(handle)) return refuse(NOT_INITIALIZED, "cublasSetPointerMode", "no handle");
  if (mode != 0 && mode != 1) return refuse(INVALID_VALUE, "cublasSetPointerMode", "mode");
  handle->pointer_mode = mode;
  return SUCCESS;
}

API cublasSetMathMode(Handle* handle, int mode) {
  if (int status = sim_should_fail("cublasSetMathMode")) return status;
  if (!valid(handle)) return refuse(NOT_INITIALIZED, "cublasSetMathMode", "no handle");
  if ((mode & ~16) < 0 || (mode & ~16) > 3) return refuse(INVALID_VALUE, "cublasSetMathMode", "mode");
  handle->math = mode & ~16;
  return SUCCESS;
}

API cublasGemmEx(Handle* handle, int opa, int opb, int m, int n, int k, const void* alpha,
                 const void* a, int type_a, int lda, const void* b, int type_b, int ldb,
                 const void* beta, void* c, int type_c, int ldc, int compute, int) {
  return product("cublasGemmEx", handle, opa, opb, m, n, k, alpha,
                 {(char*)a, type_a, lda, 0, false, 0, 0}, {(char*)b, type_b, ldb, 0, false, 0, 0},
                 beta, {(char*)c, type_c, ldc, 0, false, 0, 0}, 1, compute);
}

API cublasGemmStridedBatchedEx(Handle* handle, int opa, int opb, int m, int n, int k,
                               const void* alpha, const void* a, int type_a, int lda,
                               long long stride_a, const void* b, int type_b, int ldb,
                               long long stride_b, const void* beta, void* c, int type_c, int ldc,
                               long long stride_c, int batch, int compute, int) {
  return product("cublasGemmStridedBatchedEx", handle, opa, opb, m, n, k, alpha,
                 {(char*)a, type_a, lda, stride_a, false, 0, 0},
                 {(char*)b, type_b, ldb, stride_b, false, 0, 0}, beta,
                 {(char*)c, type_c, ldc, stride_c, false, 0, 0}, batch, compute);
}
