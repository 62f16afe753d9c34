// Streams, events, capture and graphs. A stream is a queue; a node waits for nodes of other streams
// that were put in before it, so running a queue can never go in circles.
#include <algorithm>
#include <chrono>
#include <deque>
#include <set>
#include <thread>
#include <unordered_map>

#include "api.h"

typedef struct CUevent_st* CUevent;
typedef struct CUgraph_st* CUgraph;
typedef struct CUgraphExec_st* CUgraphExec;
typedef struct CUgraphNode_st* CUgraphNode;

namespace sim {
namespace {

using Clock = std::chrono::steady_clock;

struct Work {
  std::string name;
  std::function<int()> run;
};

struct GraphNode {
  Work work;
  std::vector<int> after;
};
using Nodes = std::vector<GraphNode>;

struct Capture {
  struct Stream* origin;
  int mode;
  std::thread::id thread;
  Nodes nodes;
  bool broken = false;
  std::vector<std::shared_ptr<struct Stream>> streams;
};

struct Stream {
  struct Node {
    Work work;
    std::vector<std::pair<std::shared_ptr<Stream>, uint64_t>> after;
  };
  unsigned flags = 0;
  int priority = 0;
  std::deque<Node> queue;
  uint64_t issued = 0, done = 0;
  std::vector<std::pair<std::shared_ptr<Stream>, uint64_t>> waits;  // before its next node
  std::shared_ptr<Capture> capture;
  std::vector<int> tail;  // the last nodes of the graph that this stream depends on
  bool blocking() const { return !(flags & 1); }
};

struct Mark {
  bool done = false;
  Clock::time_point time;
};

struct Event {
  unsigned flags = 0;
  std::shared_ptr<Mark> mark;
  std::shared_ptr<Stream> stream;
  uint64_t sequence = 0;
  std::shared_ptr<Capture> capture;
  std::vector<int> tail;
};

// Handles are numbers that never come back, so that a stale one is an error and no crash.
template <class Handle, class T>
struct Table {
  std::unordered_map<uintptr_t, std::shared_ptr<T>> rows;
  Handle add(std::shared_ptr<T> row) {
    static uintptr_t next = 0;
    uintptr_t key = 0x5100000000u + sizeof(T) % 64 * 0x100000000u + 16 * ++next;
    rows[key] = std::move(row);
    return Handle(key);
  }
  std::shared_ptr<T> get(Handle handle) {
    auto found = rows.find(uintptr_t(handle));
    return found == rows.end() ? nullptr : found->second;
  }
  bool erase(Handle handle) { return rows.erase(uintptr_t(handle)) > 0; }
};

Table<CUstream, Stream> streams;
Table<CUevent, Event> events;
Table<CUgraph, Nodes> graphs;
Table<CUgraphExec, Nodes> executables;
std::shared_ptr<Stream> legacy = std::make_shared<Stream>();
std::vector<std::shared_ptr<Stream>> all{legacy};  // destroyed ones stay until they are empty
std::vector<std::shared_ptr<Capture>> captures;
thread_local int thread_mode = 0;
thread_local std::shared_ptr<Stream> own_stream;

std::shared_ptr<Stream> resolve(CUstream handle) {
  if (handle == nullptr || handle == CUstream(1)) return legacy;
  if (handle == CUstream(2)) {
    if (!own_stream || std::find(all.begin(), all.end(), own_stream) == all.end()) {
      own_stream = std::make_shared<Stream>();
      all.push_back(own_stream);
    }
    return own_stream;
  }
  return streams.get(handle);
}

int bad_stream(const char* what) {
  return fail(CUDA_ERROR_INVALID_HANDLE, "%s: no such stream; it was destroyed or never made", what);
}

int execute(const Work& work) {
  if (sticky != 0) return sticky;
  int status = guarded(work.name, work.run);
  if (status != 0) sticky = status;
  return status;
}

// Runs the stream up to its node of that number, and first what those nodes wait for.
void run_until(const std::shared_ptr<Stream>& stream, uint64_t sequence) {
  while (stream->done < sequence && !stream->queue.empty()) {
    Stream::Node node = std::move(stream->queue.front());
    stream->queue.pop_front();
    for (auto& wait : node.after) run_until(wait.first, wait.second);
    execute(node.work);
    stream->done++;
  }
}

void put(const std::shared_ptr<Stream>& stream, Work work) {
  Stream::Node node{std::move(work), std::move(stream->waits)};
  stream->waits.clear();
  if (stream == legacy) {
    for (auto& other : all) {
      if (other != legacy && other->blocking()) node.after.push_back({other, other->issued});
    }
  } else if (stream->blocking()) {
    node.after.push_back({legacy, legacy->issued});
  }
  stream->queue.push_back(std::move(node));
  stream->issued++;
  if (!control.late) run_until(stream, stream->issued);
}

// A stream that waits without a next node has to be waited for with what it waits for.
void drain(const std::shared_ptr<Stream>& stream) {
  for (auto& wait : stream->waits) run_until(wait.first, wait.second);
  stream->waits.clear();
  run_until(stream, stream->issued);
}

int break_capture(const std::shared_ptr<Capture>& capture, int status, const char* what,
                  const char* why) {
  capture->broken = true;
  return fail(status, "%s during the capture of a stream: %s; the capture is broken", what, why);
}

void record(const std::shared_ptr<Stream>& stream, Work work) {
  Nodes& nodes = stream->capture->nodes;
  nodes.push_back({std::move(work), stream->tail});
  stream->tail = {int(nodes.size()) - 1};
}

int replay(const Nodes& nodes) {
  std::vector<int> missing(nodes.size()), open;
  std::vector<std::vector<int>> followers(nodes.size());
  for (size_t i = 0; i < nodes.size(); i++) {
    missing[i] = int(nodes[i].after.size());
    for (int before : nodes[i].after) followers[before].push_back(int(i));
    if (missing[i] == 0) open.push_back(int(i));
  }
  while (!open.empty()) {
    // Among the nodes that may run, the one recorded last: what is not ordered shows.
    size_t pick = control.shuffle != 0
                      ? random_below(uint32_t(open.size()))
                      : size_t(std::max_element(open.begin(), open.end()) - open.begin());
    int node = open[pick];
    open.erase(open.begin() + pick);
    if (int status = execute(nodes[node].work)) return status;
    for (int next : followers[node]) {
      if (--missing[next] == 0) open.push_back(next);
    }
  }
  return 0;
}

// The capture that forbids unsafe calls to this thread, if any.
std::shared_ptr<Capture> forbidding() {
  if (thread_mode == 2) return nullptr;
  for (auto& capture : captures) {
    bool own = capture->thread == std::this_thread::get_id();
    if ((own && capture->mode != 2) || (!own && thread_mode == 0 && capture->mode == 0)) {
      return capture;
    }
  }
  return nullptr;
}

void forget(const std::shared_ptr<Capture>& capture) {
  for (auto& stream : capture->streams) {
    stream->capture = nullptr;
    stream->tail.clear();
  }
  captures.erase(std::remove(captures.begin(), captures.end(), capture), captures.end());
}

void sweep() {
  all.erase(std::remove_if(all.begin() + 1, all.end(),
                           [](const std::shared_ptr<Stream>& stream) {
                             if (!stream->queue.empty() || stream == own_stream) return false;
                             for (auto& row : streams.rows) {
                               if (row.second == stream) return false;
                             }
                             return stream.use_count() == 1;
                           }),
            all.end());
}

}  // namespace

int enqueue_node(CUstream handle, const std::string& name, std::function<int()> work) {
  std::shared_ptr<Stream> stream = resolve(handle);
  if (!stream) return bad_stream(name.c_str());
  if (sticky != 0) return sticky;
  if (stream->capture) {
    if (stream->capture->broken) {
      return fail(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, "%s: the capture was broken before",
                  name.c_str());
    }
    record(stream, {name, std::move(work)});
    return 0;
  }
  if (stream == legacy) {
    if (int status = legacy_call(name.c_str())) return status;
  }
  put(stream, {name, std::move(work)});
  return sticky;
}

int enqueue(CUstream stream, const std::string& name, std::function<int()> work) {
  Lock lock(mutex);
  return enqueue_node(stream, name, std::move(work));
}

bool capturing(CUstream handle) {
  Lock lock(mutex);
  std::shared_ptr<Stream> stream = resolve(handle);
  return stream && stream->capture;
}

int unsafe_call(const char* function) {
  std::shared_ptr<Capture> capture = forbidding();
  if (!capture) return 0;
  return break_capture(capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, function,
                       "the call is not allowed in this capture mode");
}

int legacy_call(const char* function) {
  for (auto& capture : captures) {
    for (auto& stream : capture->streams) {
      if (stream->blocking()) {
        return break_capture(capture, CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, function,
                             "it depends on the default stream");
      }
    }
  }
  return 0;
}

// The newest stream first: work that does not wait for an older stream shows that it does not.
int drain_all() {
  for (size_t i = all.size(); i-- > 0;) {
    if (i < all.size() && !all[i]->capture) drain(all[i]);
  }
  sweep();
  return sticky;
}

int drain_legacy() {
  for (size_t i = all.size(); i-- > 0;) {
    if (all[i]->blocking() && !all[i]->capture) drain(all[i]);
  }
  return sticky;
}

void drop_streams() {
  while (!captures.empty()) forget(captures.back());
  for (auto& stream : all) {
    stream->queue.clear();
    stream->waits.clear();
    stream->done = stream->issued;
  }
}

int synchronize(CUstream handle) {
  Lock lock(mutex);
  std::shared_ptr<Stream> stream = resolve(handle);
  if (!stream) return bad_stream("synchronize");
  if (stream->capture) {
    return break_capture(stream->capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
                         "cuStreamSynchronize", "a captured stream does not run");
  }
  if (stream == legacy) {
    if (int status = legacy_call("cuStreamSynchronize")) return status;
    return drain_legacy();
  }
  if (int status = unsafe_call("cuStreamSynchronize")) return status;
  drain(stream);
  return sticky;
}

}  // namespace sim

