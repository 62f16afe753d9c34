// Initialisation, the one device, its primary context, memory and copies.
#include <algorithm>
#include <cstdio>
#include <cstring>

#include "api.h"

typedef struct CUctx_st* CUcontext;
typedef unsigned long long CUdeviceptr;
struct CUuuid {
  char bytes[16];
};

namespace sim {
namespace {

bool ready = false;
int retained = 0;
unsigned context_flags = 0;
const CUcontext PRIMARY = CUcontext(0x5c0ffee0);
thread_local std::vector<CUcontext> contexts;

// By CUdevice_attribute: the H100 as far as it matters. What is not listed is 0.
const std::map<int, int> ATTRIBUTES = {
    {1, 1024},        {2, 1024},      {3, 1024},      {4, 64},         {5, 2147483647},
    {6, 65535},       {7, 65535},     {8, 49152},     {9, 65536},      {10, 32},
    {11, 2147483647}, {12, 65536},    {13, 1980000},  {14, 512},       {15, 1},
    {16, 132},        {19, 1},        {31, 1},        {36, 2619000},   {37, 5120},
    {38, 52428800},   {39, 2048},     {40, 3},        {41, 1},         {75, 9},
    {76, 0},          {78, 1},        {79, 1},        {80, 1},         {81, 233472},
    {82, 65536},      {90, 1},        {97, 232448},   {106, 32},       {111, 1024},
};

int attribute(int which) {
  auto set = control.attributes.find(which);
  if (set != control.attributes.end()) return set->second;
  auto known = ATTRIBUTES.find(which);
  return known == ATTRIBUTES.end() ? 0 : known->second;
}

void destroy_context() {
  drop_streams();
  drop_modules();
  release_all();
  sticky = 0;
}

int out_of_block(const char* function, const void* p, size_t bytes) {
  return fail(CUDA_ERROR_INVALID_VALUE, "%s: %zu bytes at %s", function, bytes,
              describe(p).c_str());
}

// A copy or fill as work of a stream. Blocks are checked again when it runs: a replay may come late.
int move(CUstream stream, const char* function, void* to, const void* from, size_t bytes) {
  return enqueue_node(stream, function, [=] {
    for (const void* p : {(const void*)to, from}) {
      if (in_arena(p) && !inside(p, bytes)) {
        return fail(CUDA_ERROR_ILLEGAL_ADDRESS, "%s: %zu bytes at %s", function, bytes,
                    describe(p).c_str());
      }
    }
    memmove(to, from, bytes);
    return 0;
  });
}

enum class Side { DEVICE, HOST };

int check(const char* function, const void* p, size_t bytes, Side side) {
  if (p == nullptr) return fail(CUDA_ERROR_INVALID_VALUE, "%s: a null pointer", function);
  if (side == Side::DEVICE ? !inside(p, bytes) : in_arena(p) && !inside(p, bytes)) {
    return out_of_block(function, p, bytes);
  }
  return 0;
}

// Copies that return when they are done wait for the default stream.
int copy_now(const char* function, void* to, Side to_side, const void* from, Side from_side,
             size_t bytes) {
  if (int status = unsafe_call(function)) return status;
  if (int status = legacy_call(function)) return status;
  if (bytes == 0) return 0;
  if (int status = check(function, to, bytes, to_side)) return status;
  if (int status = check(function, from, bytes, from_side)) return status;
  if (int status = drain_legacy()) return status;
  if (!guarded_copy(to, from, bytes)) {
    return fail(CUDA_ERROR_INVALID_VALUE, "%s: cannot copy %zu bytes from %s to %s", function,
                bytes, describe(from).c_str(), describe(to).c_str());
  }
  return 0;
}

int copy_later(const char* function, void* to, Side to_side, const void* from, Side from_side,
               size_t bytes, CUstream stream) {
  if (bytes == 0) return 0;
  if (int status = check(function, to, bytes, to_side)) return status;
  if (int status = check(function, from, bytes, from_side)) return status;
  bool to_pinned = inside(to, bytes), from_pinned = inside(from, bytes);
  if (to_pinned && from_pinned) return move(stream, function, to, from, bytes);
  // Memory that is not pinned may move or go once the call returns.
  count("unpinned");
  if (capturing(stream)) {
    // Found by the wait that such a copy is.
    synchronize(stream);
    return fail(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
                "%s during the capture of a stream: the host's memory is not pinned, so a replay "
                "would use an address that may be gone; the capture is broken",
                function);
  }
  if (!from_pinned) {
    auto staged = std::make_shared<std::vector<char>>(bytes);
    if (!guarded_copy(staged->data(), from, bytes)) {
      return fail(CUDA_ERROR_INVALID_VALUE, "%s: cannot read %zu bytes from %s", function, bytes,
                  describe(from).c_str());
    }
    return enqueue_node(stream, function, [=] {
      memcpy(to, staged->data(), bytes);
      return 0;
    });
  }
  if (int status = move(stream, function, to, from, bytes)) return status;
  return synchronize(stream);
}

template <class T>
int fill(const char* function, CUdeviceptr to, T value, size_t n, CUstream stream) {
  if (n == 0) return 0;
  T* p = (T*)to;
  if (to % sizeof(T) != 0) {
    return fail(CUDA_ERROR_INVALID_VALUE, "%s: the address is not a multiple of %zu", function,
                sizeof(T));
  }
  if (n > (size_t(1) << 40)) return fail(CUDA_ERROR_INVALID_VALUE, "%s: %zu values", function, n);
  if (int status = check(function, p, n * sizeof(T), Side::DEVICE)) return status;
  return enqueue_node(stream, function, [=] {
    if (!inside(p, n * sizeof(T))) {
      return fail(CUDA_ERROR_ILLEGAL_ADDRESS, "%s: %zu bytes at %s", function, n * sizeof(T),
                  describe(p).c_str());
    }
    std::fill_n(p, n, value);
    return 0;
  });
}

}  // namespace

// The device's time goes on by being read, so that a clock's speed does not depend on the host's. The
// timer has steps of 1024 ns, and the clock runs at 9/10 of what the attribute says, as under load.
uint64_t device_time = 0;

unsigned long long global_timer() {
  device_time += 20;
  return device_time & ~1023ull;
}

long long cycles() {
  device_time += 20;
  return (long long)(device_time * 0.9e-6 * attribute(13));
}

bool initialized() { return ready; }

bool has_context() { return ready && !contexts.empty() && contexts.back() != nullptr && retained; }

int context_status(const char* function) {
  if (!ready) return fail(CUDA_ERROR_NOT_INITIALIZED, "%s: cuInit comes first", function);
  if (has_context()) return 0;
  return fail(CUDA_ERROR_INVALID_CONTEXT, "%s: this thread has no current context", function);
}

}  // namespace sim

