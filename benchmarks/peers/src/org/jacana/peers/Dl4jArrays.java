package org.jacana.peers;

import java.util.function.Supplier;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays of ND4J from plain ones and back. */
final class Dl4jArrays {
  private static int workspaces;

  private Dl4jArrays() {}

  static INDArray of(float[] v, long... shape) {
    return Nd4j.create(v, shape, 'c');
  }

  static INDArray normal(int seed, int... shape) {
    long[] wide = new long[shape.length];
    int n = 1;
    for (int i = 0; i < shape.length; i++) {
      wide[i] = shape[i];
      n *= shape[i];
    }
    return of(Inputs.normal(seed, n), wide);
  }

  /** Values [n, h, w, c] in the order that the layout asks for. */
  static INDArray images(float[] v, boolean last, int n, int h, int w, int c) {
    return last ? of(v, n, h, w, c) : of(ChannelsFirst.of(v, n, h, w, c), n, c, h, w);
  }

  static float[] floats(INDArray a) {
    return a.dup('c').data().asFloat();
  }

  static float[] imageFloats(INDArray a, boolean last) {
    return floats(last ? a : a.permute(0, 2, 3, 1));
  }

  /** A row for each label, with 1 at its place. */
  static INDArray oneHot(int[] labels, int classes) {
    float[] v = new float[labels.length * classes];
    for (int i = 0; i < labels.length; i++) {
      v[i * classes + labels[i]] = 1;
    }
    return of(v, labels.length, classes);
  }

  /** The shape of a parameter in DL4J, whose filters are the same with channels last. */
  private static long[] shape(Net.Parameter p) {
    int[] s = p.shape();
    return switch (p.role()) {
      case FILTER -> new long[] {s[0], s[3], s[1], s[2]};
      case LINEAR, AFTER_IMAGE -> new long[] {s[1], s[0]};
      case BIAS, GAMMA -> new long[] {1, s[0]};
    };
  }

  /** Weights [in, out] lie in memory column after column, which are the rows [out, in]. */
  private static char order(Net.Parameter p) {
    return switch (p.role()) {
      case LINEAR, AFTER_IMAGE -> 'f';
      default -> 'c';
    };
  }

  /** Images with channels last stay so when they become rows. */
  private static boolean same(Net.Parameter p, boolean last) {
    return last && p.role() == Net.Role.AFTER_IMAGE;
  }

  static INDArray parameter(Net.Parameter p, float[] v, boolean last) {
    return Nd4j.create(same(p, last) ? v : ChannelsFirst.parameter(p, v), shape(p), order(p));
  }

  /** A parameter or its gradient in Jacana's layout. */
  static float[] back(Net.Parameter p, INDArray a, boolean last) {
    float[] v = a.dup(order(p)).data().asFloat();
    return same(p, last) ? v : ChannelsFirst.parameterBack(p, v);
  }

  /**
   * Memory that one call fills and the next one uses again. Without it every result is taken from
   * the system anew, which costs many times what is computed in it.
   */
  static final class Memory implements AutoCloseable {
    private final WorkspaceConfiguration policy =
        WorkspaceConfiguration.builder()
            .policyAllocation(AllocationPolicy.STRICT)
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .build();

    private final String id = "PEERS" + workspaces++;

    MemoryWorkspace enter() {
      return Nd4j.getWorkspaceManager().getAndActivateWorkspace(policy, id);
    }

    <T> T in(Supplier<T> f) {
      try (MemoryWorkspace inner = enter()) {
        return f.get();
      }
    }

    @Override
    public void close() {
      Nd4j.getWorkspaceManager().getWorkspaceForCurrentThread(policy, id).destroyWorkspace(true);
    }
  }
}