using namespace sim;

static int make_stream(CUstream* result, unsigned flags, int priority, const char* name) {
  NEED(result != nullptr, name);
  NEED(flags <= 1, name);
  auto stream = std::make_shared<Stream>();
  stream->flags = flags;
  stream->priority = priority;
  all.push_back(stream);
  *result = streams.add(stream);
  return 0;
}

API(cuStreamCreate, CUstream* result, unsigned flags) {
  ENTER("cuStreamCreate");
  return make_stream(result, flags, 0, "cuStreamCreate");
}

API(cuStreamCreateWithPriority, CUstream* result, unsigned flags, int priority) {
  ENTER("cuStreamCreateWithPriority");
  return make_stream(result, flags, std::max(-5, std::min(0, priority)),
                     "cuStreamCreateWithPriority");
}

API(cuStreamDestroy_v2, CUstream handle) {
  ENTER("cuStreamDestroy");
  auto stream = streams.get(handle);
  if (!stream) return bad_stream("cuStreamDestroy");
  if (stream->capture) {
    stream->capture->broken = true;
    if (stream->capture->origin == stream.get()) forget(stream->capture);
  }
  streams.erase(handle);
  stream = nullptr;
  sweep();
  return 0;
}

API(cuStreamSynchronize, CUstream handle) {
  ENTER("cuStreamSynchronize");
  return synchronize(handle);
}

