package org.jacana.autograd;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.View;
import org.jacana.op.Batching;
import org.jacana.op.Op;

/**
 * A differentiable operation of the user's own: a value, computed with tensor operations or from
 * plain arrays, and a gradient written with tensor operations, so that every order works.
 *
 * <pre>{@code
 * static final CustomOp CUBE =
 *     CustomOp.ofDoubles("cube", shapes -> shapes[0], (x, shapes) -> cubes(x[0]))
 *         .gradient((x, y, g) -> new Tensor[] {g.mul(x[0].square()).mul(3)});
 *
 * Tensor y = CUBE.apply(x);
 * GradientCheck.check(in -> CUBE.apply(in), x); // float64; first and second derivatives
 * }</pre>
 *
 * Immutable; owns nothing.
 */
public final class CustomOp {
  /** Computes the value with tensor operations, which are not recorded. */
  @FunctionalInterface
  public interface Forward {
    /** The value; temporaries are closed, inputs must be left as they are. */
    Tensor apply(Tensor... in);
  }

  /** Computes the value from float64 arrays, row-major. */
  @FunctionalInterface
  public interface Doubles {
    /** The elements of the value, row-major, as many as its shape has. */
    double[] apply(double[][] in, Shape[] shapes);
  }

  /** Computes the value from float32 arrays, row-major. */
  @FunctionalInterface
  public interface Floats {
    /** The elements of the value, row-major, as many as its shape has. */
    float[] apply(float[][] in, Shape[] shapes);
  }

  /** The gradients of the inputs. */
  @FunctionalInterface
  public interface Gradient {
    /**
     * One gradient for each input, of its shape.
     *
     * @param in the inputs
     * @param out the value
     * @param g the gradient of the value
     * @return null at inputs on which the value does not depend, or that are not float
     */
    Tensor[] apply(Tensor[] in, Tensor out, Tensor g);
  }

  private final String name;
  private final Forward forward;
  private final Gradient gradient;
  private final boolean once;

  private CustomOp(String name, Forward forward, Gradient gradient, boolean once) {
    this.name = name;
    this.forward = forward;
    this.gradient = gradient;
    this.once = once;
  }

  /** An operation computed with tensor operations. */
  public static CustomOp of(String name, Forward forward) {
    return new CustomOp(name, forward, null, false);
  }

  /**
   * An operation computed from float64 arrays; the result has the first input's type.
   *
   * @param shape the result's shape from the inputs' shapes; throws when they do not fit
   */
  public static CustomOp ofDoubles(String name, Function<Shape[], Shape> shape, Doubles f) {
    return of(
        name,
        in -> {
          Shape[] shapes = shapes(in);
          Shape out = shape.apply(shapes);
          double[] v =
              f.apply(
                  Arrays.stream(in).map(Tensor::doubles).toArray(double[][]::new), shapes.clone());
          requireSize(name, v.length, out);
          return Tensor.of(v, v.length).to(in[0].dtype()).reshape(out);
        });
  }

  /**
   * An operation computed from float32 arrays; the result has the first input's type.
   *
   * @param shape the result's shape from the inputs' shapes; throws when they do not fit
   */
  public static CustomOp ofFloats(String name, Function<Shape[], Shape> shape, Floats f) {
    return of(
        name,
        in -> {
          for (int i = 0; i < in.length; i++) {
            if (in[i].dtype() == DType.F64) {
              throw new IllegalArgumentException(
                  name
                      + ": input "
                      + i
                      + " is F64, which float arrays would round; use ofDoubles, or cast with"
                      + " to(DType.F32)");
            }
          }
          Shape[] shapes = shapes(in);
          Shape out = shape.apply(shapes);
          float[] v =
              f.apply(
                  Arrays.stream(in).map(Tensor::floats).toArray(float[][]::new), shapes.clone());
          requireSize(name, v.length, out);
          return Tensor.of(v, v.length).to(in[0].dtype()).reshape(out);
        });
  }

  private static Shape[] shapes(Tensor[] in) {
    return Arrays.stream(in).map(Tensor::shape).toArray(Shape[]::new);
  }

  private static void requireSize(String name, int got, Shape shape) {
    if (got != shape.size()) {
      throw new IllegalArgumentException(
          name
              + ": the result's shape "
              + shape
              + " needs "
              + shape.size()
              + " values, the"
              + " function gave "
              + got);
    }
  }

