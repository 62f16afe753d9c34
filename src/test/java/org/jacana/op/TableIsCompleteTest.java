package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jacana.Tensor;
import org.jacana.TensorIndexing;
import org.jacana.backend.ConvSpec;
import org.junit.jupiter.api.Test;

/** No operation without rows: every public method that gives a tensor is in the table or here. */
class TableIsCompleteTest {
  /** Methods without rows, and why. */
  private static final Map<String, String> EXEMPT = exempt();

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
    for (String s : List.of("self()", "share(Layout)", "alias()", "requiresGrad(boolean)")) {
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
            || r == TensorIndexing.TopK.class
            || r == BatchNorm.Result.class
            || r == ConvSpec.class);
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

  private static Set<String> methods() throws IOException, URISyntaxException {
    Set<String> out = new TreeSet<>();
    List<Class<?>> own = new ArrayList<>(List.of(Tensor.class.getInterfaces()));
    own.remove(AutoCloseable.class);
    own.add(Tensor.class);
    for (Class<?> c : own) {
      for (Method m : c.getDeclaredMethods()) {
        if (givesTensors(m)) {
          out.add(signature(m));
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
            out.add(c.getSimpleName() + "." + signature(m));
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

  @Test
  void everyMethodHasRowsOrAReason() throws IOException, URISyntaxException {
    Set<String> methods = methods();
    Set<String> missing = new TreeSet<>(methods);
    OpCases.all().forEach(c -> missing.remove(c.method()));
    missing.removeAll(EXEMPT.keySet());
    // op.Einsum.einsum(..) is what Tensor.einsum(..) calls, whose rows are asked for.
    Set<String> names =
        methods.stream()
            .filter(m -> !m.substring(0, m.indexOf('(')).contains("."))
            .map(m -> m.substring(0, m.indexOf('(')))
            .collect(Collectors.toSet());
    missing.removeIf(
        m -> {
          String name = m.substring(0, m.indexOf('('));
          return name.contains(".") && names.contains(name.substring(name.indexOf('.') + 1));
        });
    assertEquals(Set.of(), missing, "methods without rows in OpCases");
    Set<String> stale = new TreeSet<>(EXEMPT.keySet());
    stale.removeAll(methods);
    assertEquals(Set.of(), stale, "exempt methods that do not exist");
  }

  @Test
  void everyRowNamesAMethod() throws IOException, URISyntaxException {
    Set<String> methods = methods();
    for (OpCase c : OpCases.all()) {
      if (!c.method().startsWith("Unary.") && !c.method().startsWith("Binary.")) {
        assertTrue(methods.contains(c.method()), c.name());
      }
    }
  }

  @Test
  void everyEnumRowIsThere() {
    Set<String> rows = OpCases.all().stream().map(OpCase::method).collect(Collectors.toSet());
    for (Unary f : Unary.values()) {
      assertTrue(rows.contains("Unary." + f), f.name());
    }
    for (Binary f : Binary.values()) {
      assertTrue(rows.contains("Binary." + f), f.name());
    }
  }
}
