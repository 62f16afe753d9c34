package org.jacana.op;

import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.View;

/** Runs the rows of {@link Unary} and {@link Binary}, and the three-way choice. */
public final class Pointwise {
  private Pointwise() {}

  public static Tensor unary(Unary f, Tensor x) {
    return unary(f, 0, 0, x);
  }

  public static Tensor unary(Unary f, double p, double q, Tensor x) {
    return Op.apply(new UnaryOp(f, p, q), x);
  }

  /** For the rows of {@link Unary}, which cannot name one another. */
  static Tensor polygamma(double n, Tensor x) {
    return unary(Unary.POLYGAMMA, n, 0, x);
  }

  /** Broadcasts, promotes types and applies. */
  public static Tensor binary(Binary f, Tensor a, Tensor b) {
    return Op.apply(new BinaryOp(f), a, b);
  }

  /**
   * a where the mask is true, else b; all three broadcast, a and b are promoted to one type.
   *
   * @param mask BOOL
   */
  public static Tensor where(Tensor mask, Tensor a, Tensor b) {
    if (mask.dtype() != DType.BOOL) {
      throw new IllegalArgumentException(
          "where: the mask must be BOOL, got " + mask.dtype() + "; compare it with 0, or cast it");
    }
    return Op.apply(new WhereOp(), mask, a, b);
  }

  private static final class UnaryOp extends Op {
    private final Unary f;
    private final double p;
    private final double q;

    UnaryOp(Unary f, double p, double q) {
      this.f = f;
      this.p = p;
      this.q = q;
    }

    @Override
    public String name() {
      return f.kernel();
    }

    @Override
    public double[] constants() {
      return new double[] {p, q};
    }

    @Override
    protected Shape infer(Tensor[] in) {
      return in[0].shape();
    }

    @Override
    protected DType inferType(Tensor[] in) {
      DType t = in[0].dtype();
      return switch (f.type) {
        case SAME -> t;
        case FLOAT -> t.toFloat();
        case BOOL -> DType.BOOL;
      };
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.unary(f, p, q, out, in[0]);
    }

    @Override
    protected Tensor batch(Batch b) {
      return unary(f, p, q, b.get(0));
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {f.rule.apply(in[0], out, g, p, q)};
    }

    @Override
    public boolean keepsInput(int i) {
      return f.readsInput();
    }

    @Override
    public boolean keepsOutput() {
      return f.readsOutput();
    }
  }

  private static final class BinaryOp extends Op {
    private final Binary f;
    private Shape a;
    private Shape b;
    private DType typeA;
    private DType typeB;

    BinaryOp(Binary f) {
      this.f = f;
    }

    @Override
    public String name() {
      return f.kernel();
    }

    @Override
    protected Shape infer(Tensor[] in) {
      a = in[0].shape();
      b = in[1].shape();
      typeA = in[0].dtype();
      typeB = in[1].dtype();
      return Shape.broadcast(name(), a, b);
    }

    @Override
    protected DType inferType(Tensor[] in) {
      DType t = DType.promote(in[0].dtype(), in[1].dtype());
      return switch (f.type) {
        case SAME -> t;
        case FLOAT -> t.toFloat();
        case BOOL -> DType.BOOL;
      };
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.binary(f, out, in[0].expand(out.shape()), in[1].expand(out.shape()));
    }

    @Override
    protected Tensor batch(Batch in) {
      int rank = Math.max(a.rank(), b.rank());
      return binary(f, in.aligned(0, rank), in.aligned(1, rank));
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      Tensor left = needs[0] ? f.left.apply(in[0], in[1], out, g) : null;
      Tensor right = needs[1] ? f.right.apply(in[0], in[1], out, g) : null;
      return new Tensor[] {undo(left, a, typeA), undo(right, b, typeB)};
    }

    @Override
    public boolean keepsInput(int i) {
      return f.reads(i);
    }
  }

  private static final class WhereOp extends Op {
    private Shape a;
    private Shape b;
    private DType typeA;
    private DType typeB;

    @Override
    public String name() {
      return "where";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      a = in[1].shape();
      b = in[2].shape();
      typeA = in[1].dtype();
      typeB = in[2].dtype();
      return Shape.broadcast("where", in[0].shape(), Shape.broadcast("where", a, b));
    }

    @Override
    protected DType inferType(Tensor[] in) {
      return DType.promote(in[1].dtype(), in[2].dtype());
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      Shape s = out.shape();
      backend.where(out, in[0].expand(s), in[1].expand(s), in[2].expand(s));
    }

    @Override
    protected Tensor batch(Batch in) {
      int rank = Math.max(in.shape(0).rank(), Math.max(a.rank(), b.rank()));
      return where(in.aligned(0, rank), in.aligned(1, rank), in.aligned(2, rank));
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {
        null,
        needs[1] ? undo(Tensor.where(in[0], g, 0), a, typeA) : null,
        needs[2] ? undo(Tensor.where(in[0].logicalNot(), g, 0), b, typeB) : null
      };
    }

    @Override
    public boolean keepsInput(int i) {
      return i == 0;
    }
  }

  private static Tensor undo(Tensor g, Shape to, DType type) {
    return g == null ? null : g.sumTo(to).to(type);
  }
}
