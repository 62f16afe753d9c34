package org.jacana.op;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;

/** The public operations, read from the compiled classes. */
public final class PublicOperations {
  private PublicOperations() {}

  /** Methods without rows, and why. */
  static final Map<String, String> EXEMPT = exempt();

  private static Map<String, String> exempt() {
    Map<String, String> m = new TreeMap<>();
    for (String s :
        List.of(
            "of(float[],int...)",
            "of(double[],int...)",
            "of(int[],int...)",
            "of(byte[],int...)",
            "of(boolean[],int...)",
            "scalar(double)",
            "full(DType,double,int...)",
            "zeros(int...)",
            "zeros(DType,int...)",
            "ones(int...)",
            "ones(DType,int...)",
            "arange(int)",
            "arange(int,int,int)",
            "linspace(double,double,int)",
            "eye(int)",
            "eye(DType,int)",
            "rand(int...)",
            "randn(int...)",
            "zerosLike()",
            "onesLike()",
            "allocate(Backend,Shape,DType)")) {
      m.put(s, "makes constants");
    }
    for (String s :
        List.of(
            "self()",
            "share(Layout)",
            "alias()",
            "apart()",
            "batch()",
            "part(Tensor,int)",
            "requiresGrad(boolean)")) {
      m.put(s, "gives a handle of the same memory");
    }
    m.put("detach()", "cuts the graph, see AutogradTest");
    m.put("grad()", "gives the accumulated gradient");
    m.put("to(Device)", "is not differentiable");
    for (String s :
        List.of(
            "Movement.reshape(Tensor,Shape)",
            "Movement.permute(Tensor,int...)",
            "Movement.expand(Tensor,Shape)",
            "Movement.concat(int,Tensor...)",
            "Movement.cast(Tensor,DType)",
            "Movement.contiguous(Tensor)",
            "Movement.copy(Tensor)",
            "Indexing.gather(Tensor,int,Tensor)",
            "Indexing.select(Tensor,int,Tensor)",
            "Indexing.argExtreme(boolean,Tensor,int,boolean)",
            "Indexing.topK(boolean,Tensor,int)",
            "Reduce.sum(Tensor,int[],boolean)",
            "Reduce.prod(Tensor,int[],boolean)",
            "Reduce.extreme(boolean,Tensor,int[],boolean)",
            "Softmax.softmax(Tensor,int)",
            "Softmax.logSoftmax(Tensor,int)",
            "MatMul.matmul(Tensor,Tensor)",
            "MatMul.linear(Tensor,Tensor,Tensor)",
            "Conv.conv(ConvSpec,Tensor,Tensor,Tensor)",
            "Pool.max(PoolSpec,Tensor)",
            "Pool.average(PoolSpec,Tensor)",
            "Pointwise.unary(Unary,Tensor)",
            "Pointwise.unary(Unary,double,double,Tensor)",
            "Pointwise.binary(Binary,Tensor,Tensor)",
            "Pointwise.where(Tensor,Tensor,Tensor)",
            "Elementwise.power(Tensor,int)",
            "Running.extreme(boolean,Tensor,int,boolean)",
            "Running.running(boolean,Tensor,int)",
            "Diagonals.embed(Tensor,int)",
            "Diagonals.triangle(Tensor,boolean,int)")) {
      m.put(s, "is what a method of Tensor, or a row of an enum, calls");
    }
    m.put("Op.apply(Op,Tensor...)", "runs any operation");
    return m;
  }

  private static boolean givesTensors(Method m) {
    Class<?> r = m.getReturnType();
    return Modifier.isPublic(m.getModifiers())
        && !m.isSynthetic()
        && (r == Tensor.class
            || r == Tensor[].class
            || r.isRecord() && holdsTensors(r)
            || r == ConvSpec.class);
  }

  private static boolean holdsTensors(Class<?> record) {
    return Arrays.stream(record.getRecordComponents()).anyMatch(c -> c.getType() == Tensor.class);
  }

  private static String signature(Method m) {
    List<String> types =
        Arrays.stream(m.getParameterTypes())
            .map(Class::getSimpleName)
            .collect(Collectors.toCollection(ArrayList::new));
    if (m.isVarArgs()) {
      int last = types.size() - 1;
      types.set(last, types.get(last).replaceAll("\\[\\]$", "..."));
    }
    return m.getName() + "(" + String.join(",", types) + ")";
  }

  /** By signature, with the class's name in front for statics of room op: where they are. */
  static Map<String, Class<?>> all() throws IOException, URISyntaxException {
    Map<String, Class<?>> out = new TreeMap<>();
    List<Class<?>> own = new ArrayList<>(List.of(Tensor.class.getInterfaces()));
    own.remove(AutoCloseable.class);
    own.add(Tensor.class);
    for (Class<?> c : own) {
      for (Method m : c.getDeclaredMethods()) {
        if (givesTensors(m)) {
          out.put(signature(m), c);
        }
      }
    }
    Path room =
        Path.of(Op.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolve("org/jacana/op");
    try (Stream<Path> files = Files.list(room)) {
      for (Path p : files.sorted().toList()) {
        String name = p.getFileName().toString().replace(".class", "");
        Class<?> c = load(name);
        if (!Modifier.isPublic(c.getModifiers())) {
          continue;
        }
        for (Method m : c.getDeclaredMethods()) {
          if (givesTensors(m) && Modifier.isStatic(m.getModifiers())) {
            out.put(c.getSimpleName() + "." + signature(m), c);
          }
        }
      }
    }
    return out;
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName("org.jacana.op." + name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The methods that users call: without makers of constants and what other methods call. */
  public static Map<String, Class<?>> named() throws IOException, URISyntaxException {
    Map<String, Class<?>> out = all();
    out.keySet().removeAll(EXEMPT.keySet());
    List<String> names =
        out.keySet().stream()
            .filter(m -> !name(m).contains("."))
            .map(PublicOperations::name)
            .toList();
    // op.Einsum.einsum(..) is what Tensor.einsum(..) calls; AdaptivePool.max(..) has rows of its
    // own.
    Set<String> rows = OpCases.orders().keySet();
    out.keySet()
        .removeIf(
            m ->
                name(m).contains(".")
                    && names.contains(name(m).split("[.]")[1])
                    && !rows.contains(m));
    return out;
  }

  /** A signature's part before its parameters. */
  public static String name(String signature) {
    return signature.substring(0, signature.indexOf('('));
  }
}