  /** This operation with a gradient in tensor language, differentiable to every order. */
  public CustomOp gradient(Gradient rule) {
    return new CustomOp(name, forward, rule, false);
  }

  /**
   * This operation with a gradient that cannot be differentiated itself, because it reads numbers
   * out or calls other code. Differentiating twice throws {@link IllegalStateException}.
   */
  public CustomOp gradientOnce(Gradient rule) {
    return new CustomOp(name, forward, rule, true);
  }

  /**
   * Runs the operation, and records it when an input is tracked.
   *
   * @throws IllegalArgumentException if there is no input, or the function uses a tracked tensor
   *     that is not among the inputs, whose gradient would be lost
   */
  public Tensor apply(Tensor... in) {
    if (in.length == 0) {
      throw new IllegalArgumentException(name + ": needs at least one input");
    }
    if (Batching.any(in)) {
      Batching.refuse(name);
    }
    return Op.apply(new Call(this), in);
  }

  private static final class Call extends Op {
    private final CustomOp op;

    Call(CustomOp op) {
      this.op = op;
    }

    @Override
    public String name() {
      return op.name;
    }

    @Override
    protected Shape infer(Tensor[] in) {
      throw new IllegalStateException(name() + ": runs through forward");
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      throw new IllegalStateException(name() + ": runs through forward");
    }

    @Override
    protected Tensor forward(Tensor[] in) {
      try (Scope scope = Scope.open(in[0].device());
          Autograd.Mode off = Autograd.noGrad();
          Watch.Captured captured = new Watch.Captured()) {
        Tensor[] plain = Arrays.stream(in).map(Tensor::detach).toArray(Tensor[]::new);
        Tensor y = op.forward.apply(plain);
        if (y == null) {
          throw new IllegalArgumentException(name() + ": the function returned null");
        }
        y.requireOpen(name() + ": the function's result", 0);
        captured.saw(y);
        if (!captured.tensors().isEmpty()) {
          throw new IllegalArgumentException(
              name()
                  + ": the function uses a tracked tensor "
                  + captured.tensors().get(0).shape()
                  + " that is not among its inputs, so that its gradient would be lost; give it as"
                  + " an input, or detach() it");
        }
        return scope.keep(y.detach());
      }
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      if (op.gradient == null) {
        throw new IllegalStateException(
            name() + ": no gradient was given; add one with gradient(...)");
      }
      if (!op.once) {
        return checked(in, op.gradient.apply(in, out, g));
      }
      Tensor[] gs = Autograd.noGrad(() -> checked(in, op.gradient.apply(in, out, g)));
      if (Autograd.recording()) {
        Tensor[] from = Arrays.copyOf(in, in.length + 1);
        from[in.length] = g;
        for (int i = 0; i < gs.length; i++) {
          gs[i] = gs[i] == null ? null : End.mark(name(), gs[i], from);
        }
      }
      return gs;
    }

    private Tensor[] checked(Tensor[] in, Tensor[] gs) {
      if (gs == null || gs.length != in.length) {
        throw new IllegalArgumentException(
            name()
                + ": the gradient must give one tensor for each of "
                + in.length
                + " inputs, got "
                + (gs == null ? "null" : gs.length));
      }
      for (int i = 0; i < gs.length; i++) {
        if (gs[i] != null && !gs[i].shape().equals(in[i].shape())) {
          throw new IllegalArgumentException(
              name()
                  + ": the gradient of input "
                  + i
                  + " must have its shape "
                  + in[i].shape()
                  + ", got "
                  + gs[i].shape()
                  + "; undo broadcasting with sumTo");
        }
      }
      return gs.clone();
    }

    @Override
    public boolean keepsOutput() {
      return true;
    }
  }

  /** Marks a gradient that cannot be differentiated. */
  private static final class End extends Op {
    private final String of;

    private End(String of) {
      this.of = of;
    }

    static Tensor mark(String of, Tensor g, Tensor[] from) {
      Tensor out = g.detach();
      if (List.of(from).stream().anyMatch(Tensor::requiresGrad)) {
        Node.record(new End(of), from, out);
      }
      return out;
    }

    @Override
    public String name() {
      return of + "'s gradient";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      return in[0].shape();
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      throw new IllegalStateException(name() + ": is recorded, never run");
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      throw new IllegalStateException(
          of
              + ": can be differentiated only once; give its gradient in tensor language with"
              + " gradient(...) to differentiate it again");
    }

    @Override
    public boolean keepsInput(int i) {
      return false;
    }
  }
}