using namespace sim;

#define NEED_INIT(name) \
  if (!ready) return fail(CUDA_ERROR_NOT_INITIALIZED, "%s: cuInit comes first", name)
#define NEED_DEVICE(device, name) \
  NEED_INIT(name);                \
  if (device != 0) return fail(CUDA_ERROR_INVALID_DEVICE, "%s: no device %d", name, device)

API(cuInit, unsigned flags) {
  ENTER_BARE("cuInit");
  NEED(flags == 0, "cuInit");
  ready = true;
  return 0;
}

API(cuDriverGetVersion, int* version) {
  ENTER_BARE("cuDriverGetVersion");
  NEED(version != nullptr, "cuDriverGetVersion");
  *version = control.driver;
  return 0;
}

API(cuDeviceGetCount, int* count) {
  ENTER_BARE("cuDeviceGetCount");
  NEED_INIT("cuDeviceGetCount");
  NEED(count != nullptr, "cuDeviceGetCount");
  *count = 1;
  return 0;
}

API(cuDeviceGet, int* device, int ordinal) {
  ENTER_BARE("cuDeviceGet");
  NEED(device != nullptr, "cuDeviceGet");
  NEED_DEVICE(ordinal, "cuDeviceGet");
  *device = ordinal;
  return 0;
}

API(cuDeviceGetName, char* name, int length, int device) {
  ENTER_BARE("cuDeviceGetName");
  NEED_DEVICE(device, "cuDeviceGetName");
  NEED(name != nullptr && length > 0, "cuDeviceGetName");
  snprintf(name, length, "cuda-sim (no GPU)");
  return 0;
}

