package org.jacana;

import java.util.IdentityHashMap;
import java.util.Map;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.jacana.backend.Capture;
import org.jacana.backend.Distribution;
import org.jacana.backend.KernelWatch;

/**
 * A step, such as one of training, that is recorded once and then run again and again without
 * asking Java for its operations: on a GPU as a CUDA graph, on the CPU as a list of kernels with
 * their operands, without tensors, graph and allocation.
 *
 * <p>Every replay works on the same memory, so that what goes in and comes out lives in tensors
 * made before, changed by {@link Tensor#write} and {@link Tensor#assign}; and it draws the random
 * numbers that running the step anew would have drawn. The step must not read a result (item,
 * floats, a condition on values), upload (Tensor.of) or wait: these throw while it is recorded, and
 * leave all tensors as they were. What it does in Java, such as counting, happens once.
 *
 * <pre>{@code
 * try (CapturedStep step = CapturedStep.record(device, () -> train(x, y, loss))) {
 *   for (...) {
 *     x.write(pixels);
 *     y.write(labels);
 *     step.replay();
 *   }
 * }
 * }</pre>
 */
public final class CapturedStep implements AutoCloseable {
  private static final ThreadLocal<CapturedStep> RECORDING = new ThreadLocal<>();

  /** Generators that one step may draw from. */
  private static final int GENERATORS = 64;

  /** A generator's place in the numbers of one replay. */
  private static final class Stream {
    private final Tensor state;
    private long drawn;

    Stream(Tensor state) {
      this.state = state;
    }
  }

  private final Map<Generator, Stream> streams = new IdentityHashMap<>();
  private final Backend backend;

  /**
   * I32 [generators, 4], made before the recording: memory taken during it may serve an earlier
   * part of the step too, which would overwrite at each replay what the host has written there.
   */
  private final Tensor states;

  private Capture capture;
  private boolean closed;

  private CapturedStep(Backend backend) {
    this.backend = backend;
    states = Scope.release(Tensor.allocate(backend, Shape.of(GENERATORS, 4), DType.I32));
  }

  /**
   * Records a step, which is called in a scope of its own on that device. Tensors that were made
   * before change at the first replay, not here. What must be compiled or searched for should have
   * run once before.
   *
   * @throws IllegalStateException if the step does what cannot be recorded, or one is being
   *     recorded already
   */
  public static CapturedStep record(Device device, Runnable step) {
    if (RECORDING.get() != null) {
      throw new IllegalStateException("capturedStep: a step is being recorded already");
    }
    CapturedStep s = new CapturedStep(Backends.of(device));
    Runnable scoped =
        () -> {
          try (Scope scope = Scope.open(device)) {
            step.run();
          }
        };
    RECORDING.set(s);
    try {
      s.capture = s.backend.capture(scoped);
    } catch (RuntimeException | Error e) {
      s.closeStates();
      throw e;
    } finally {
      RECORDING.remove();
    }
    return s;
  }

  /** Draws numbers whose seed and place are looked up at each replay. */
  static void draw(Generator g, Backend b, Distribution d, Tensor out) {
    CapturedStep s = RECORDING.get();
    if (s == null) {
      throw new IllegalStateException(
          "random: another thread is recording a step on "
              + b.device()
              + "; wait until it is done");
    }
    Stream stream = s.streams.get(g);
    if (stream == null) {
      stream = new Stream(s.state());
      s.streams.put(g, stream);
    }
    if (out.size() > 0
        && !KernelWatch.of(b).random(d, out.view(), stream.state.view(), stream.drawn)) {
      throw new IllegalStateException("random: " + b.device() + " cannot record draws");
    }
    stream.drawn += Generator.drawn(out);
  }

  private Tensor state() {
    if (streams.size() == GENERATORS) {
      throw new IllegalStateException(
          "random: a recorded step may draw from at most " + GENERATORS + " generators");
    }
    return Scope.release(states.share(states.view().layout().select(0, streams.size())));
  }

  /**
   * Runs the step once more.
   *
   * @throws IllegalStateException if this is closed
   */
  public void replay() {
    if (closed) {
      throw new IllegalStateException("capturedStep: it is closed");
    }
    streams.forEach((g, s) -> s.state.write(g.take(s.drawn)));
    KernelWatch.whole(backend, "replay", capture::replay);
  }

  /** How many pieces of work a replay runs: on a GPU a graph's nodes, on the CPU kernels. */
  public int nodes() {
    return capture.nodes();
  }

  private void closeStates() {
    streams.values().forEach(s -> s.state.close());
    streams.clear();
    states.close();
  }

  /** Gives back the memory that only this step uses. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      try {
        capture.close();
      } finally {
        closeStates();
      }
    }
  }
}
