// Modules from PTX text: the entries that the text declares, run by the host functions of those names.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <set>
#include <unordered_map>

#include "api.h"
#include "shim.h"

typedef struct CUmod_st* CUmodule;
typedef struct CUfunc_st* CUfunction;
typedef unsigned long long CUdeviceptr;

namespace sim {
namespace {

struct Parameter {
  char kind;  // u, f, b
  int bytes;
};

struct Function {
  std::string name;
  const Kernel* kernel;
  int max_threads = 1024, shared = 0, ptx = 0, target = 0;
  std::vector<int> offsets;  // of the parameters in one packed block
  int packed = 0;
};

struct Ptx {
  int version = 0, target = 0;  // 63 for 6.3; 75 for sm_75
  struct Entry {
    std::vector<Parameter> parameters;
    int max_threads = 1024, shared = 0;
  };
  std::map<std::string, Entry> entries;
  std::set<std::string> variables;
};

struct Module {
  Ptx ptx;
  std::map<std::string, uintptr_t> functions;
};

std::map<std::string, Kernel>& kernels() {
  static std::map<std::string, Kernel> table;
  return table;
}

std::map<std::string, std::pair<void*, size_t>>& constants() {
  static std::map<std::string, std::pair<void*, size_t>> table;
  return table;
}

std::unordered_map<uintptr_t, Module> modules;
std::unordered_map<uintptr_t, Function> functions;
uintptr_t next_handle = 0x5200000000u;

// ---- PTX text
struct Scanner {
  std::string text;
  size_t at = 0;

  explicit Scanner(const char* source) {
    bool line = false, block = false;
    for (const char* p = source; *p; p++) {
      if (line) {
        line = *p != '\n';
      } else if (block) {
        if (p[0] == '*' && p[1] == '/') block = false, p++;
        continue;
      } else if (p[0] == '/' && p[1] == '/') {
        line = true;
      } else if (p[0] == '/' && p[1] == '*') {
        block = true, p++;
        continue;
      }
      if (!line) text += *p;
    }
  }

  static bool part(char c) { return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '.' || c == '%'; }

