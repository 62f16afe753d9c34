package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.Transforms;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every row of {@link OpCases} mapped over batches, against the same part by part. */
class BatchingTest {
  private static final int N = 3;

  /** Rows of each method for which derivatives are compared. */
  private static final int ROWS = 4;

  private static Stream<OpCase> cases() {
    return OpCases.all().stream().filter(c -> !c.large() && !random(c) && !ragged(c));
  }

  /** Such cases draw new numbers for every part, so nothing can be compared. */
  private static boolean random(OpCase c) {
    return c.method().startsWith("Dropouts.") || c.name().contains("dropout");
  }

  /** The number of elements found depends on the values, so results cannot be stacked. */
  private static boolean ragged(OpCase c) {
    return c.method().startsWith("maskedSelect") || c.method().startsWith("nonZero");
  }

  /** Arguments of a part; the same for all parts where they are not mapped. */
  private static Arg[][] parts(OpCase c, boolean[] mapped) {
    Arg[][] out = new Arg[N][];
    for (int i = 0; i < N; i++) {
      out[i] = c.inputs().apply(new Values(c.name().hashCode() + 31L * i));
      for (int k = 0; k < mapped.length; k++) {
        out[i][k] = mapped[k] ? out[i][k] : out[0][k];
      }
    }
    return out;
  }

  /** Which arguments are mapped: all, or one alone. */
  private static List<boolean[]> choices(int arguments) {
    List<boolean[]> out = new ArrayList<>();
    boolean[] all = new boolean[arguments];
    Arrays.fill(all, true);
    out.add(all);
    for (int k = 0; arguments > 1 && k < arguments; k++) {
      boolean[] one = new boolean[arguments];
      one[k] = true;
      out.add(one);
    }
    return out;
  }

  private static Tensor weights(Tensor y) {
    double[] w = IntStream.range(0, (int) y.size()).mapToDouble(i -> 0.5 + Math.cos(i)).toArray();
    return Tensor.of(w, w.length).reshape(y.shape());
  }

  private static Tensor weighted(OpCase c, Tensor[] xs) {
    Tensor y = c.f().apply(xs);
    return y.mul(weights(y)).sum();
  }

  /** The gradients of a weighted sum of one part, as one vector. */
  private static Tensor gradient(OpCase c, List<Tensor> xs) {
    List<Tensor> floats = xs.stream().filter(x -> x.dtype().isFloat()).toList();
    Tensor[] all = xs.toArray(new Tensor[0]);
    List<Tensor> gs =
        Transforms.gradAll(
                fs -> {
                  int k = 0;
                  Tensor[] in = all.clone();
                  for (int i = 0; i < in.length; i++) {
                    in[i] = in[i].dtype().isFloat() ? fs.get(k++) : in[i];
                  }
                  // Some functions are constant: they are tracked all the same.
                  Tensor zero = fs.get(0).sum().mul(0);
                  return weighted(c, in).add(zero);
                })
            .apply(floats);
    Tensor[] flat = gs.stream().map(g -> g.reshape((int) g.size())).toArray(Tensor[]::new);
    return Tensor.concat(0, flat);
  }

  private static void close(double[] expected, double[] got, String what) {
    assertEquals(expected.length, got.length, what);
    for (int i = 0; i < got.length; i++) {
      double error = Math.abs(expected[i] - got[i]);
      if (!(expected[i] == got[i]
          || error <= 1e-9 * (1 + Math.abs(expected[i]))
          || expected[i] != expected[i] && got[i] != got[i])) {
        fail(what + ": element " + i + " is " + got[i] + ", part by part " + expected[i]);
      }
    }
  }

  /** The function part by part. */
  private static Tensor loop(Function<List<Tensor>, Tensor> f, boolean[] mapped, List<Tensor> in) {
    Tensor[] out = new Tensor[N];
    for (int i = 0; i < N; i++) {
      List<Tensor> one = new ArrayList<>();
      for (int k = 0; k < mapped.length; k++) {
        one.add(mapped[k] ? in.get(k).select(0, i) : in.get(k));
      }
      out[i] = f.apply(one);
    }
    return Tensor.stack(0, out);
  }

  /** The gradients by all arguments of a weighted sum of what f gives. */
  private static List<double[]> outside(Function<List<Tensor>, Tensor> f, List<Tensor> in) {
    List<Tensor> leaves = new ArrayList<>();
    for (Tensor x : in) {
      leaves.add(x.dtype().isFloat() ? x.detach().requiresGrad(true) : x);
    }
    List<Tensor> floats = leaves.stream().filter(x -> x.dtype().isFloat()).toList();
    Tensor y = f.apply(leaves);
    if (!y.requiresGrad()) {
      return List.of();
    }
    return Autograd.grad(y, weights(y), floats, false, false, true).stream()
        .map(Tensor::doubles)
        .toList();
  }

  private static List<Tensor> stacked(OpCase c, boolean[] mapped) {
    Arg[][] parts = parts(c, mapped);
    List<Tensor> in = new ArrayList<>();
    for (int k = 0; k < mapped.length; k++) {
      int at = k;
      Tensor[] xs = Arrays.stream(parts).map(p -> p[at].tensor(DType.F64)).toArray(Tensor[]::new);
      in.add(mapped[k] ? Tensor.stack(0, xs) : xs[0]);
    }
    return in;
  }

