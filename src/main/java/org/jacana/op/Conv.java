package org.jacana.op;

import org.jacana.DType;
import org.jacana.Precision;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backend;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.View;

/**
 * Two-dimensional cross-correlation and its two gradients. Each is linear in both arguments, and
 * the gradients of each are the other two, so every order of derivative exists.
 */
public final class Conv {
  private Conv() {}

  /**
   * x [N,H,W,C] with filters w [O,KH,KW,C/groups], plus b [O] if not null, gives [N,OH,OW,O].
   *
   * @throws IllegalArgumentException naming the shapes and the rule when they do not fit
   */
  public static Tensor conv(ConvSpec s, Tensor x, Tensor w, Tensor b) {
    return lowered(s, x, w, b, false);
  }

  /** relu(conv(x, w) + b), in one kernel where the backend has one. */
  public static Tensor convRelu(ConvSpec s, Tensor x, Tensor w, Tensor b) {
    return lowered(s, x, w, b, true);
  }

  private static Tensor lowered(ConvSpec s, Tensor x, Tensor w, Tensor b, boolean relu) {
    if (Precision.lowers(x) || Precision.lowers(w) || Precision.lowers(b)) {
      boolean wide = wideGradients(w, b);
      return Composite.on(
          x, () -> conv(s, Precision.lower(x), Precision.lower(w), Precision.lower(b), relu, wide));
    }
    return conv(s, x, w, b, relu, false);
  }

  /** Whether gradients need not be rounded to the type that these parameters are cast to. */
  static boolean wideGradients(Tensor w, Tensor b) {
    return Precision.lowers(w)
        && (b == null || Precision.lowers(b))
        && w.backend().hasWideGradients();
  }

  private static Tensor conv(ConvSpec s, Tensor x, Tensor w, Tensor b, boolean relu, boolean wide) {
    s.output(x.shape(), w.shape());
    if (x.dtype() != w.dtype() || !x.dtype().isFloat()) {
      throw new IllegalArgumentException(
          "conv2d: input and filter must have one float type, got "
              + x.dtype()
              + " and "
              + w.dtype());
    }
    if (b == null) {
      return Op.apply(new Forward(s, relu, wide), x, w);
    }
    if (!b.shape().equals(Shape.of(w.shape().dim(0))) || b.dtype() != x.dtype()) {
      throw new IllegalArgumentException(
          "conv2d: bias must be "
              + x.dtype()
              + " ["
              + w.shape().dim(0)
              + "], got "
              + b.dtype()
              + " "
              + b.shape());
    }
    return Op.apply(new Forward(s, relu, wide), x, w, b);
  }

  /** The gradient of the input, of shape {@code x}. */
  public static Tensor gradInput(ConvSpec s, Tensor dy, Tensor w, Shape x) {
    check("conv2d gradInput", s, x, w.shape(), dy.shape());
    return Op.apply(new GradInput(s, x), dy, w);
  }

  /** The gradient of the filter, of shape {@code w}. */
  public static Tensor gradWeight(ConvSpec s, Tensor x, Tensor dy, Shape w) {
    check("conv2d gradWeight", s, x.shape(), w, dy.shape());
    return Op.apply(new GradWeight(s, w), x, dy);
  }

  private static void check(String op, ConvSpec s, Shape x, Shape w, Shape dy) {
    Shape y = s.output(x, w);
    if (!y.equals(dy)) {
      throw new IllegalArgumentException(
          op
              + ": the output's gradient must be "
              + y
              + " for input "
              + x
              + " and filter "
              + w
              + ", got "
              + dy);
    }
  }

  private static final class Forward extends Op {
    private final ConvSpec s;
    private final boolean relu;
    private final boolean wide;

    /** {@code wide}: the parameters were cast for this operation, so their gradients may be F32. */
    Forward(ConvSpec s, boolean relu, boolean wide) {
      this.s = s;
      this.relu = relu;
      this.wide = wide;
    }