  // The next word or mark, "" at the end.
  std::string next() {
    while (at < text.size() && isspace((unsigned char)text[at])) at++;
    if (at == text.size()) return "";
    size_t from = at;
    if (text[at] == '"') {
      at = text.find('"', at + 1);
      at = at == std::string::npos ? text.size() : at + 1;
    } else if (part(text[at])) {
      while (at < text.size() && part(text[at])) at++;
    } else {
      at++;
    }
    return text.substr(from, at - from);
  }
};

int type_bytes(const std::string& word) {
  static const std::set<std::string> known = {".u8", ".s8",  ".b8",  ".u16", ".s16", ".b16", ".f16",
                                              ".u32", ".s32", ".b32", ".f32", ".u64", ".s64",
                                              ".b64", ".f64"};
  return known.count(word) ? atoi(word.c_str() + 2) / 8 : 0;
}

// After "(": the parameters up to ")".
bool read_parameters(Scanner& in, std::vector<Parameter>* result) {
  Parameter now{0, 0};
  bool open = false;
  for (;;) {
    std::string word = in.next();
    if (word.empty()) return false;
    if (word == ")" || word == ",") {
      if (open && now.bytes == 0) return false;
      if (open) result->push_back(now);
      open = false;
      if (word == ")") return true;
    } else if (word == ".param") {
      open = true;
      now = {0, 0};
    } else if (word == ".align") {
      in.next();
    } else if (type_bytes(word) != 0) {
      now = {word[1] == 'f' ? 'f' : 'u', type_bytes(word)};
    } else if (word == "[") {
      now = {'b', now.bytes * atoi(in.next().c_str())};
      in.next();
    }
  }
}

// ".shared .align 4 .b8 name[1024];" after its first word: bytes, and the name.
int read_variable(Scanner& in, std::string* name) {
  int bytes = 0;
  for (std::string word = in.next(); !word.empty() && word != ";"; word = in.next()) {
    if (word == ".align") {
      in.next();
    } else if (type_bytes(word) != 0) {
      bytes = type_bytes(word);
    } else if (word == "[") {
      bytes *= atoi(in.next().c_str());
    } else if (word == "=") {
      while (!word.empty() && word != ";") word = in.next();
      break;
    } else if (word[0] != '.' && word != "]" && name->empty()) {
      *name = word;
    }
  }
  return bytes;
}

int parse(const char* source, Ptx* ptx) {
  Scanner in(source);
  std::map<std::string, int> outer_shared;
  for (std::string word = in.next(); !word.empty(); word = in.next()) {
    if (word == ".version") {
      std::string number = in.next();
      ptx->version = atoi(number.c_str()) * 10 + atoi(number.c_str() + number.find('.') + 1);
    } else if (word == ".target") {
      ptx->target = atoi(in.next().c_str() + 3);
    } else if (word == ".shared" || word == ".const" || word == ".global") {
      std::string name;
      int bytes = read_variable(in, &name);
      if (word == ".shared") outer_shared[name] = bytes;
      else ptx->variables.insert(name);
    } else if (word == ".func") {
      int depth = 0;
      for (word = in.next(); !word.empty(); word = in.next()) {
        if (word == ";" && depth == 0) break;
        if (word == "{") depth++;
        if (word == "}" && --depth == 0) break;
      }
    } else if (word == ".entry") {
      std::string name = in.next();
      Ptx::Entry entry;
      word = in.next();
      if (word == "(") {
        if (!read_parameters(in, &entry.parameters)) {
          return fail(CUDA_ERROR_INVALID_PTX, "cannot read the parameters of entry %s",
                      name.c_str());
        }
        word = in.next();
      }
      while (!word.empty() && word != "{") {
        if (word == ".maxntid" || word == ".reqntid") {
          entry.max_threads = 1;
          do {
            entry.max_threads *= atoi(in.next().c_str());
            word = in.next();
          } while (word == ",");
        } else {
          word = in.next();
        }
      }
      int depth = word == "{" ? 1 : 0;
      while (depth > 0) {
        word = in.next();
        if (word.empty()) break;
        if (word == "{") depth++;
        if (word == "}") depth--;
        if (word == ".shared") {
          std::string local;
          entry.shared += read_variable(in, &local);
        }
        auto shared = outer_shared.find(word);
        if (shared != outer_shared.end()) {
          entry.shared += shared->second;
          outer_shared.erase(shared);
        }
      }
      if (word != "}") {
        return fail(CUDA_ERROR_INVALID_PTX, "the text ends inside entry %s", name.c_str());
      }
      ptx->entries[name] = entry;
    }
  }
  if (ptx->version == 0 || ptx->target == 0) {
    return fail(CUDA_ERROR_INVALID_PTX, "the text has no .version or no .target line");
  }
  return 0;
}

// The newest PTX that a driver of this version reads.
int newest_ptx(int driver) {
  static const std::pair<int, int> table[] = {
      {13010, 91}, {13000, 90}, {12090, 88}, {12080, 87}, {12070, 86}, {12050, 85}, {12040, 84},
      {12030, 83}, {12020, 82}, {12010, 81}, {12000, 80}, {11080, 78}, {11070, 77}, {11060, 76},
      {11050, 75}, {11040, 74}, {11030, 73}, {11020, 72}, {11010, 71}, {11000, 70}, {10020, 65},
      {10010, 64}, {10000, 63}, {9020, 62},  {9010, 61},  {9000, 60}};
  for (auto& row : table) {
    if (driver >= row.first) return row.second;
  }
  return 50;
}

std::string signature(const std::vector<Parameter>& parameters) {
  std::string text;
  for (const Parameter& p : parameters) {
    text += text.empty() ? "" : ", ";
    text += p.kind == 'b' ? "struct of " + std::to_string(p.bytes) + " bytes"
                          : (p.kind == 'f' ? "float" : "int") + std::to_string(p.bytes * 8);
  }
  return "(" + text + ")";
}

int device_target() {
  auto major = control.attributes.find(75), minor = control.attributes.find(76);
  return (major == control.attributes.end() ? 9 : major->second) * 10 +
         (minor == control.attributes.end() ? 0 : minor->second);
}

int load(CUmodule* result, const char* image) {
  if (image == nullptr) return fail(CUDA_ERROR_INVALID_VALUE, "cuModuleLoadData: a null pointer");
  // Copied under guard: a text without its zero byte may end where memory does.
  std::string source;
  int status = guarded("cuModuleLoadData", [&] {
    source.assign(image, strlen(image));
    return 0;
  });
  if (status != 0) return fail(CUDA_ERROR_INVALID_PTX, "the text does not end with a zero byte");
  if (source.compare(0, 4, "\x7f" "ELF") == 0) {
    return fail(CUDA_ERROR_NO_BINARY_FOR_GPU, "cuda-sim runs PTX text, not cubins");
  }
  for (char c : source) {
    if ((unsigned char)c < 9 || (unsigned char)c > 126) {
      return fail(CUDA_ERROR_INVALID_PTX, "the text holds the byte %d; does it end with a zero?",
                  (unsigned char)c);
    }
  }
  Module module;
  if ((status = parse(source.c_str(), &module.ptx)) != 0) return status;
  const Ptx& ptx = module.ptx;
  int newest = newest_ptx(control.driver);
  if (ptx.version > newest) {
    return fail(CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
                "the text is PTX %d.%d, a driver of version %d reads up to %d.%d", ptx.version / 10,
                ptx.version % 10, control.driver, newest / 10, newest % 10);
  }
  if (ptx.target > device_target()) {
    return fail(CUDA_ERROR_NO_BINARY_FOR_GPU, "the text is for sm_%d, the device is sm_%d",
                ptx.target, device_target());
  }
  for (auto& entry : ptx.entries) {
    auto found = kernels().find(entry.first);
    if (found == kernels().end()) continue;  // an error when it is asked for
    const Kernel& kernel = found->second;
    std::vector<Parameter> host;
    for (int i = 0; i < kernel.parameters; i++) {
      host.push_back({kernel.kinds[i] == 'p' ? 'u' : kernel.kinds[i], kernel.sizes[i]});
    }
    std::string a = signature(host), b = signature(entry.second.parameters);
    if (a != b) {
      return fail(CUDA_ERROR_INVALID_PTX,
                  "kernel %s: the source has parameters %s, the PTX text has %s; make the PTX again",
                  entry.first.c_str(), a.c_str(), b.c_str());
    }
  }
  uintptr_t handle = next_handle += 16;
  modules[handle] = std::move(module);
  *result = CUmodule(handle);
  return 0;
}

struct Launch {
  const Function* function;
  Kernel kernel;
  Dim grid, block;
  std::vector<char> bytes;
  std::vector<int> offsets;
};

int run(const Launch& launch) {
  // The table of addresses and the values behind it in one piece.
  size_t table = launch.offsets.size() * sizeof(void*);
  std::vector<uint64_t> memory((table + launch.bytes.size()) / 8 + 3);
  void** arguments = (void**)memory.data();
  char* values = (char*)((uintptr_t(memory.data()) + table + 15) / 16 * 16);
  memcpy(values, launch.bytes.data(), launch.bytes.size());
  for (size_t i = 0; i < launch.offsets.size(); i++) arguments[i] = values + launch.offsets[i];
  std::vector<const Block*> blocks;
  for (int i = 0; i < launch.kernel.parameters; i++) {
    if (launch.kernel.kinds[i] != 'p') continue;
    const void* p = *(void**)arguments[i];
    if (p == nullptr) continue;
    if (!in_arena(p)) {
      return fail(CUDA_ERROR_ILLEGAL_ADDRESS, "kernel %s got as parameter %d the %s",
                  launch.kernel.name, i, describe(p).c_str());
    }
    const Block* block = find(p);
    if (block != nullptr) blocks.push_back(block);
  }
  check_launch(memory.data(), memory.size() * 8);
  run_grid(launch.kernel, launch.grid, launch.block, arguments);
  std::string what;
  for (const Block* block : blocks) {
    if (!slack_intact(*block, &what)) {
      return fail(CUDA_ERROR_ILLEGAL_ADDRESS, "kernel %s wrote %s", launch.kernel.name,
                  what.c_str());
    }
  }
  return 0;
}

}  // namespace

bool add_kernel(const char* name, void (*call)(void**), const char* kinds, const int* sizes,
                const int* alignments, int count) {
  kernels()[name] = {name, call, kinds, sizes, alignments, count};
  return true;
}

bool add_constant(const char* name, void* p, size_t bytes) {
  constants()[name] = {p, bytes};
  return true;
}

void drop_modules() {
  modules.clear();
  functions.clear();
}

}  // namespace sim