  private static Function<List<Tensor>, Tensor> vmap(
      Function<List<Tensor>, Tensor> f, boolean[] mapped) {
    int[] axes = new int[mapped.length];
    Arrays.setAll(axes, k -> mapped[k] ? 0 : Transforms.WHOLE);
    return Transforms.vmapAll(f, axes, 0);
  }

  /** Rows whose functions read an index, a mask or values on the host, or write statistics. */
  private static final Set<String> LOOPS =
      Set.of(
          "BatchNorm.batchNorm(Tensor,Tensor,Tensor,double)",
          "BatchNormRelu.batchNormRelu(Tensor,Tensor,Tensor,Tensor,double)",
          "indexCopy(int,Tensor,Tensor)",
          "scatter(int,Tensor,Tensor)",
          "scatterReduce(int,Tensor,Tensor,ScatterReduce,boolean)");

  private static Stream<DynamicTest> each(Stream<OpCase> cases, Consumer<OpCase> question) {
    return cases.map(c -> DynamicTest.dynamicTest(c.name(), () -> question.accept(c)));
  }

  /** Some rows of each method that has derivatives. */
  private static Stream<OpCase> some() {
    Map<String, Integer> seen = new HashMap<>();
    return cases()
        .filter(c -> c.order() > 0 && seen.merge(c.method(), 1, Integer::sum) <= ROWS)
        .filter(c -> Arrays.stream(c.arguments()).anyMatch(a -> a.type().isFloat()));
  }

  @TestFactory
  Stream<DynamicTest> valuesAreThoseOfALoop() {
    return each(
        cases(),
        c -> {
          for (boolean[] mapped : choices(c.arguments().length)) {
            try (Scope s = Scope.open(Device.CPU)) {
              List<Tensor> in = stacked(c, mapped);
              Function<List<Tensor>, Tensor> f = xs -> c.f().apply(xs.toArray(new Tensor[0]));
              AtomicInteger calls = new AtomicInteger();
              Tensor got =
                  vmap(
                          xs -> {
                            calls.incrementAndGet();
                            return f.apply(xs);
                          },
                          mapped)
                      .apply(in);
              Tensor expected = loop(f, mapped, in);
              String what = "mapped " + Arrays.toString(mapped);
              assertEquals(expected.shape(), got.shape(), what);
              assertEquals(expected.dtype(), got.dtype(), what);
              close(expected.doubles(), got.doubles(), what);
              assertTrue(calls.get() == 1 || LOOPS.contains(c.method()), what + " is a loop");
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> gradientsInsideAndOutsideAreThoseOfALoop() {
    return each(
        some(),
        c -> {
          for (boolean[] mapped : choices(c.arguments().length)) {
            try (Scope s = Scope.open(Device.CPU)) {
              List<Tensor> in = stacked(c, mapped);
              String what = "mapped " + Arrays.toString(mapped);
              Function<List<Tensor>, Tensor> inner = xs -> gradient(c, xs);
              close(
                  loop(inner, mapped, in).doubles(),
                  vmap(inner, mapped).apply(in).doubles(),
                  what + ", gradient inside");
              Function<List<Tensor>, Tensor> f = xs -> c.f().apply(xs.toArray(new Tensor[0]));
              for (Function<List<Tensor>, Tensor> g :
                  c.order() > 1 ? List.of(f, inner) : List.of(f)) {
                List<double[]> expected = outside(xs -> loop(g, mapped, xs), in);
                List<double[]> got = outside(vmap(g, mapped), in);
                String which = g == f ? ", gradient outside" : ", gradient of the gradient";
                for (int i = 0; i < expected.size(); i++) {
                  close(expected.get(i), got.get(i), what + which + " " + i);
                }
                assertEquals(expected.size(), got.size());
              }
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> jacobiansAreThoseOfALoop() {
    return each(
        some(),
        c -> {
          try (Scope s = Scope.open(Device.CPU)) {
            Tensor[] all =
                Arrays.stream(c.arguments()).map(a -> a.tensor(DType.F64)).toArray(Tensor[]::new);
            for (int i = 0; i < all.length; i++) {
              int at = i;
              UnaryOperator<Tensor> f =
                  x -> {
                    Tensor[] in = all.clone();
                    in[at] = x;
                    return c.f().apply(in);
                  };
              if (!all[i].dtype().isFloat()) {
                continue;
              }
              Tensor y = f.apply(all[i].detach().requiresGrad(true));
              if (y.requiresGrad() && y.size() > 0 && all[i].size() > 0) {
                double[] got = Transforms.jacobian(f, all[i]).doubles();
                close(rows(f, all[i]), got, "by input " + i);
              }
            }
          }
        });
  }

  /** A Jacobian row by row. */
  private static double[] rows(UnaryOperator<Tensor> f, Tensor x) {
    Transforms.Vjp v = Transforms.vjp(f, x);
    int n = (int) v.value().size();
    double[] out = new double[n * (int) x.size()];
    for (int i = 0; i < n; i++) {
      double[] seed = new double[n];
      seed[i] = 1;
      Tensor row = v.pullback().apply(Tensor.of(seed, n).reshape(v.value().shape()));
      System.arraycopy(row.doubles(), 0, out, i * (int) x.size(), (int) x.size());
    }
    return out;
  }
}
