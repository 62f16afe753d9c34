// Shared by the files of the simulated driver only.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "sim.h"

enum CUresult : int {
  CUDA_SUCCESS = 0,
  CUDA_ERROR_INVALID_VALUE = 1,
  CUDA_ERROR_OUT_OF_MEMORY = 2,
  CUDA_ERROR_NOT_INITIALIZED = 3,
  CUDA_ERROR_INVALID_DEVICE = 101,
  CUDA_ERROR_INVALID_CONTEXT = 201,
  CUDA_ERROR_NO_BINARY_FOR_GPU = 209,
  CUDA_ERROR_INVALID_PTX = 218,
  CUDA_ERROR_UNSUPPORTED_PTX_VERSION = 222,
  CUDA_ERROR_INVALID_HANDLE = 400,
  CUDA_ERROR_NOT_FOUND = 500,
  CUDA_ERROR_NOT_READY = 600,
  CUDA_ERROR_ILLEGAL_ADDRESS = 700,
  CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES = 701,
  CUDA_ERROR_PRIMARY_CONTEXT_ACTIVE = 708,
  CUDA_ERROR_ASSERT = 710,
  CUDA_ERROR_MISALIGNED_ADDRESS = 716,
  CUDA_ERROR_LAUNCH_FAILED = 719,
  CUDA_ERROR_NOT_SUPPORTED = 801,
  CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED = 900,
  CUDA_ERROR_STREAM_CAPTURE_INVALIDATED = 901,
  CUDA_ERROR_STREAM_CAPTURE_MERGE = 902,
  CUDA_ERROR_STREAM_CAPTURE_UNMATCHED = 903,
  CUDA_ERROR_STREAM_CAPTURE_UNJOINED = 904,
  CUDA_ERROR_STREAM_CAPTURE_ISOLATION = 905,
  CUDA_ERROR_STREAM_CAPTURE_IMPLICIT = 906,
  CUDA_ERROR_CAPTURED_EVENT = 907,
  CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD = 908,
};

namespace sim {

// One lock over everything, held while kernels run: statics can then stand for shared memory.
extern std::recursive_mutex mutex;
using Lock = std::lock_guard<std::recursive_mutex>;

// ---- control.cpp: what a test sets and reads
struct Control {
  bool late = true;
  uint64_t shuffle = 0;  // 0: threads and blocks in their order
  uint64_t memory = uint64_t(2) << 30;
  size_t alignment = 256;
  int driver = 12080;
  std::map<int, int> attributes;
};
extern Control control;
extern int sticky;  // the error that every call returns until the context is reset
void count(const std::string& what);
std::string last_message(int status);
uint32_t random_below(uint32_t n);  // from the shuffle's seed

// ---- memory.cpp: guarded blocks
struct Block {
  uintptr_t base;
  size_t bytes;
  uintptr_t map;  // start and length of the accessible mapping around it
  size_t mapped;
  bool host;
  uint64_t id;
  unsigned flags;
};
int allocate(size_t bytes, bool host, unsigned flags, void** result);
int release(void* base, bool host);
void release_all();
const Block* find(const void* p);  // the live block that p lies in, or its end
bool inside(const void* p, size_t bytes);
bool pinned(const void* p, size_t bytes);
bool in_arena(const void* p);
bool slack_intact(const Block& block, std::string* what);
bool all_slack_intact(std::string* what);
uint64_t live_bytes(bool host);
uint64_t live_blocks(bool host);
void add_global(const void* p, size_t bytes);  // a __constant__ variable: valid, never freed

// ---- guard.cpp: runs work so that a fault inside comes back as a status
int guarded(const std::string& name, const std::function<int()>& work);
bool guarded_copy(void* to, const void* from, size_t bytes);
[[noreturn]] void leave(int status);  // out of guarded work, after fail()

// ---- exec.cpp: blocks and threads of one kernel
struct Kernel {
  const char* name;
  void (*call)(void** arguments);
  const char* kinds;      // one letter per parameter: p pointer, u integer, f float, b bytes
  const int* sizes;
  const int* alignments;
  int parameters;
};
struct Dim {
  unsigned x, y, z;
};
void run_grid(const Kernel& kernel, Dim grid, Dim block, void** arguments);
void drop_fibers();
std::string where();  // "kernel k, block (0,0,0), thread (3,0,0)", or "" outside of kernels
bool stack_overflow(const void* p);
bool on_stack(const void* p);  // of the thread that runs, or what the shim keeps of all threads
const Kernel* kernel(const std::string& name);
bool constant(const std::string& name, void** p, size_t* bytes);

// ---- check.cpp: does nothing unless kernels are built with SIM_CHECK=1
void check_launch(const void* arguments, size_t bytes);
void check_forget(const Block& block);

// ---- stream.cpp
int enqueue_node(CUstream stream, const std::string& name, std::function<int()> work);
int unsafe_call(const char* function);   // 0, or the error of a call that capture forbids
int legacy_call(const char* function);   // the same for calls that wait for the legacy stream
int drain_all();
int drain_legacy();
void drop_streams();

// ---- module.cpp
void drop_modules();

bool initialized();
}  // namespace sim