using namespace sim;

API(cuModuleLoadData, CUmodule* result, const void* image) {
  ENTER("cuModuleLoadData");
  NEED(result != nullptr, "cuModuleLoadData");
  if (int status = unsafe_call("cuModuleLoadData")) return status;
  return load(result, (const char*)image);
}

API(cuModuleLoadDataEx, CUmodule* result, const void* image, unsigned count, int* options,
    void** values) {
  ENTER("cuModuleLoadDataEx");
  NEED(result != nullptr && (count == 0 || (options != nullptr && values != nullptr)),
       "cuModuleLoadDataEx");
  if (int status = unsafe_call("cuModuleLoadDataEx")) return status;
  int status = load(result, (const char*)image);
  // 3 and 5: buffers for words and for errors; their sizes are the options 4 and 6.
  for (unsigned i = 0; i < count; i++) {
    if (options[i] != 3 && options[i] != 5) continue;
    std::string words = status != 0 && options[i] == 5 ? last_message(-1) : "";
    for (unsigned k = 0; k < count; k++) {
      if (options[k] != options[i] + 1 || values[i] == nullptr) continue;
      size_t room = size_t(uintptr_t(values[k]) & 0xffffffffu);
      if (room == 0) continue;
      size_t n = std::min(room - 1, words.size());
      memcpy(values[i], words.data(), n);
      ((char*)values[i])[n] = 0;
      values[k] = (void*)uintptr_t(n);
    }
  }
  return status;
}