API(cuStreamQuery, CUstream handle) {
  ENTER("cuStreamQuery");
  auto stream = resolve(handle);
  if (!stream) return bad_stream("cuStreamQuery");
  if (stream->capture) {
    return break_capture(stream->capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "cuStreamQuery",
                         "a captured stream does not run");
  }
  if (stream == legacy) {
    if (int status = legacy_call("cuStreamQuery")) return status;
  }
  if (int status = unsafe_call("cuStreamQuery")) return status;
  if (stream->done == stream->issued && stream->waits.empty()) return 0;
  if (stream->queue.empty()) {
    drain(stream);
  } else {
    run_until(stream, stream->done + 1);  // a polling caller gets there, one node a call
  }
  return sticky != 0 ? sticky : CUDA_ERROR_NOT_READY;
}

API(cuStreamGetFlags, CUstream handle, unsigned* flags) {
  ENTER("cuStreamGetFlags");
  auto stream = resolve(handle);
  if (!stream) return bad_stream("cuStreamGetFlags");
  NEED(flags != nullptr, "cuStreamGetFlags");
  *flags = stream->flags;
  return 0;
}

API(cuStreamGetPriority, CUstream handle, int* priority) {
  ENTER("cuStreamGetPriority");
  auto stream = resolve(handle);
  if (!stream) return bad_stream("cuStreamGetPriority");
  NEED(priority != nullptr, "cuStreamGetPriority");
  *priority = stream->priority;
  return 0;
}

