package org.jacana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.jacana.autograd.Autograd;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.PoolSpec;
import org.jacana.op.BatchNorm;
import org.jacana.op.CrossEntropy;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/** The sentences that misuse is answered with. */
class ErrorsTest {
  private static DynamicTest says(String sentence, Executable misuse) {
    return DynamicTest.dynamicTest(
        sentence.substring(0, Math.min(60, sentence.length())),
        () -> {
          try (Scope s = Scope.open()) {
            RuntimeException e = assertThrows(IllegalArgumentException.class, misuse);
            assertEquals(sentence, e.getMessage());
          }
        });
  }

  private static Tensor t(int... shape) {
    return Tensor.ones(shape);
  }

  @TestFactory
  Stream<DynamicTest> sentences() {
    return Stream.of(
        says("of: [2, 2] needs 4 values, got 3", () -> Tensor.of(new float[3], 2, 2)),
        says("shape: extents must not be negative, got [2, -1]", () -> Shape.of(2, -1)),
        says("arange: step must not be 0", () -> Tensor.arange(0, 3, 0)),
        says(
            "add: shapes do not broadcast, got [2, 3] and [4]; aligned at the last axis, extents"
                + " must be equal or 1, but axis -1 has 3 and 4",
            () -> t(2, 3).add(t(4))),
        says(
            "where: the mask must be BOOL, got F32; compare it with 0, or cast it",
            () -> Tensor.where(t(2), t(2), t(2))),
        says(
            "matmul: columns of the left must equal rows of the right, got [2, 3] and [2, 3]",
            () -> t(2, 3).matmul(t(2, 3))),
        says(
            "matmul: needs two tensors of one float type, got F32 and I32; cast with to(...)",
            () -> t(2, 3).matmul(Tensor.arange(3))),
        says(
            "matmul: needs at least one axis, got [] and [2]; multiply by a scalar with mul",
            () -> t().matmul(t(2))),
        says(
            "linear: input's last axis must equal the weight's second, got input [2, 3], weight"
                + " [4, 5] [out, in]",
            () -> t(2, 3).linear(t(4, 5), null)),
        says("linear: bias must be [4], got [3]", () -> t(2, 3).linear(t(4, 3), t(3))),
        says(
            "conv2d: input has 3 channels but the filter expects 1 (input [64, 32, 32, 3], filter"
                + " [16, 3, 3, 1])",
            () -> t(64, 32, 32, 3).conv2d(t(16, 3, 3, 1), 1, 0)),
        says(
            "conv2d: the filter does not fit into the padded input; pad more or use a smaller"
                + " filter (input [1, 2, 2, 1], filter [1, 3, 3, 1])",
            () -> t(1, 2, 2, 1).conv2d(t(1, 3, 3, 1), 1, 0)),
        says(
            "conv2d: the filter's 3 outputs do not divide into 2 groups (input [1, 4, 4, 2],"
                + " filter [3, 1, 1, 1])",
            () ->
                t(1, 4, 4, 2).conv2d(t(3, 1, 1, 1), null, new ConvSpec(1, 1, 0, 0, 0, 0, 1, 1, 2))),
        says("conv2d: stride must be at least 1, got 0x0", () -> ConvSpec.of(0, 1)),
        says(
            "maxPool2d: the window 5x5 does not fit into input [1, 4, 4, 1]; use a smaller window"
                + " or more padding",
            () -> t(1, 4, 4, 1).maxPool2d(5, 1)),
        says(
            "maxPool2d: the window 2x2 does not fit into input [1, 0, 4, 1]; use a smaller window"
                + " or more padding",
            () -> t(1, 0, 4, 1).maxPool2d(new PoolSpec(2, 2, 1, 1, 1, 1, false, true))),
        says(
            "pool: padding must be between 0 and half the window, got padding 2x2 for window 3x3",
            () -> new PoolSpec(3, 3, 1, 1, 2, 2, false, true)),
        says("sum: axis 2 is out of range for shape [2, 3] of rank 2", () -> t(2, 3).sum(2)),
        says("sum: axis 1 is named twice in [1, -1]", () -> t(2, 3).sum(1, -1)),
        says("max: axis 0 of [0, 3] is empty", () -> t(0, 3).max(0)),
        says("argmax: axis 0 of [0, 3] is empty", () -> t(0, 3).argmax(0)),
        says("reshape: [2, 3] has 6 elements, [4] has 4", () -> t(2, 3).reshape(4)),
        says(
            "reshape: the extent -1 cannot be found for [2, 3] to [-1, 4]",
            () -> t(2, 3).reshape(-1, 4)),
        says(
            "permute: needs each of the 2 axes of [2, 3] once, got [0, 0]",
            () -> t(2, 3).permute(0, 0)),
        says(
            "expand: shapes do not broadcast, got [2] and [3]; aligned at the last axis, extents"
                + " must be equal or 1, but axis -1 has 2 and 3",
            () -> t(2).expand(3)),
        says("expand: [2, 3] does not broadcast to [3]", () -> t(2, 3).expand(3)),
        says("squeeze: axis 0 of [2, 3] has extent 2, not 1", () -> t(2, 3).squeeze(0)),
        says("slice: 1..5 is out of range for axis 1 of [2, 3]", () -> t(2, 3).slice(1, 1, 5)),
        says(
            "slice: step must be at least 1, got -1; use flip for reversed order",
            () -> t(3).slice(0, 0, 3, -1)),
        says("select: position 3 is out of range for axis 0 of [3]", () -> t(3).select(0, 3)),
        says("split: extents [1, 1] must add up to axis 0 of [3]", () -> t(3).split(0, 1, 1)),
        says(
            "pad: needs two non-negative numbers for each axis of [3] (before, after), got [1]",
            () -> t(3).pad(0, 1)),
        says("concat: needs at least one tensor", () -> Tensor.concat(0)),
        says(
            "concat: shapes must be equal but for axis 0, got [2, 3] and, at position 1, [2, 4]",
            () -> Tensor.concat(0, t(2, 3), t(2, 4))),
        says(
            "stack: shapes must be equal, got [2] and, at position 1, [3]",
            () -> Tensor.stack(0, t(2), t(3))),
        says(
            "gather: the index must be I32, got F32; cast with to(DType.I32)",
            () -> t(3).gather(0, t(3))),
        says(
            "gather: index 3 is out of range for an axis of 3 elements",
            () -> t(3).gather(0, Tensor.of(new int[] {3}))),
        says(
            "scatterAdd: index -1 is out of range for an axis of 3 elements",
            () -> t(3).scatterAdd(0, Tensor.of(new int[] {-1}), t(1))),
        says(
            "topK: k must be between 0 and the last extent of [2, 3], got 4",
            () -> t(2, 3).topK(4)),
        says("oneHot: label 4 is out of range for 4 classes", () -> Tensor.arange(5).oneHot(4)),
        says("clamp: low must not be above high, got 2.0 and 1.0", () -> t(2).clamp(2, 1)),
        says(
            "crossEntropy: label 3 is out of range for 3 classes (logits [2, 3]); labels count"
                + " from 0",
            () -> CrossEntropy.crossEntropy(t(2, 3), Tensor.of(new int[] {0, 3}))),
        says(
            "batchNorm: needs more than one value per channel when training, got [1, 3]; use a"
                + " larger batch or eval()",
            () -> BatchNorm.batchNorm(t(1, 3), t(3), t(3), 1e-5)),
        says(
            "item: needs exactly one element, got shape [2]; index or reduce first",
            () -> t(2).item()),
        says("assign: shapes must be equal, got [2] and [3]", () -> t(2).assign(t(3))),
        says(
            "assign: an expanded tensor repeats elements and cannot be written; copy it first",
            () -> t(1).expand(3).assign(t(3))),
        says("random: needs a float type, got I32", () -> new Generator(1).uniform(DType.I32, 2)),
        says("threads: must be between 1 and 1024, got 0", () -> Device.threads(0)),
        says(
            "backward: y [] was computed from nothing that requires a gradient, or inside noGrad",
            () -> Autograd.backward(t())),
        says(
            "add: inputs are on different devices, cpu and reference; move one with to(device)",
            () -> t(2).add(t(2).to(Device.REFERENCE))));
  }

