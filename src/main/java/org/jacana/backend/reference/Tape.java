package org.jacana.backend.reference;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacana.backend.Backend;
import org.jacana.backend.Buffer;
import org.jacana.backend.Capture;
import org.jacana.backend.KernelCall;
import org.jacana.backend.KernelWatch;
import org.jacana.backend.View;

/**
 * A recorded step of a backend in host memory: its kernels in order, with their operands. A replay
 * calls them again, without tensors, graph and allocation. The memory of what the step makes and
 * drops is planned while it is recorded, and is the tape's until it closes; so are references to
 * all other operands.
 *
 * <p>Kernels answer whether they have a form for a case, so that the step must run to be recorded.
 * What it overwrites of its surroundings is put back afterwards.
 */
final class Tape implements Capture {
  /** Kernels that write to the first of their views only. */
  private static final Set<String> WRITE_ONE =
      Set.of(
          "fill",
          "copy",
          "unary",
          "binary",
          "where",
          "reduce",
          "argReduce",
          "topK",
          "cumSum",
          "random",
          "gather",
          "scatterAdd",
          "matmul",
          "linear",
          "conv",
          "convBias",
          "convGradInput",
          "convGradInputAdd",
          "convGradWeight",
          "avgPool",
          "avgPoolGrad",
          "maxPoolGrad",
          "maxPoolGather",
          "softmax",
          "softmaxGrad",
          "crossEntropy",
          "crossEntropyGrad");

  /** What is no kernel but not plain either. */
  private static final Set<String> MEMORY = Set.of("allocate", "upload", "download", "probe");

  private record Call(Method method, Object[] arguments) {
    void run(Backend backend) {
      Object result;
      try {
        result = KernelWatch.call(backend, method, arguments);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(method.getName() + ": " + e.getMessage(), e);
      }
      if (Boolean.FALSE.equals(result)) {
        throw new IllegalStateException(
            method.getName()
                + ": its kernel takes the recorded operands no longer; record the step again");
      }
    }
  }

  private final Backend backend;
  private final HostMemory memory;
  private final List<Call> calls = new ArrayList<>();

  /** Operands from outside, held by one reference each. */
  private final Map<Buffer, Buffer> outside = new IdentityHashMap<>();

  private Reserve reserve;
  private boolean closed;

  private Tape(Backend backend, HostMemory memory) {
    this.backend = backend;
    this.memory = memory;
  }

  /** Runs and records a step, whose results are undone. */
  static Tape record(Backend backend, HostMemory memory, Runnable step) {
    if (memory.reserve() != null) {
      throw new IllegalStateException("capture: a step is being recorded already");
    }
    Tape t = new Tape(backend, memory);
    Recorder recorder = t.new Recorder();
    t.reserve = memory.separate();
    boolean done = false;
    try {
      KernelWatch.record(recorder, step);
      done = true;
    } finally {
      memory.leave();
      recorder.undo();
      if (!done) {
        t.close();
      }
    }
    return t;
  }

  private final class Recorder implements KernelWatch.StandIn {
    private final Map<HostBuffer, byte[]> before = new IdentityHashMap<>();

    @Override
    public Backend backend() {
      return backend;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      String name = method.getName();
      if (name.equals("lapack")) {
        throw new IllegalStateException(
            "a decomposition while a step is recorded: it is no kernel; compute it outside");
      }
      if (KernelWatch.isPlain(method) || MEMORY.contains(name)) {
        return KernelWatch.call(backend, method, arguments);
      }
      List<View> views = new KernelCall(backend.device(), name, arguments).views();
      for (int i = 0; i < views.size(); i++) {
        hold((HostBuffer) views.get(i).buffer(), i == 0 || !WRITE_ONE.contains(name));
      }
      Object result = KernelWatch.call(backend, method, arguments);
      if (!Boolean.FALSE.equals(result)) {
        calls.add(new Call(method, arguments.clone()));
      }
      return result;
    }

    private void hold(HostBuffer b, boolean written) {
      if (b.of(reserve)) {
        return;
      }
      if (!outside.containsKey(b)) {
        outside.put(b, b.retain());
      }
      if (written) {
        before.computeIfAbsent(
            b,
            k -> {
              byte[] copy = new byte[Math.toIntExact(k.bytes())];
              k.bytesView().get(0, copy);
              return copy;
            });
      }
    }

    void undo() {
      before.forEach((b, copy) -> b.bytesView().put(0, copy));
      before.clear();
    }
  }

  @Override
  public synchronized void replay() {
    if (closed) {
      throw new IllegalStateException("capture: it is closed");
    }
    Backend b = KernelWatch.of(backend);
    for (Call c : calls) {
      c.run(b);
    }
  }

  @Override
  public int nodes() {
    return calls.size();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    calls.clear();
    Collection<Buffer> held = List.copyOf(outside.values());
    outside.clear();
    held.forEach(Buffer::release);
    memory.drop(reserve);
  }
}