API(cuStreamWaitEvent, CUstream handle, CUevent event_handle, unsigned) {
  ENTER("cuStreamWaitEvent");
  auto stream = resolve(handle);
  if (!stream) return bad_stream("cuStreamWaitEvent");
  auto event = events.get(event_handle);
  if (!event) return fail(CUDA_ERROR_INVALID_HANDLE, "cuStreamWaitEvent: no such event");
  if (event->capture) {
    if (std::find(captures.begin(), captures.end(), event->capture) == captures.end()) {
      return fail(CUDA_ERROR_CAPTURED_EVENT,
                  "cuStreamWaitEvent: the event was recorded in a capture that has ended");
    }
    if (stream == legacy) {
      return break_capture(event->capture, CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, "cuStreamWaitEvent",
                           "it depends on the default stream");
    }
    if (stream->capture && stream->capture != event->capture) {
      stream->capture->broken = true;
      return break_capture(event->capture, CUDA_ERROR_STREAM_CAPTURE_MERGE, "cuStreamWaitEvent",
                           "two captures would become one");
    }
    if (!stream->capture) {
      stream->capture = event->capture;
      stream->capture->streams.push_back(stream);
    }
    for (int node : event->tail) {
      if (std::find(stream->tail.begin(), stream->tail.end(), node) == stream->tail.end()) {
        stream->tail.push_back(node);
      }
    }
    return 0;
  }
  if (stream->capture) {
    return break_capture(stream->capture, CUDA_ERROR_STREAM_CAPTURE_ISOLATION, "cuStreamWaitEvent",
                         "the event was recorded outside of the capture");
  }
  if (event->stream) stream->waits.push_back({event->stream, event->sequence});
  return 0;
}

API(cuStreamBeginCapture_v2, CUstream handle, int mode) {
  ENTER("cuStreamBeginCapture");
  auto stream = resolve(handle);
  if (!stream) return bad_stream("cuStreamBeginCapture");
  NEED(mode >= 0 && mode <= 2, "cuStreamBeginCapture");
  if (stream == legacy) {
    return fail(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
                "cuStreamBeginCapture: the default stream cannot be captured");
  }
  if (stream->capture) {
    return break_capture(stream->capture, CUDA_ERROR_INVALID_VALUE, "cuStreamBeginCapture",
                         "the stream is captured already");
  }
  auto capture = std::make_shared<Capture>();
  capture->origin = stream.get();
  capture->mode = mode;
  capture->thread = std::this_thread::get_id();
  capture->streams.push_back(stream);
  captures.push_back(capture);
  stream->capture = capture;
  stream->tail.clear();
  return 0;
}