  @Test
  void useAfterCloseNamesBothPlaces() {
    Tensor x = Tensor.ones(2, 3);
    x.close();
    String m = assertThrows(IllegalStateException.class, x::exp).getMessage();
    assertTrue(
        m.matches(
            "exp: input 0 \\(F32 \\[2, 3]\\) is closed; made at ErrorsTest.java:\\d+, closed at"
                + " ErrorsTest.java:\\d+"),
        m);
    for (Executable use :
        new Executable[] {
          x::floats,
          x::bytes,
          x::detach,
          x::zerosLike,
          () -> x.sum(),
          () -> x.argmax(0),
          () -> x.requiresGrad(true),
          () -> x.assign(x),
          () -> x.to(Device.REFERENCE)
        }) {
      assertThrows(IllegalStateException.class, use);
    }
  }

  @Test
  void badInputLeavesNothingAlive() {
    long before = LeakExtension.liveBytes();
    Tensor x = Tensor.ones(2, 3);
    Tensor wrong = Tensor.ones(4);
    assertThrows(IllegalArgumentException.class, () -> x.add(wrong));
    assertThrows(IllegalArgumentException.class, () -> x.matmul(wrong));
    assertThrows(IllegalArgumentException.class, () -> Tensor.stack(0, x, wrong));
    assertThrows(IllegalArgumentException.class, () -> Tensor.of(new float[2], 3));
    Tensor index = Tensor.of(new int[] {7});
    assertThrows(IllegalArgumentException.class, () -> x.indexSelect(0, index));
    Tensor g = Tensor.ones(3);
    g.close();
    assertThrows(IllegalStateException.class, () -> BatchNorm.batchNorm(x, g, g, 1e-5));
    index.close();
    wrong.close();
    x.close();
    assertEquals(before, LeakExtension.liveBytes());
  }
}
