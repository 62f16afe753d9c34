package org.jacana;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.backend.KernelCall;
import org.jacana.backend.KernelWatch;

/**
 * Measures every kernel that operations of this thread run, from its start until it is closed or
 * stopped.
 *
 * <pre>{@code
 * try (Profiler p = Profiler.start()) {
 *   try (Profiler.Span forward = Profiler.span("forward")) {
 *     loss = Losses.crossEntropy(model.apply(x), y);
 *   }
 *   loss.backward();
 *   System.out.println(p.table());
 *   p.writeTrace(Path.of("trace.json")); // for Perfetto or chrome://tracing
 * }
 * }</pre>
 *
 * On a GPU it waits after every kernel, so that times are the kernels' own and their sum is more
 * than that of a step that does not wait. What a {@link CapturedStep} replays there is one entry.
 * On the CPU it adds about a microsecond to each kernel.
 */
public final class Profiler implements AutoCloseable {
  /** Entries kept for the trace; the table counts those beyond too. */
  static final int TRACE_LIMIT = 500_000;

  private static final Span NOTHING = () -> {};
  private static final ThreadLocal<Profiler> CURRENT = new ThreadLocal<>();

  /** A part of the program, shown above its kernels in the trace. */
  public interface Span extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * All calls of one kernel.
   *
   * @param name the kernel with its function, such as "conv" or "unary exp"
   * @param count number of calls
   * @param seconds in all
   * @param operations multiplications and additions of matrix products and convolutions, in all
   * @param bytes of the tensors that it read and wrote, in all, each counted once a call
   * @param allocated bytes of memory taken for its results, in all
   */
  public record Row(
      String name, long count, double seconds, long operations, long bytes, long allocated) {

    /** Billion operations per second; 0 for kernels that are not matrix products. */
    public double gigaflops() {
      return seconds > 0 ? operations / seconds / 1e9 : 0;
    }

    /** Billion bytes per second. */
    public double gigabytes() {
      return seconds > 0 ? bytes / seconds / 1e9 : 0;
    }
  }

  /** An entry of the trace; what is null of a span is a kernel's. */
  record Event(String name, String shapes, long start, long nanos, long operations, long bytes) {}

  private static final class Sum {
    long count;
    long nanos;
    long operations;
    long bytes;
    long allocated;
  }

  private final Thread thread = Thread.currentThread();
  private final Profiler outer = CURRENT.get();
  private final KernelWatch.Listener outerListener;
  private final Map<String, Sum> sums = new LinkedHashMap<>();
  private final List<Event> events = new ArrayList<>();
  private final long start = System.nanoTime();
  private long left;
  private long pending;
  private long end;

  private Profiler() {
    CURRENT.set(this);
    outerListener =
        KernelWatch.listen(
            new KernelWatch.Listener() {
              @Override
              public void ran(KernelCall call, long at, long nanos) {
                add(call, at, nanos);
              }

              @Override
              public void allocated(long bytes) {
                pending += bytes;
              }
            });
  }

  /** Begins to measure this thread; one inside another takes over until it is stopped. */
  public static Profiler start() {
    return new Profiler();
  }

  /** Whether this thread is measured. */
  public static boolean on() {
    return KernelWatch.on() && CURRENT.get() != null;
  }

  /** Names what happens until the span is closed; costs nothing where nobody measures. */
  public static Span span(String name) {
    Profiler p = on() ? CURRENT.get() : null;
    if (p == null) {
      return NOTHING;
    }
    long began = System.nanoTime();
    return () -> p.keep(new Event(name, null, began, System.nanoTime() - began, 0, 0));
  }

  private void add(KernelCall call, long at, long nanos) {
    String name = call.name();
    long operations = call.operations();
    long bytes = call.bytes();
    Sum s = sums.computeIfAbsent(name, n -> new Sum());
    s.count++;
    s.nanos += nanos;
    s.operations += operations;
    s.bytes += bytes;
    s.allocated += pending;
    pending = 0;
    if (events.size() < TRACE_LIMIT) {
      keep(new Event(name, call.shapes(), at, nanos, operations, bytes));
    } else {
      left++;
    }
  }

  private void keep(Event e) {
    if (events.size() < TRACE_LIMIT) {
      events.add(e);
    } else {
      left++;
    }
  }

  /** Ends the measurement; the results stay. Doing so again changes nothing. */
  public void stop() {
    if (end != 0) {
      return;
    }
    if (Thread.currentThread() != thread || CURRENT.get() != this) {
      throw new IllegalStateException(
          "profiler: stop it in the thread that started it, the innermost first");
    }
    end = System.nanoTime();
    CURRENT.set(outer);
    KernelWatch.listen(outerListener);
  }

  /** {@link #stop}. */
  @Override
  public void close() {
    stop();
  }

  /** Seconds from start to stop, or until now. */
  public double seconds() {
    return ((end == 0 ? System.nanoTime() : end) - start) / 1e9;
  }

  /** The kernels, the one that took most time first. */
  public List<Row> rows() {
    return sums.entrySet().stream()
        .map(
            e -> {
              Sum s = e.getValue();
              return new Row(
                  e.getKey(), s.count, s.nanos / 1e9, s.operations, s.bytes, s.allocated);
            })
        .sorted(Comparator.comparingDouble(Row::seconds).reversed())
        .toList();
  }

  /** The rows as text, with their share of the time that passed. */
  public String table() {
    return ProfileText.table(rows(), seconds(), left);
  }

  /**
   * Writes kernels and spans in Chrome's trace event format, which Perfetto shows.
   *
   * @throws IOException if the file cannot be written
   */
  public void writeTrace(Path file) throws IOException {
    try {
      ProfileText.trace(file, events, start);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
