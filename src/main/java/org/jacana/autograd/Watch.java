package org.jacana.autograd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jacana.Tensor;
import org.jacana.op.Op;

/**
 * What looks at operations as they run in one thread: the search for anomalies, the collection of
 * tracked tensors that a function uses without being given them, and observers of other rooms. Off,
 * it costs one comparison for each operation.
 */
public final class Watch {
  /** Over all threads. A thread that watches sees its own count, whatever the others do. */
  private static int watchers;

  private static final ThreadLocal<Watch> MINE = ThreadLocal.withInitial(Watch::new);
  private static final Autograd.Mode NOTHING = () -> {};

  /** Is told what a thread computes. What it computes itself, it is told too. */
  public interface Observer {
    /** An operation has run and is not yet recorded; an exception ends the operation. */
    void applied(Op op, Tensor[] in, Tensor out);

    /** Numbers, or the positions of the largest, are read out by the method named. */
    void read(String method, Tensor t);
  }

  private final List<Observer> observers = new ArrayList<>();
  private final List<Captured> collectors = new ArrayList<>();
  private final ArrayDeque<String> labels = new ArrayDeque<>();
  private boolean anomalies;
  private boolean infinities;
  private Node pulling;

  private Watch() {}

  /** Whether some thread watches. */
  public static boolean on() {
    return watchers != 0;
  }

  private static synchronized void count(int by) {
    watchers += by;
  }

  static Autograd.Mode anomalies(boolean infinities) {
    Watch w = MINE.get();
    boolean before = w.anomalies;
    boolean infinitiesBefore = w.infinities;
    w.anomalies = true;
    w.infinities = infinities;
    count(1);
    return new Once(
        () -> {
          w.anomalies = before;
          w.infinities = infinitiesBefore;
          count(-1);
        });
  }

  /** Closing twice must not count twice. */
  private static final class Once implements Autograd.Mode {
    private Runnable end;

    Once(Runnable end) {
      this.end = end;
    }

    @Override
    public void close() {
      if (end != null) {
        end.run();
        end = null;
      }
    }
  }

  /** Tells an observer of this thread's operations until closed. */
  public static Autograd.Mode observe(Observer o) {
    Watch w = MINE.get();
    w.observers.add(o);
    count(1);
    return new Once(
        () -> {
          w.observers.remove(o);
          count(-1);
        });
  }

  /** Tells observers that a tensor's numbers are read. */
  public static void read(String method, Tensor t) {
    MINE.get().observers.forEach(o -> o.read(method, t));
  }

  static Autograd.Mode label(String name) {
    if (!on() || name == null) {
      return NOTHING;
    }
    Watch w = MINE.get();
    if (!w.anomalies) {
      return NOTHING;
    }
    w.labels.addLast(name);
    return new Once(w.labels::removeLast);
  }

  /** Looks at an operation that has run; may throw, having closed the output. */
  public static void applied(Op op, Tensor[] in, Tensor out) {
    Watch w = MINE.get();
    for (Captured c : w.collectors) {
      for (Tensor t : in) {
        c.saw(t);
      }
    }
    try {
      w.observers.forEach(o -> o.applied(op, in, out));
    } catch (RuntimeException e) {
      out.close();
      op.release();
      throw e;
    }
    // Inside a rule NaN may be masked later, as in where(x > 0, log(x), 0); its result is checked.
    if (w.anomalies && w.pulling == null) {
      try {
        Anomaly.requireFinite(op.name(), w.path(), in, out, w.infinities);
      } catch (Anomaly e) {
        op.release();
        throw e;
      }
    }
  }

  private String path() {
    return String.join(".", labels);
  }

  /** Where an operation that is recorded now comes from; null when nobody asks. */
  static Anomaly.Origin origin(Tensor[] in) {
    Watch w = MINE.get();
    if (!w.anomalies) {
      return null;
    }
    return w.pulling != null && w.pulling.origin != null
        ? w.pulling.origin
        : Anomaly.Origin.here(w.path(), in);
  }

  /** Runs a node's rule. */
  static Tensor[] pull(Node n, Tensor g, Supplier<Tensor[]> rule) {
    Watch w = MINE.get();
    Node before = w.pulling;
    w.pulling = n;
    try {
      Tensor[] gs = rule.get();
      if (w.anomalies) {
        Anomaly.requireFinite(n, g, gs, w.infinities);
      }
      return gs;
    } finally {
      w.pulling = before;
    }
  }

  /** The tensors with an older graph that operations use while this is open. */
  static final class Captured implements AutoCloseable {
    private final Watch watch = MINE.get();
    private final long start = Node.latest();
    private final Set<Node> seen = new HashSet<>();
    private final List<Tensor> handles = new ArrayList<>();
    private boolean collecting = true;

    Captured() {
      watch.collectors.add(this);
      count(1);
    }

    void saw(Tensor t) {
      Node n = t.node();
      if (n != null && n.number <= start && seen.add(n)) {
        handles.add(t.alias());
      }
    }

    /** What was seen, open until this closes. */
    List<Tensor> tensors() {
      return handles;
    }

    /** Looks no further. */
    void stop() {
      if (collecting) {
        collecting = false;
        watch.collectors.remove(this);
        count(-1);
      }
    }

    @Override
    public void close() {
      stop();
      handles.forEach(Tensor::close);
    }
  }
}