API(cuDeviceTotalMem_v2, size_t* bytes, int device) {
  ENTER_BARE("cuDeviceTotalMem");
  NEED_DEVICE(device, "cuDeviceTotalMem");
  NEED(bytes != nullptr, "cuDeviceTotalMem");
  *bytes = control.memory;
  return 0;
}

API(cuDeviceGetAttribute, int* value, int which, int device) {
  ENTER_BARE("cuDeviceGetAttribute");
  NEED_DEVICE(device, "cuDeviceGetAttribute");
  NEED(value != nullptr && which > 0, "cuDeviceGetAttribute");
  *value = attribute(which);
  return 0;
}

API(cuDeviceComputeCapability, int* major, int* minor, int device) {
  ENTER_BARE("cuDeviceComputeCapability");
  NEED_DEVICE(device, "cuDeviceComputeCapability");
  NEED(major != nullptr && minor != nullptr, "cuDeviceComputeCapability");
  *major = attribute(75);
  *minor = attribute(76);
  return 0;
}

API(cuDeviceGetUuid, CUuuid* uuid, int device) {
  ENTER_BARE("cuDeviceGetUuid");
  NEED_DEVICE(device, "cuDeviceGetUuid");
  NEED(uuid != nullptr, "cuDeviceGetUuid");
  memcpy(uuid->bytes, "cuda-sim no GPU!", 16);
  return 0;
}

API(cuDeviceGetPCIBusId, char* id, int length, int device) {
  ENTER_BARE("cuDeviceGetPCIBusId");
  NEED_DEVICE(device, "cuDeviceGetPCIBusId");
  NEED(id != nullptr && length > 0, "cuDeviceGetPCIBusId");
  snprintf(id, length, "0000:00:00.0");
  return 0;
}

// ---- contexts
API(cuDevicePrimaryCtxRetain, CUcontext* context, int device) {
  ENTER_BARE("cuDevicePrimaryCtxRetain");
  NEED_DEVICE(device, "cuDevicePrimaryCtxRetain");
  NEED(context != nullptr, "cuDevicePrimaryCtxRetain");
  retained++;
  *context = PRIMARY;
  return 0;
}

API(cuDevicePrimaryCtxRelease_v2, int device) {
  ENTER_BARE("cuDevicePrimaryCtxRelease");
  NEED_DEVICE(device, "cuDevicePrimaryCtxRelease");
  if (retained == 0) {
    return fail(CUDA_ERROR_INVALID_CONTEXT, "cuDevicePrimaryCtxRelease: it was not retained");
  }
  if (--retained == 0) destroy_context();
  return 0;
}

API(cuDevicePrimaryCtxReset_v2, int device) {
  ENTER_BARE("cuDevicePrimaryCtxReset");
  NEED_DEVICE(device, "cuDevicePrimaryCtxReset");
  destroy_context();
  return 0;
}

API(cuDevicePrimaryCtxSetFlags_v2, int device, unsigned flags) {
  ENTER_BARE("cuDevicePrimaryCtxSetFlags");
  NEED_DEVICE(device, "cuDevicePrimaryCtxSetFlags");
  context_flags = flags;
  return 0;
}

API(cuDevicePrimaryCtxGetState, int device, unsigned* flags, int* active) {
  ENTER_BARE("cuDevicePrimaryCtxGetState");
  NEED_DEVICE(device, "cuDevicePrimaryCtxGetState");
  NEED(flags != nullptr && active != nullptr, "cuDevicePrimaryCtxGetState");
  *flags = context_flags;
  *active = retained > 0;
  return 0;
}

static bool known(CUcontext context) { return context == nullptr || context == PRIMARY; }

API(cuCtxSetCurrent, CUcontext context) {
  ENTER_BARE("cuCtxSetCurrent");
  NEED_INIT("cuCtxSetCurrent");
  if (!known(context)) return fail(CUDA_ERROR_INVALID_CONTEXT, "cuCtxSetCurrent: no such context");
  if (!contexts.empty()) contexts.pop_back();
  if (context != nullptr) contexts.push_back(context);
  return 0;
}