API(cuModuleUnload, CUmodule handle) {
  ENTER("cuModuleUnload");
  auto found = modules.find(uintptr_t(handle));
  if (found == modules.end()) return fail(CUDA_ERROR_INVALID_HANDLE, "cuModuleUnload: no such module");
  if (int status = unsafe_call("cuModuleUnload")) return status;
  if (int status = drain_all()) return status;
  for (auto& function : found->second.functions) functions.erase(function.second);
  modules.erase(found);
  return 0;
}

API(cuModuleGetFunction, CUfunction* result, CUmodule handle, const char* name) {
  ENTER("cuModuleGetFunction");
  auto module = modules.find(uintptr_t(handle));
  if (module == modules.end()) {
    return fail(CUDA_ERROR_INVALID_HANDLE, "cuModuleGetFunction: no such module");
  }
  NEED(result != nullptr && name != nullptr, "cuModuleGetFunction");
  const Ptx& ptx = module->second.ptx;
  auto entry = ptx.entries.find(name);
  if (entry == ptx.entries.end()) {
    return fail(CUDA_ERROR_NOT_FOUND, "the PTX text has no entry %s", name);
  }
  auto kernel = kernels().find(name);
  if (kernel == kernels().end()) {
    return fail(CUDA_ERROR_NOT_FOUND, "the PTX text has entry %s, but no .cu file built for cuda-sim",
                name);
  }
  uintptr_t& key = module->second.functions[name];
  if (key == 0) {
    key = next_handle += 16;
    Function function;
    function.name = name;
    function.kernel = &kernel->second;
    function.max_threads = entry->second.max_threads;
    function.shared = entry->second.shared;
    function.ptx = ptx.version;
    function.target = ptx.target;
    for (int i = 0; i < function.kernel->parameters; i++) {
      int align = function.kernel->alignments[i];
      function.packed = (function.packed + align - 1) / align * align;
      function.offsets.push_back(function.packed);
      function.packed += function.kernel->sizes[i];
    }
    functions[key] = function;
  }
  *result = CUfunction(key);
  return 0;
}

API(cuModuleGetGlobal_v2, CUdeviceptr* p, size_t* bytes, CUmodule handle, const char* name) {
  ENTER("cuModuleGetGlobal");
  auto module = modules.find(uintptr_t(handle));
  if (module == modules.end()) {
    return fail(CUDA_ERROR_INVALID_HANDLE, "cuModuleGetGlobal: no such module");
  }
  NEED(name != nullptr, "cuModuleGetGlobal");
  auto found = constants().find(name);
  if (!module->second.ptx.variables.count(name) || found == constants().end()) {
    return fail(CUDA_ERROR_NOT_FOUND, "cuModuleGetGlobal: no variable %s", name);
  }
  add_global(found->second.first, found->second.second);
  if (p != nullptr) *p = CUdeviceptr(found->second.first);
  if (bytes != nullptr) *bytes = found->second.second;
  return 0;
}

static Function* function(CUfunction handle) {
  auto found = functions.find(uintptr_t(handle));
  return found == functions.end() ? nullptr : &found->second;
}

static int no_function(const char* name) {
  return fail(CUDA_ERROR_INVALID_HANDLE, "%s: no such function; was its module unloaded?", name);
}

API(cuFuncGetAttribute, int* value, int which, CUfunction handle) {
  ENTER("cuFuncGetAttribute");
  Function* f = function(handle);
  if (f == nullptr) return no_function("cuFuncGetAttribute");
  NEED(value != nullptr && which >= 0, "cuFuncGetAttribute");
  const int values[] = {f->max_threads, f->shared, 0, 0, 32, f->ptx, device_target(), 0, 0, 0};
  *value = which < 10 ? values[which] : 0;
  return 0;
}

