package org.jacana.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Buffer;
import org.jacana.nn.Losses;
import org.jacana.nn.Module;
import org.jacana.optim.Optimizer;

/**
 * Bytes of tensors that are live at the moment of a training step when most are, on the CPU. It is
 * found from steps of 2 and of 3 examples: each buffer's size is a line in the batch size, so the
 * whole course of a step of any size follows from them. Where the two steps differ in more than
 * sizes, the step itself is run.
 *
 * <p>Not counted are the kernels' scratch memory, which hardly grows with the batch (7 to 11 MiB
 * for lenet and resnet8), what the pool keeps for reuse, and the Java heap.
 *
 * @param batch examples of the step
 * @param peak all bytes; the sum of the five below
 * @param parameters of parameters and buffers, such as running statistics
 * @param optimizer of what the optimizer keeps from step to step
 * @param gradients of the parameters, as far as there are any at that moment
 * @param activations made by the forward pass and kept for the backward pass, and the batch itself
 * @param temporaries of everything else
 * @param phase in which that moment lies
 */
public record StepMemory(
    int batch,
    long peak,
    long parameters,
    long optimizer,
    long gradients,
    long activations,
    long temporaries,
    Phase phase) {

  /** The parts of a step. */
  public enum Phase {
    FORWARD,
    BACKWARD,
    UPDATE
  }

  private static final double MIB = 1 << 20;

  /** The smaller batch that is tried; a batch of 1 lacks what batch norm needs. */
  private static final int SMALL = 2;

  /**
   * The memory of a classifier's steps with the cross-entropy.
   *
   * @param example the shape of one example
   */
  public static StepMemory of(
      Module model,
      Function<List<Tensor>, ? extends Optimizer> optimizer,
      Shape example,
      int batch) {
    return of(
        model,
        optimizer,
        new Objective(Losses::crossEntropy, true, 0),
        n -> Tensor.zeros(example.insert(0, n).dims()),
        n -> Tensor.zeros(DType.I32, n),
        batch);
  }

  /**
   * The memory of a model's steps. The model's values stay as they are; its gradients are
   * forgotten.
   *
   * @param optimizer makes the optimizer, which is closed again
   * @param input n examples, all of one shape
   * @param target what the loss compares the output for n examples with
   * @throws IllegalArgumentException if there is not at least 1 example in the batch
   * @throws UnsupportedOperationException if the model is not in the host's memory
   */
  public static StepMemory of(
      Module model,
      Function<List<Tensor>, ? extends Optimizer> optimizer,
      Loss loss,
      IntFunction<Tensor> input,
      IntFunction<Tensor> target,
      int batch) {
    Objective objective = new Objective(Objects.requireNonNull(loss, "loss"), false, 0);
    return of(model, optimizer, objective, input, target, batch);
  }

  private static StepMemory of(
      Module model,
      Function<List<Tensor>, ? extends Optimizer> optimizer,
      Objective objective,
      IntFunction<Tensor> input,
      IntFunction<Tensor> target,
      int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException(
          "memory of a step: the batch must be at least 1, is " + batch);
    }
    Device device = Training.device(model);
    List<Tensor> tensors = new ArrayList<>(model.parameters());
    tensors.addAll(model.namedBuffers().values());
    Generator standard = Generator.standard();
    long seed = standard.seed();
    long offset = standard.offset();
    boolean training = model.isTraining();
    model.train();
    model.zeroGrad();
    try (Scope scope = Scope.open(device);
        Buffers values = new Buffers(tensors)) {
      IntFunction<Feed.Batch> data = n -> new Feed.Batch(input.apply(n), target.apply(n));
      return find(new Dry(model, objective, data, device), optimizer, bytes(tensors), batch);
    } finally {
      model.zeroGrad();
      model.train(training);
      standard.reset(seed, offset);
    }
  }

  private static StepMemory find(
      Dry dry, Function<List<Tensor>, ? extends Optimizer> make, long parameters, int batch) {
    long kept;
    Optimizer optimizer;
    int small = Math.min(SMALL, batch);
    try (Lifetimes first = new Lifetimes(dry.device)) {
      optimizer = make.apply(dry.model.parameters());
      try {
        dry.step(optimizer, small, () -> {}, () -> {});
      } catch (RuntimeException | Error e) {
        optimizer.close();
        throw e;
      }
      kept = first.growth();
    }
    try (optimizer) {
      StepTrace one = dry.trace(optimizer, small);
      if (batch > small) {
        StepTrace next = dry.trace(optimizer, small + 1);
        one =
            one.alike(next)
                ? StepTrace.extrapolate(one, small, next, batch)
                : dry.trace(optimizer, batch);
      }
      return one.memory(batch, parameters, kept);
    }
  }

  private static long bytes(List<Tensor> tensors) {
    Set<Buffer> all = Collections.newSetFromMap(new IdentityHashMap<>());
    tensors.forEach(t -> all.add(t.view().buffer()));
    return all.stream().mapToLong(Buffer::bytes).sum();
  }

  /** Steps whose results nobody wants. */
  private record Dry(
      Module model, Objective objective, IntFunction<Feed.Batch> data, Device device) {

    void step(Optimizer optimizer, int n, Runnable forwardDone, Runnable backwardDone) {
      Loss marked =
          (y, t) -> {
            Tensor l = objective.loss().of(y, t);
            forwardDone.run();
            return l;
          };
      Objective o = new Objective(marked, objective.classifier(), objective.classes());
      StepWork work = new StepWork(model, optimizer, o, Clipping.NONE, null, null, null);
      try (StepWork.Pass pass = work.pass(device)) {
        pass.add(() -> data.apply(n), n);
        backwardDone.run();
        pass.finish().close();
      }
    }

    StepTrace trace(Optimizer optimizer, int n) {
      int[] marks = new int[2];
      Set<Integer> gradients = new HashSet<>();
      try (Lifetimes buffers = new Lifetimes(device)) {
        step(
            optimizer,
            n,
            () -> marks[0] = buffers.now(),
            () -> {
              marks[1] = buffers.now();
              for (Tensor p : model.parameters()) {
                if (p.grad() != null) {
                  gradients.add(buffers.of(p.grad().view().buffer()));
                }
              }
            });
        return new StepTrace(
            buffers.events(), buffers.sizes(), Set.copyOf(gradients), marks[0], marks[1]);
      }
    }
  }

  /** One line in MiB. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "memory of a training step, batch %d: %.1f MiB of tensors (parameters %.1f, gradients %.1f,"
            + " optimizer %.1f, activations %.1f, temporaries %.1f), reached in the %s",
        batch,
        peak / MIB,
        parameters / MIB,
        gradients / MIB,
        optimizer / MIB,
        activations / MIB,
        temporaries / MIB,
        switch (phase) {
          case FORWARD -> "forward pass";
          case BACKWARD -> "backward pass";
          case UPDATE -> "update";
        });
  }
}