API(cuCtxGetCurrent, CUcontext* context) {
  ENTER_BARE("cuCtxGetCurrent");
  NEED_INIT("cuCtxGetCurrent");
  NEED(context != nullptr, "cuCtxGetCurrent");
  *context = contexts.empty() ? nullptr : contexts.back();
  return 0;
}

API(cuCtxPushCurrent_v2, CUcontext context) {
  ENTER_BARE("cuCtxPushCurrent");
  NEED_INIT("cuCtxPushCurrent");
  if (!known(context)) return fail(CUDA_ERROR_INVALID_CONTEXT, "cuCtxPushCurrent: no such context");
  contexts.push_back(context);
  return 0;
}

API(cuCtxPopCurrent_v2, CUcontext* context) {
  ENTER_BARE("cuCtxPopCurrent");
  NEED_INIT("cuCtxPopCurrent");
  if (contexts.empty()) return fail(CUDA_ERROR_INVALID_CONTEXT, "cuCtxPopCurrent: none is current");
  if (context != nullptr) *context = contexts.back();
  contexts.pop_back();
  return 0;
}

API(cuCtxGetDevice, int* device) {
  ENTER("cuCtxGetDevice");
  NEED(device != nullptr, "cuCtxGetDevice");
  *device = 0;
  return 0;
}

API(cuCtxGetStreamPriorityRange, int* least, int* greatest) {
  ENTER("cuCtxGetStreamPriorityRange");
  if (least != nullptr) *least = 0;
  if (greatest != nullptr) *greatest = -5;
  return 0;
}

API(cuCtxSynchronize, void) {
  ENTER("cuCtxSynchronize");
  if (int status = unsafe_call("cuCtxSynchronize")) return status;
  if (int status = drain_all()) return status;
  std::string what;
  if (!all_slack_intact(&what)) {
    return sticky = fail(CUDA_ERROR_ILLEGAL_ADDRESS, "something wrote %s", what.c_str());
  }
  return 0;
}

// ---- memory
API(cuMemAlloc_v2, CUdeviceptr* result, size_t bytes) {
  ENTER("cuMemAlloc");
  if (int status = unsafe_call("cuMemAlloc")) return status;
  NEED(result != nullptr && bytes > 0, "cuMemAlloc");
  void* p;
  if (int status = allocate(bytes, false, 0, &p)) return status;
  *result = CUdeviceptr(p);
  return 0;
}

API(cuMemFree_v2, CUdeviceptr p) {
  ENTER("cuMemFree");
  if (int status = unsafe_call("cuMemFree")) return status;
  if (p == 0) return 0;
  if (int status = drain_all()) return status;  // as the driver does in fact
  return release((void*)p, false);
}

API(cuMemGetInfo_v2, size_t* free, size_t* total) {
  ENTER("cuMemGetInfo");
  NEED(free != nullptr && total != nullptr, "cuMemGetInfo");
  *total = control.memory;
  *free = control.memory - std::min(control.memory, live_bytes(false));
  return 0;
}

static int host_alloc(const char* name, void** result, size_t bytes, unsigned flags) {
  if (int status = unsafe_call(name)) return status;
  NEED(result != nullptr && bytes > 0 && flags <= 7, name);
  return allocate(bytes, true, flags, result);
}

API(cuMemHostAlloc, void** result, size_t bytes, unsigned flags) {
  ENTER("cuMemHostAlloc");
  return host_alloc("cuMemHostAlloc", result, bytes, flags);
}

API(cuMemAllocHost_v2, void** result, size_t bytes) {
  ENTER("cuMemAllocHost");
  return host_alloc("cuMemAllocHost", result, bytes, 0);
}

API(cuMemFreeHost, void* p) {
  ENTER("cuMemFreeHost");
  if (int status = unsafe_call("cuMemFreeHost")) return status;
  if (p == nullptr) return fail(CUDA_ERROR_INVALID_VALUE, "cuMemFreeHost: a null pointer");
  if (int status = drain_all()) return status;
  return release(p, true);
}

API(cuMemHostGetDevicePointer_v2, CUdeviceptr* result, void* p, unsigned flags) {
  ENTER("cuMemHostGetDevicePointer");
  NEED(result != nullptr && flags == 0, "cuMemHostGetDevicePointer");
  if (!pinned(p, 0)) return out_of_block("cuMemHostGetDevicePointer", p, 0);
  *result = CUdeviceptr(p);
  return 0;
}