API(cuFuncSetAttribute, CUfunction handle, int which, int) {
  ENTER("cuFuncSetAttribute");
  if (function(handle) == nullptr) return no_function("cuFuncSetAttribute");
  NEED(which == 8 || which == 9, "cuFuncSetAttribute");
  return 0;
}

API(cuOccupancyMaxActiveBlocksPerMultiprocessor, int* blocks, CUfunction handle, int threads,
    size_t dynamic) {
  ENTER("cuOccupancyMaxActiveBlocksPerMultiprocessor");
  Function* f = function(handle);
  if (f == nullptr) return no_function("cuOccupancyMaxActiveBlocksPerMultiprocessor");
  NEED(blocks != nullptr && threads > 0, "cuOccupancyMaxActiveBlocksPerMultiprocessor");
  size_t shared = f->shared + dynamic + 1024;
  *blocks = threads > f->max_threads
                ? 0
                : std::min({32, 2048 / ((threads + 31) / 32 * 32), int(233472 / shared)});
  return 0;
}

API(cuLaunchKernel, CUfunction handle, unsigned gx, unsigned gy, unsigned gz, unsigned bx,
    unsigned by, unsigned bz, unsigned shared, CUstream stream, void** parameters, void** extra) {
  ENTER("cuLaunchKernel");
  Function* f = function(handle);
  if (f == nullptr) return no_function("cuLaunchKernel");
  const char* name = f->name.c_str();
  if (gx == 0 || gy == 0 || gz == 0 || bx == 0 || by == 0 || bz == 0 || gx > 2147483647u ||
      gy > 65535 || gz > 65535 || bx > 1024 || by > 1024 || bz > 64 ||
      uint64_t(bx) * by * bz > 1024) {
    return fail(CUDA_ERROR_INVALID_VALUE,
                "kernel %s: a grid of (%u,%u,%u) blocks of (%u,%u,%u) threads is not possible", name,
                gx, gy, gz, bx, by, bz);
  }
  if (bx * by * bz > unsigned(f->max_threads)) {
    return fail(CUDA_ERROR_INVALID_VALUE, "kernel %s: %u threads in a block, its launch bound is %d",
                name, bx * by * bz, f->max_threads);
  }
  if (shared != 0) {
    return fail(CUDA_ERROR_NOT_SUPPORTED,
                "kernel %s: %u bytes of dynamic shared memory; cuda-sim has static only", name,
                shared);
  }
  auto launch = std::make_shared<Launch>();
  launch->kernel = *f->kernel;
  launch->grid = {gx, gy, gz};
  launch->block = {bx, by, bz};
  launch->bytes.resize(f->packed);
  launch->offsets = f->offsets;
  int status = guarded("cuLaunchKernel", [&] {
    if (f->kernel->parameters == 0) return 0;
    if (parameters == nullptr) {
      // 1: the packed parameters, 2: a pointer to their size, 0: the end.
      const void* from = nullptr;
      size_t size = 0;
      for (void** p = extra; p != nullptr && *p != nullptr; p += 2) {
        if (uintptr_t(p[0]) == 1) from = p[1];
        if (uintptr_t(p[0]) == 2) size = *(size_t*)p[1];
      }
      if (from == nullptr || int(size) < f->packed) {
        return fail(CUDA_ERROR_INVALID_VALUE, "kernel %s: it needs %d bytes of parameters, got %zu",
                    f->name.c_str(), f->packed, size);
      }
      memcpy(launch->bytes.data(), from, f->packed);
      return 0;
    }
    for (int i = 0; i < f->kernel->parameters; i++) {
      memcpy(launch->bytes.data() + f->offsets[i], parameters[i], f->kernel->sizes[i]);
    }
    return 0;
  });
  if (status != 0) {
    return fail(CUDA_ERROR_INVALID_VALUE, "kernel %s: cannot read its %d parameters: %s", name,
                f->kernel->parameters, last_message(-1).c_str());
  }
  count("kernel:" + f->name);
  return enqueue_node(stream, "kernel " + f->name, [launch] { return run(*launch); });
}

API(cuLaunchCooperativeKernel, CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned,
    unsigned, unsigned, CUstream, void**) {
  ENTER("cuLaunchCooperativeKernel");
  return fail(CUDA_ERROR_NOT_SUPPORTED, "cuda-sim runs blocks one after the other");
}
