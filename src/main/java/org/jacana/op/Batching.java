package org.jacana.op;

import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.Node;
import org.jacana.autograd.Watch;

/**
 * Runs operations for all parts of a batch at once. Inside a {@link Level} a tensor can stand for
 * each part of a batch: it has one part's shape, and an operation on it is done for the whole batch
 * by the operation's {@link Op#batch} rule. What needs one part's numbers, and what has no rule, is
 * refused by {@link Refused}; then the caller does the same part by part.
 *
 * <p>Gradients are recorded twice where both are asked for: of the parts, for derivatives taken
 * inside the level, and of the batches, for derivatives taken outside.
 */
public final class Batching {
  private static final ThreadLocal<Level> INNERMOST = new ThreadLocal<>();

  private Batching() {}

  /** This cannot be done for all parts at once. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String what) {
      super(what, null, false, false);
    }
  }

  /** The time in which tensors may stand for parts of one batch. */
  public static final class Level implements AutoCloseable {
    private final Level outer = INNERMOST.get();
    private final int number = outer == null ? 1 : outer.number + 1;
    private final boolean records;

    private Level(boolean records) {
      this.records = records;
      INNERMOST.set(this);
    }

    /** A tensor that stands for each part of a batch along its first axis. */
    public Tensor part(Tensor batch) {
      Tensor t = Tensor.part(batch, number);
      if (records && batch.requiresGrad()) {
        Node.root(t);
      }
      return t;
    }

    /** The batch that a result stands for; n equal parts if it does not differ between them. */
    public Tensor batch(Tensor y, int n) {
      if (y.level() == number) {
        return y.batch().reshape(y.batch().shape());
      }
      return Scope.tidy(() -> y.unsqueeze(0).expand(y.shape().insert(0, n)).contiguous());
    }

    @Override
    public void close() {
      INNERMOST.set(outer);
    }
  }

  /**
   * Opens a level.
   *
   * @param records whether operations on batches are recorded when those on parts are
   */
  public static Level open(boolean records) {
    if (Watch.on()) {
      throw new Refused("operations are watched one by one");
    }
    return new Level(records);
  }

  /** Refuses, inside a level, what would differ from part to part. */
  public static void refuse(String what) {
    if (INNERMOST.get() != null) {
      throw new Refused(what);
    }
  }

  /** Whether one of these stands for parts of a batch. */
  public static boolean any(Tensor... xs) {
    return level(xs) > 0;
  }

  private static int level(Tensor... xs) {
    int level = 0;
    for (Tensor x : xs) {
      level = x == null ? level : Math.max(level, x.level());
    }
    return level;
  }

  /** The tensor with all numbers: the batch of the batch of ... x. */
  public static Tensor all(Tensor x) {
    Tensor t = x;
    while (t.level() > 0) {
      t = t.batch();
    }
    return t;
  }

  private static boolean records(int level) {
    Level l = INNERMOST.get();
    while (l != null && l.number != level) {
      l = l.outer;
    }
    return l != null && l.records;
  }

  /** Runs a function of batches for a tensor that stands for parts. */
  static Tensor lift(Tensor x, UnaryOperator<Tensor> f) {
    try (Scope s = Scope.open(x.device());
        Autograd.Mode mode = mode(x.level())) {
      return s.keep(Tensor.part(f.apply(x.batch()), x.level()));
    }
  }

  private static Autograd.Mode mode(int level) {
    return Autograd.recording() && records(level) ? Autograd.enableGrad() : Autograd.noGrad();
  }

  /** {@link Op#apply} where an input stands for parts. */
  static Tensor apply(Op op, Tensor[] in) {
    int level = level(in);
    Shape shape = op.infer(in);
    DType type = op.inferType(in);
    Tensor[] wholes = new Tensor[in.length];
    for (int i = 0; i < in.length; i++) {
      wholes[i] = in[i].level() == level ? in[i].batch() : null;
    }
    Batch batch = new Batch(level, in, wholes);
    Tensor out;
    try (Scope s = Scope.open(in[0].device());
        Autograd.Mode mode = mode(level)) {
      Tensor y = op.batch(batch);
      if (y == null) {
        throw new Refused(op.name() + " has no rule for batches");
      }
      if (!y.shape().equals(shape.insert(0, batch.n)) || y.dtype() != type) {
        throw new IllegalStateException(
            op.name()
                + ": the rule for batches gives "
                + y.dtype()
                + " "
                + y.shape()
                + " for "
                + batch.n
                + " parts "
                + type
                + " "
                + shape);
      }
      out = s.keep(Tensor.part(y, level));
    } catch (RuntimeException | Error e) {
      op.release();
      throw e;
    }
    return out;
  }
}