API(cuMemGetAddressRange_v2, CUdeviceptr* base, size_t* bytes, CUdeviceptr p) {
  ENTER("cuMemGetAddressRange");
  const Block* block = find((void*)p);
  if (block == nullptr || p == block->base + block->bytes) {
    return fail(CUDA_ERROR_NOT_FOUND, "cuMemGetAddressRange: %s", describe((void*)p).c_str());
  }
  if (base != nullptr) *base = block->base;
  if (bytes != nullptr) *bytes = block->bytes;
  return 0;
}

// ---- copies and fills
API(cuMemcpyHtoD_v2, CUdeviceptr to, const void* from, size_t bytes) {
  ENTER("cuMemcpyHtoD");
  return copy_now("cuMemcpyHtoD", (void*)to, Side::DEVICE, from, Side::HOST, bytes);
}

API(cuMemcpyDtoH_v2, void* to, CUdeviceptr from, size_t bytes) {
  ENTER("cuMemcpyDtoH");
  return copy_now("cuMemcpyDtoH", to, Side::HOST, (void*)from, Side::DEVICE, bytes);
}

API(cuMemcpy, CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  ENTER("cuMemcpy");
  return copy_now("cuMemcpy", (void*)to, Side::HOST, (void*)from, Side::HOST, bytes);
}

// Between device blocks the host does not wait.
API(cuMemcpyDtoD_v2, CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  ENTER("cuMemcpyDtoD");
  if (int status = legacy_call("cuMemcpyDtoD")) return status;
  return copy_later("cuMemcpyDtoD", (void*)to, Side::DEVICE, (void*)from, Side::DEVICE, bytes,
                    nullptr);
}

API(cuMemcpyHtoDAsync_v2, CUdeviceptr to, const void* from, size_t bytes, CUstream stream) {
  ENTER("cuMemcpyHtoDAsync");
  return copy_later("cuMemcpyHtoDAsync", (void*)to, Side::DEVICE, from, Side::HOST, bytes, stream);
}

API(cuMemcpyDtoHAsync_v2, void* to, CUdeviceptr from, size_t bytes, CUstream stream) {
  ENTER("cuMemcpyDtoHAsync");
  return copy_later("cuMemcpyDtoHAsync", to, Side::HOST, (void*)from, Side::DEVICE, bytes, stream);
}

API(cuMemcpyDtoDAsync_v2, CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  ENTER("cuMemcpyDtoDAsync");
  return copy_later("cuMemcpyDtoDAsync", (void*)to, Side::DEVICE, (void*)from, Side::DEVICE, bytes,
                    stream);
}

API(cuMemcpyAsync, CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  ENTER("cuMemcpyAsync");
  return copy_later("cuMemcpyAsync", (void*)to, Side::HOST, (void*)from, Side::HOST, bytes, stream);
}

API(cuMemsetD8_v2, CUdeviceptr to, unsigned char value, size_t n) {
  ENTER("cuMemsetD8");
  return fill("cuMemsetD8", to, value, n, nullptr);
}

API(cuMemsetD16_v2, CUdeviceptr to, unsigned short value, size_t n) {
  ENTER("cuMemsetD16");
  return fill("cuMemsetD16", to, value, n, nullptr);
}

API(cuMemsetD32_v2, CUdeviceptr to, unsigned value, size_t n) {
  ENTER("cuMemsetD32");
  return fill("cuMemsetD32", to, value, n, nullptr);
}

API(cuMemsetD8Async, CUdeviceptr to, unsigned char value, size_t n, CUstream stream) {
  ENTER("cuMemsetD8Async");
  return fill("cuMemsetD8Async", to, value, n, stream);
}

API(cuMemsetD16Async, CUdeviceptr to, unsigned short value, size_t n, CUstream stream) {
  ENTER("cuMemsetD16Async");
  return fill("cuMemsetD16Async", to, value, n, stream);
}

API(cuMemsetD32Async, CUdeviceptr to, unsigned value, size_t n, CUstream stream) {
  ENTER("cuMemsetD32Async");
  return fill("cuMemsetD32Async", to, value, n, stream);
}

