package org.jacana.io.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jacana.Generator;
import org.jacana.Shape;
import org.jacana.data.FormatException;
import org.jacana.nn.Activation;
import org.jacana.nn.BatchNorm;
import org.jacana.nn.Conv2d;
import org.jacana.nn.Dropout;
import org.jacana.nn.Flatten;
import org.jacana.nn.Linear;
import org.jacana.nn.MaxPool2d;
import org.jacana.nn.Sequential;
import org.junit.jupiter.api.Test;

/** Damaged files are refused, or are valid models; nothing else happens. */
class OnnxFuzzTest {
  private static final int FILES = 100_000;

  private static byte[] ours() {
    Generator random = new Generator(1);
    try (Sequential m =
        new Sequential(
            new Conv2d(1, 2, 3, 1, 1, true, random),
            new BatchNorm(2),
            Activation.hardtanh(),
            new MaxPool2d(2),
            new Dropout(0.5),
            new Flatten(),
            new Linear(8, 3, random))) {
      return Onnx.export(m, Shape.of(4, 4, 1)).metadata("from", "here").bytes();
    }
  }

  private static byte[] foreign() {
    int[] two = {2};
    return new Foreign()
        .input("x", -1, 2)
        .tensor(Wire.head("a", two, 1).number(4, 1).number(4, 2))
        .tensor(Wire.head("b", two, 6).integer(5, 1).integer(5, -2))
        .tensor(Wire.head("c", two, 7).bytes(7, new byte[] {1, 2}))
        .tensor(Wire.head("d", two, 9).bytes(9, new byte[] {1, 0}))
        .node("Mul", "x a", "h")
        .node("Pad", "h c", "p", "mode", "edge")
        .node("Cast", "b", "f", "to", 1)
        .node("LSTM", "x", "l", "activations", new String[] {"Tanh"}, "z", new float[] {1})
        .node("Transpose", "p", "y", "perm", new int[] {1, 0})
        .output("y")
        .bytes(13);
  }

  @Test
  void mutationsGiveOnlyFormatExceptions() {
    List<byte[]> seeds = new ArrayList<>(List.of(ours(), foreign()));
    ForeignCases.all().forEach(c -> seeds.add(c.bytes()));
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    SplittableRandom random = new SplittableRandom(1);
    int refused = 0;
    int built = 0;
    long most = 0;
    for (int i = 0; i < FILES; i++) {
      byte[] bytes =
          mutated(seeds.get(i % seeds.size()), seeds.get(random.nextInt(seeds.size())), random);
      long before = memory.getCurrentThreadAllocatedBytes();
      try {
        OnnxModel m = Onnx.read("fuzz", bytes);
        most = Math.max(most, memory.getCurrentThreadAllocatedBytes() - before);
        m.module().close();
        built++;
      } catch (FormatException e) {
        most = Math.max(most, memory.getCurrentThreadAllocatedBytes() - before);
        refused++;
      }
    }
    assertTrue(refused > FILES / 3, refused + " refused");
    assertTrue(built > FILES / 100, built + " built");
    assertTrue(most < 16_000_000, most + " bytes for one file");
  }

  private static byte[] mutated(byte[] seed, byte[] other, SplittableRandom random) {
    byte[] bytes = seed;
    int changes = random.nextBoolean() ? 1 : random.nextInt(2, 4);
    for (int n = changes; n > 0 && bytes.length > 0; n--) {
      int at = random.nextInt(bytes.length);
      bytes =
          switch (random.nextInt(7)) {
            case 0 -> with(bytes, at, bytes[at] ^ 1 << random.nextInt(8));
            case 1 -> with(bytes, at, random.nextInt(256));
            case 2 -> Arrays.copyOf(bytes, at);
            case 3 -> spliced(bytes, at, at, varint(random), random);
            case 4 -> spliced(bytes, at, at + 1, varint(random), random);
            case 5 -> spliced(bytes, at, at, part(bytes, random), random);
            default -> spliced(bytes, at, at + random.nextInt(9), part(other, random), random);
          };
    }
    return bytes;
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] b = bytes.clone();
    b[at] = (byte) value;
    return b;
  }

  /** An interesting number: small, large, or of the edges of int and long. */
  private static byte[] varint(SplittableRandom random) {
    long[] edges = {0, 1, 127, 128, Integer.MAX_VALUE, 1L << 31, -1, Long.MIN_VALUE, 1L << 62};
    return new Wire().varint(edges[random.nextInt(edges.length)]).bytes();
  }

  private static byte[] part(byte[] bytes, SplittableRandom random) {
    int from = random.nextInt(bytes.length);
    return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + random.nextInt(1, 80)));
  }

  /** The bytes with those of a range replaced, and sometimes a length before it made right. */
  private static byte[] spliced(
      byte[] bytes, int from, int to, byte[] with, SplittableRandom random) {
    int end = Math.min(bytes.length, to);
    byte[] out = new byte[bytes.length - (end - from) + with.length];
    System.arraycopy(bytes, 0, out, 0, from);
    System.arraycopy(with, 0, out, from, with.length);
    System.arraycopy(bytes, end, out, from + with.length, bytes.length - end);
    if (from > 0 && random.nextBoolean()) {
      out[from - 1] = (byte) Math.min(127, with.length);
    }
    return out;
  }
}