API(cuStreamEndCapture, CUstream handle, CUgraph* graph) {
  ENTER("cuStreamEndCapture");
  auto stream = resolve(handle);
  if (!stream) return bad_stream("cuStreamEndCapture");
  NEED(graph != nullptr, "cuStreamEndCapture");
  *graph = nullptr;
  auto capture = stream->capture;
  if (!capture) {
    return fail(CUDA_ERROR_INVALID_VALUE, "cuStreamEndCapture: the stream is not captured");
  }
  if (capture->mode != 2 && capture->thread != std::this_thread::get_id()) {
    return fail(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD,
                "cuStreamEndCapture: the capture began in another thread");
  }
  if (capture->origin != stream.get()) {
    return break_capture(capture, CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, "cuStreamEndCapture",
                         "it began in another stream");
  }
  bool broken = capture->broken;
  std::vector<bool> reached(capture->nodes.size());
  std::vector<int> open = stream->tail;
  while (!open.empty()) {
    int node = open.back();
    open.pop_back();
    if (reached[node]) continue;
    reached[node] = true;
    for (int before : capture->nodes[node].after) open.push_back(before);
  }
  std::string loose;
  for (size_t i = 0; i < reached.size(); i++) {
    if (!reached[i]) loose = capture->nodes[i].work.name;
  }
  forget(capture);
  if (broken) {
    return fail(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED,
                "cuStreamEndCapture: the capture was broken by a call that it forbids");
  }
  if (!loose.empty()) {
    return fail(CUDA_ERROR_STREAM_CAPTURE_UNJOINED,
                "cuStreamEndCapture: %s ran in a stream that the captured one does not wait for",
                loose.c_str());
  }
  *graph = graphs.add(std::make_shared<Nodes>(std::move(capture->nodes)));
  return 0;
}

API(cuStreamIsCapturing, CUstream handle, int* result) {
  ENTER("cuStreamIsCapturing");
  auto stream = resolve(handle);
  if (!stream) return bad_stream("cuStreamIsCapturing");
  NEED(result != nullptr, "cuStreamIsCapturing");
  *result = !stream->capture ? 0 : stream->capture->broken ? 2 : 1;
  return 0;
}

API(cuThreadExchangeStreamCaptureMode, int* mode) {
  ENTER("cuThreadExchangeStreamCaptureMode");
  NEED(mode != nullptr && *mode >= 0 && *mode <= 2, "cuThreadExchangeStreamCaptureMode");
  std::swap(*mode, thread_mode);
  return 0;
}

// ---- events
API(cuEventCreate, CUevent* result, unsigned flags) {
  ENTER("cuEventCreate");
  NEED(result != nullptr, "cuEventCreate");
  NEED(flags <= 7, "cuEventCreate");
  auto event = std::make_shared<Event>();
  event->flags = flags;
  *result = events.add(event);
  return 0;
}

static int no_event(const char* name) {
  return fail(CUDA_ERROR_INVALID_HANDLE, "%s: no such event; it was destroyed or never made", name);
}

static int record_event(CUevent handle, CUstream stream_handle, const char* name) {
  auto event = events.get(handle);
  if (!event) return no_event(name);
  auto stream = resolve(stream_handle);
  if (!stream) return bad_stream(name);
  if (stream->capture) {
    if (stream->capture->broken) {
      return fail(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, "%s: the capture was broken before", name);
    }
    event->capture = stream->capture;
    event->tail = stream->tail;
    event->mark = nullptr;
    event->stream = nullptr;
    return 0;
  }
  auto mark = std::make_shared<Mark>();
  event->capture = nullptr;
  int status = enqueue_node(stream_handle, name, [mark] {
    mark->done = true;
    mark->time = Clock::now();
    return 0;
  });
  if (status != 0) return status;
  event->mark = mark;
  event->stream = stream;
  event->sequence = stream->issued;
  return 0;
}

API(cuEventRecord, CUevent event, CUstream stream) {
  ENTER("cuEventRecord");
  return record_event(event, stream, "cuEventRecord");
}

API(cuEventRecordWithFlags, CUevent event, CUstream stream, unsigned flags) {
  ENTER("cuEventRecordWithFlags");
  NEED(flags <= 1, "cuEventRecordWithFlags");
  return record_event(event, stream, "cuEventRecordWithFlags");
}

static int captured_event(const std::shared_ptr<Event>& event, const char* name) {
  return break_capture(event->capture, CUDA_ERROR_CAPTURED_EVENT, name,
                       "the event was recorded in it");
}

