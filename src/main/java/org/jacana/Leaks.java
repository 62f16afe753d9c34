package org.jacana;

import java.lang.ref.Cleaner;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Remembers where each open tensor was made, when the system property {@code jacana.leaks} is true.
 * A tensor that the collector finds unreachable and never closed is reported once, to the logger
 * {@code org.jacana}, with the place of its creation. Memory itself is never freed from here.
 */
public final class Leaks {
  static final boolean ON = Boolean.getBoolean("jacana.leaks");

  private static final Map<Long, String> OPEN = new ConcurrentHashMap<>();
  private static final AtomicLong REPORTED = new AtomicLong();
  private static final StackWalker WALKER = StackWalker.getInstance();

  private Leaks() {}

  private static final class Holder {
    static final Cleaner CLEANER = Cleaner.create();
    static final AtomicLong NEXT = new AtomicLong();
  }

  /** What a tracked tensor knows of itself. */
  static final class Trace implements Runnable {
    final long id = Holder.NEXT.incrementAndGet();
    final String made;
    volatile String closed;

    Trace(String made) {
      this.made = made;
    }

    void close() {
      closed = site();
      OPEN.remove(id);
    }

    @Override
    public void run() {
      String what = OPEN.remove(id);
      if (what != null) {
        System.getLogger("org.jacana").log(System.Logger.Level.WARNING, what + " was never closed");
        REPORTED.incrementAndGet();
      }
    }
  }

  static Trace track(Tensor t) {
    Trace trace = new Trace(site());
    OPEN.put(trace.id, "Tensor " + t.dtype() + " " + t.shape() + " made at " + trace.made);
    Holder.CLEANER.register(t, trace);
    return trace;
  }

  /** The first frame outside the library, with the library's own entry point if there is none. */
  private static String site() {
    return WALKER.walk(
        frames -> {
          StackWalker.StackFrame last = null;
          for (var it = frames.iterator(); it.hasNext(); ) {
            StackWalker.StackFrame f = it.next();
            last = f;
            String c = f.getClassName();
            if (!c.startsWith("org.jacana.") || c.contains("Test")) {
              return f.getFileName() + ":" + f.getLineNumber();
            }
          }
          return last == null ? "?" : last.getFileName() + ":" + last.getLineNumber();
        });
  }

  /**
   * The tensors that are open now, each with the place where it was made; empty when not tracking.
   */
  public static List<String> open() {
    return List.copyOf(OPEN.values());
  }

  /** How many tensors were found unreachable and unclosed. */
  public static long reported() {
    return REPORTED.get();
  }
}
