// What the stand-ins of cuBLAS and cuDNN may ask of the simulated driver (libcuda.so.1 beside them).
// All of it is safe to call from any thread; nothing here throws.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#define SIM_API __attribute__((visibility("default")))

typedef struct CUstream_st* CUstream;

// Counts a call of the function and returns the status that a test asked for, or 0 to go on. Call it
// first in every exported function: `if (int status = sim_should_fail("cublasCreate")) return status;`
extern "C" SIM_API int sim_should_fail(const char* function);

namespace sim {

// Puts work into a stream: run at once or late as the mode says, recorded under capture and then run
// by every replay. The status is a CUresult: of the call itself (bad stream, broken capture, a sticky
// error from before). What `work` returns, when not 0, becomes the sticky error of the context, with
// the message of the last fail(); so does a memory fault inside it, which is reported under `name`.
// Copy what the work needs into the closure (values, device addresses), as the real libraries do.
SIM_API int enqueue(CUstream stream, const std::string& name, std::function<int()> work);

// Whether [p, p + bytes) lies inside one live block of device memory or of pinned host memory.
SIM_API bool live(const void* p, size_t bytes);

// Where an address lies, in words: "8 bytes past the end of device block 12 of 400 bytes".
SIM_API std::string describe(const void* p);

// Whether the stream is being captured (a library must not synchronise or allocate then).
SIM_API bool capturing(CUstream stream);

// Runs everything in the stream now, as cuStreamSynchronize does. A CUresult.
SIM_API int synchronize(CUstream stream);

// Keeps a message for CudaSim.lastError() and cuGetErrorString, and returns the status.
SIM_API int fail(int status, const char* format, ...) __attribute__((format(printf, 2, 3)));

// Whether the calling thread has a current context.
SIM_API bool has_context();

}  // namespace sim