    @Override
    public String name() {
      return relu ? "conv2dRelu" : "conv2d";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      return s.output(in[0].shape(), in[1].shape());
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      View bias = in.length == 3 ? in[2] : null;
      if ((bias != null || relu) && backend.convBias(s, out, in[0], in[1], bias, relu)) {
        return;
      }
      backend.conv(s, out, in[0], in[1]);
      if (bias != null) {
        backend.binary(Binary.ADD, out, out, bias.expand(out.shape()));
      }
      if (relu) {
        backend.unary(Unary.RELU, 0, 0, out, out);
      }
    }

    @Override
    protected Tensor batch(Batch b) {
      Tensor y = ConvBatch.forward(s, b);
      return relu ? y.relu() : y;
    }

    @Override
    public Tensor unfused(Tensor[] in) {
      return relu ? conv(s, in[0], in[1], in.length == 3 ? in[2] : null).relu() : null;
    }

    @Override
    public boolean keepsOutput() {
      return relu;
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor dy, boolean[] needs) {
      Tensor g = relu ? dy.reluGrad(out) : dy;
      Tensor[] gs = new Tensor[needs.length];
      gs[0] = needs[0] ? gradInput(s, g, in[1], in[0].shape()) : null;
      boolean all = needs[1] && (needs.length == 3 ? needs[2] : wide);
      if (all && parameters(gs, in, g)) {
        return gs;
      }
      gs[1] = needs[1] ? gradWeight(s, in[0], g, in[1].shape()) : null;
      if (needs.length == 3) {
        gs[2] = needs[2] ? g.sum(0, 1, 2) : null;
      }
      return gs;
    }

    @Override
    public boolean addGradient(int i, Tensor[] in, Tensor g, Tensor sum) {
      return i == 0
          && !relu
          && sum.dtype() == g.dtype()
          && sum.backend() == g.backend()
          && sum.shape().equals(in[0].shape())
          && g.size() > 0
          && !Batching.any(in)
          && !Batching.any(g, sum)
          && g.backend().convGradInputAdd(s, sum.view(), g.view(), in[1].view());
    }

    /** All parameters' gradients by one kernel, where the backend has it. */
    private boolean parameters(Tensor[] gs, Tensor[] in, Tensor g) {
      if (Autograd.recording() || g.size() == 0 || Batching.any(in) || Batching.any(g)) {
        return false;
      }
      DType type = wide ? DType.F32 : g.dtype();
      gs[1] = Tensor.allocate(g.backend(), in[1].shape(), type);
      View db = null;
      if (gs.length == 3) {
        gs[2] = Tensor.allocate(g.backend(), Shape.of(in[1].shape().dim(0)), type);
        db = gs[2].view();
      }
      return g.backend().convGradWeightBias(s, gs[1].view(), db, in[0].view(), g.view());
    }

    @Override
    public boolean keepsInput(int i) {
      return i < 2;
    }
  }

  private static final class GradInput extends Op {
    private final ConvSpec s;
    private final Shape x;

    GradInput(ConvSpec s, Shape x) {
      this.s = s;
      this.x = x;
    }

    @Override
    public String name() {
      return "conv2d gradInput";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      return x;
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.convGradInput(s, out, in[0], in[1]);
    }

    @Override
    protected Tensor batch(Batch b) {
      return ConvBatch.gradInput(s, x, b);
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {
        needs[0] ? conv(s, g, in[1], null) : null,
        needs[1] ? gradWeight(s, g, in[0], in[1].shape()) : null
      };
    }
  }

  private static final class GradWeight extends Op {
    private final ConvSpec s;
    private final Shape w;

    GradWeight(ConvSpec s, Shape w) {
      this.s = s;
      this.w = w;
    }

    @Override
    public String name() {
      return "conv2d gradWeight";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      return w;
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.convGradWeight(s, out, in[0], in[1]);
    }

    @Override
    protected Tensor batch(Batch b) {
      return ConvBatch.gradWeight(s, w, b);
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {
        needs[0] ? gradInput(s, in[1], g, in[0].shape()) : null,
        needs[1] ? conv(s, in[0], g, null) : null
      };
    }
  }
}