// ---- errors and profiling
struct Text {
  int status;
  const char* name;
  const char* text;
};
static const Text TEXTS[] = {
#define ROW(code, text) {code, #code, text}
    ROW(CUDA_SUCCESS, "no error"),
    ROW(CUDA_ERROR_INVALID_VALUE, "invalid argument"),
    ROW(CUDA_ERROR_OUT_OF_MEMORY, "out of memory"),
    ROW(CUDA_ERROR_NOT_INITIALIZED, "initialization error"),
    {4, "CUDA_ERROR_DEINITIALIZED", "driver shutting down"},
    {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    ROW(CUDA_ERROR_INVALID_DEVICE, "invalid device ordinal"),
    {200, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
    ROW(CUDA_ERROR_INVALID_CONTEXT, "invalid device context"),
    ROW(CUDA_ERROR_NO_BINARY_FOR_GPU, "no kernel image is available for execution on the device"),
    ROW(CUDA_ERROR_INVALID_PTX, "a PTX JIT compilation failed"),
    ROW(CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
        "the provided PTX was compiled with an unsupported toolchain."),
    ROW(CUDA_ERROR_INVALID_HANDLE, "invalid resource handle"),
    ROW(CUDA_ERROR_NOT_FOUND, "named symbol not found"),
    ROW(CUDA_ERROR_NOT_READY, "device not ready"),
    ROW(CUDA_ERROR_ILLEGAL_ADDRESS, "an illegal memory access was encountered"),
    ROW(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "too many resources requested for launch"),
    ROW(CUDA_ERROR_PRIMARY_CONTEXT_ACTIVE,
        "cannot set while device is active in this process"),
    ROW(CUDA_ERROR_ASSERT, "device-side assert triggered"),
    ROW(CUDA_ERROR_MISALIGNED_ADDRESS, "misaligned address"),
    ROW(CUDA_ERROR_LAUNCH_FAILED, "unspecified launch failure"),
    {800, "CUDA_ERROR_NOT_PERMITTED", "operation not permitted"},
    ROW(CUDA_ERROR_NOT_SUPPORTED, "operation not supported"),
    ROW(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
        "operation not permitted when stream is capturing"),
    ROW(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED,
        "operation failed due to a previous error during capture"),
    ROW(CUDA_ERROR_STREAM_CAPTURE_MERGE,
        "operation would result in a merge of separate capture sequences"),
    ROW(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, "capture was not ended in the same stream as it began"),
    ROW(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, "capturing stream has unjoined work"),
    ROW(CUDA_ERROR_STREAM_CAPTURE_ISOLATION,
        "dependency created on uncaptured work in another stream"),
    ROW(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT,
        "operation would make the legacy stream depend on a capturing blocking stream"),
    ROW(CUDA_ERROR_CAPTURED_EVENT,
        "operation not permitted on an event last recorded in a capturing stream"),
    ROW(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD,
        "attempt to terminate a thread-local capture sequence from another thread"),
    {999, "CUDA_ERROR_UNKNOWN", "unknown error"},
#undef ROW
};

static const Text* find_text(int status) {
  for (const Text& row : TEXTS) {
    if (row.status == status) return &row;
  }
  return nullptr;
}

API(cuGetErrorName, int status, const char** text) {
  ENTER_BARE("cuGetErrorName");
  NEED(text != nullptr, "cuGetErrorName");
  const Text* row = find_text(status);
  *text = row == nullptr ? nullptr : row->name;
  return row == nullptr ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

// The driver's words, and behind them what the simulation knows of the last error of that kind.
API(cuGetErrorString, int status, const char** text) {
  ENTER_BARE("cuGetErrorString");
  NEED(text != nullptr, "cuGetErrorString");
  const Text* row = find_text(status);
  *text = nullptr;
  if (row == nullptr) return CUDA_ERROR_INVALID_VALUE;
  thread_local std::string words;
  words = row->text;
  std::string known = status == 0 ? "" : last_message(status);
  if (!known.empty()) words += " (cuda-sim: " + known + ")";
  *text = words.c_str();
  return 0;
}

API(cuProfilerStart, void) {
  ENTER("cuProfilerStart");
  return 0;
}

API(cuProfilerStop, void) {
  ENTER("cuProfilerStop");
  return 0;
}