API(cuEventQuery, CUevent handle) {
  ENTER("cuEventQuery");
  auto event = events.get(handle);
  if (!event) return no_event("cuEventQuery");
  if (event->capture) return captured_event(event, "cuEventQuery");
  if (int status = unsafe_call("cuEventQuery")) return status;
  if (!event->mark || event->mark->done) return 0;
  run_until(event->stream, event->stream->done + 1);
  return sticky != 0 ? sticky : CUDA_ERROR_NOT_READY;
}

API(cuEventSynchronize, CUevent handle) {
  ENTER("cuEventSynchronize");
  auto event = events.get(handle);
  if (!event) return no_event("cuEventSynchronize");
  if (event->capture) return captured_event(event, "cuEventSynchronize");
  if (int status = unsafe_call("cuEventSynchronize")) return status;
  if (event->stream) run_until(event->stream, event->sequence);
  return sticky;
}

API(cuEventElapsedTime, float* milliseconds, CUevent start, CUevent end) {
  ENTER("cuEventElapsedTime");
  NEED(milliseconds != nullptr, "cuEventElapsedTime");
  auto a = events.get(start), b = events.get(end);
  if (!a || !b) return no_event("cuEventElapsedTime");
  if (!a->mark || !b->mark || (a->flags & 2) || (b->flags & 2)) {
    return fail(CUDA_ERROR_INVALID_HANDLE,
                "cuEventElapsedTime: an event was never recorded or was made without timing");
  }
  if (!a->mark->done || !b->mark->done) return CUDA_ERROR_NOT_READY;
  *milliseconds = std::chrono::duration<float, std::milli>(b->mark->time - a->mark->time).count();
  return 0;
}

API(cuEventDestroy_v2, CUevent handle) {
  ENTER("cuEventDestroy");
  return events.erase(handle) ? 0 : no_event("cuEventDestroy");
}

// ---- graphs
static int no_graph(const char* name) {
  return fail(CUDA_ERROR_INVALID_VALUE, "%s: no such graph; it was destroyed or never made", name);
}

API(cuGraphInstantiateWithFlags, CUgraphExec* result, CUgraph handle, unsigned long long) {
  ENTER("cuGraphInstantiate");
  NEED(result != nullptr, "cuGraphInstantiate");
  auto graph = graphs.get(handle);
  if (!graph) return no_graph("cuGraphInstantiate");
  *result = executables.add(std::make_shared<Nodes>(*graph));
  return 0;
}

API(cuGraphUpload, CUgraphExec handle, CUstream stream) {
  ENTER("cuGraphUpload");
  if (!executables.get(handle)) return no_graph("cuGraphUpload");
  return resolve(stream) ? 0 : bad_stream("cuGraphUpload");
}

API(cuGraphLaunch, CUgraphExec handle, CUstream stream) {
  ENTER("cuGraphLaunch");
  auto nodes = executables.get(handle);
  if (!nodes) return no_graph("cuGraphLaunch");
  return enqueue_node(stream, "cuGraphLaunch", [nodes] { return replay(*nodes); });
}

API(cuGraphDestroy, CUgraph handle) {
  ENTER("cuGraphDestroy");
  return graphs.erase(handle) ? 0 : no_graph("cuGraphDestroy");
}

API(cuGraphExecDestroy, CUgraphExec handle) {
  ENTER("cuGraphExecDestroy");
  return executables.erase(handle) ? 0 : no_graph("cuGraphExecDestroy");
}

API(cuGraphGetNodes, CUgraph handle, CUgraphNode* nodes, size_t* count) {
  ENTER("cuGraphGetNodes");
  auto graph = graphs.get(handle);
  if (!graph) return no_graph("cuGraphGetNodes");
  NEED(count != nullptr, "cuGraphGetNodes");
  if (nodes != nullptr) {
    for (size_t i = 0; i < *count; i++) {
      nodes[i] = CUgraphNode(i < graph->size() ? &(*graph)[i] : nullptr);
    }
    *count = std::min(*count, graph->size());
  } else {
    *count = graph->size();
  }
  return 0;
}
