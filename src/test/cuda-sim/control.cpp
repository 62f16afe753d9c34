// What a test sets and reads: failures to inject, counters, modes. Called by CudaSim.java through JNI
// functions that need of JNI only three entries of its function table, so no header of a JDK.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include "internal.h"

namespace sim {

std::recursive_mutex mutex;
Control control;
int sticky = 0;

namespace {

struct Failure {
  long calls;  // this many calls from now
  bool for_ever;
  int status;
};
std::map<std::string, Failure> failures;
std::map<std::string, int64_t> counters;
std::string message;
int message_status = 0;
uint64_t random_state = 1;

}  // namespace

void count(const std::string& what) {
  Lock lock(mutex);
  counters[what]++;
}

int fail(int status, const char* format, ...) {
  Lock lock(mutex);
  char text[1024];
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
  message = text;
  message_status = status;
  static const bool loud = getenv("CUDA_SIM_VERBOSE") != nullptr;
  if (loud) fprintf(stderr, "cuda-sim: %d: %s\n", status, text);
  return status;
}

std::string last_message(int status) {
  return status < 0 || status == message_status ? message : "";
}

uint32_t random_below(uint32_t n) {
  random_state += 0x9e3779b97f4a7c15u;
  uint64_t z = random_state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  z ^= z >> 31;
  return uint32_t(((z >> 32) * n) >> 32);
}

// For programs that cannot call the Java class: a process of its own, the CLI, a whole test suite.
Control from_environment() {
  Control c;
  auto read = [](const char* name, uint64_t fallback) {
    const char* text = getenv(name);
    return text == nullptr || *text == 0 ? fallback : strtoull(text, nullptr, 10);
  };
  c.late = read("CUDA_SIM_EAGER", 0) == 0;
  c.shuffle = read("CUDA_SIM_SHUFFLE", c.shuffle);
  c.memory = read("CUDA_SIM_MEMORY", c.memory);
  c.alignment = size_t(read("CUDA_SIM_ALIGNMENT", c.alignment));
  c.driver = int(read("CUDA_SIM_DRIVER", c.driver));
  return c;
}

__attribute__((constructor)) void hello() {
  control = from_environment();
  random_state = control.shuffle + 1;
  fprintf(stderr, "cuda-sim: a simulated CUDA driver for tests was loaded; no GPU is used\n");
}

}  // namespace sim

using namespace sim;

extern "C" SIM_API int sim_should_fail(const char* function) {
  Lock lock(mutex);
  counters[function]++;
  auto found = failures.find(function);
  if (found == failures.end()) return 0;
  Failure& failure = found->second;
  if (--failure.calls > 0) return 0;
  int status = failure.status;
  if (!failure.for_ever) failures.erase(found);
  return fail(status, "%s failed because the test asked for it", function);
}

// ---- JNI
namespace {

template <class F>
F table(void* env, int index) {
  return reinterpret_cast<F>((*static_cast<void***>(env))[index]);
}

std::string text(void* env, void* string) {  // GetStringUTFChars, ReleaseStringUTFChars
  const char* chars =
      table<const char* (*)(void*, void*, unsigned char*)>(env, 169)(env, string, nullptr);
  std::string result = chars;
  table<void (*)(void*, void*, const char*)>(env, 170)(env, string, chars);
  return result;
}

}  // namespace

#define JNI(result, name) \
  extern "C" SIM_API result Java_org_jacana_backend_cuda_CudaSim_##name(void* env, void*
#define UNUSED (void)env

JNI(void, failCall0), void* function, int32_t nth, uint8_t for_ever, int32_t status) {
  Lock lock(mutex);
  failures[text(env, function)] = {nth, for_ever != 0, status};
}

JNI(int64_t, calls0), void* function) {
  Lock lock(mutex);
  auto found = counters.find(text(env, function));
  return found == counters.end() ? 0 : found->second;
}

JNI(int64_t, live0), uint8_t host, uint8_t bytes) {
  UNUSED;
  Lock lock(mutex);
  return int64_t(bytes ? live_bytes(host) : live_blocks(host));
}

JNI(void, set0), int32_t what, int64_t value) {
  UNUSED;
  Lock lock(mutex);
  switch (what) {
    case 0: control.late = value != 0; break;
    case 1: control.shuffle = random_state = uint64_t(value); break;
    case 2: control.memory = uint64_t(value); break;
    case 3: control.alignment = size_t(value); break;
    case 4: control.driver = int(value); break;
  }
}

JNI(void, attribute0), int32_t attribute, int32_t value) {
  UNUSED;
  Lock lock(mutex);
  control.attributes[attribute] = value;
}

JNI(void*, lastError0)) {
  Lock lock(mutex);  // NewStringUTF
  return table<void* (*)(void*, const char*)>(env, 167)(env, last_message(-1).c_str());
}

JNI(void, reset0)) {
  UNUSED;
  Lock lock(mutex);
  failures.clear();
  counters.clear();
  control = from_environment();
  message.clear();
  message_status = 0;
  random_state = control.shuffle + 1;
  drop_streams();
  sticky = 0;
}
