package org.jacana.optim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jacana.Profiler;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Changes parameters by their gradients. It owns its running averages and closes them with itself;
 * the parameters belong to whoever gave them.
 *
 * <p>A step changes everything or nothing: all gradients are checked, and all that it keeps is
 * made, before the first parameter is written. Only where the device has no kernel for an update,
 * whose parts then need memory of their own, running out of it may leave later parameters as they
 * were. Parameters without a gradient are left alone, and so is their state.
 */
public abstract class Optimizer implements AutoCloseable {
  private final String name;
  private final List<Group> groups = new ArrayList<>();
  private final List<Parameter> entries = new ArrayList<>();
  private final Set<Tensor> known = Collections.newSetFromMap(new IdentityHashMap<>());
  private final StepCount replay;
  private double rate = 1e-3;
  private boolean closed;

  /** What a wrapper does after each step; null for nothing. */
  private Runnable after;

  /**
   * What must be saved to go on exactly where training stopped.
   *
   * @param tensors by "position.slot", such as "0.momentum_buffer"; the optimizer's own, not copies
   * @param scalars options, learning rate and the number of steps of each parameter
   */
  public record State(Map<String, Tensor> tensors, Map<String, Double> scalars) {}

  /**
   * An optimizer of these parameters with learning rate 0.001.
   *
   * @param name its name in messages
   * @throws IllegalArgumentException if there are none, one is given twice, is not a float tensor,
   *     or is the result of an operation
   */
  protected Optimizer(String name, List<Tensor> parameters, double weightDecay) {
    this.name = name;
    this.replay = new StepCount(name, this::stepNumbers);
    addGroup(parameters, 1, weightDecay);
  }

  /** Adds parameters with their own factor on the learning rate and their own weight decay. */
  protected final void addGroup(List<Tensor> parameters, double rateFactor, double weightDecay) {
    requireOpen();
    Group group =
        new Group(
            notNegative("learning rate factor", rateFactor),
            notNegative("weight decay", weightDecay));
    if (parameters.isEmpty()) {
      throw new IllegalArgumentException(name + ": there are no parameters to train");
    }
    Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < parameters.size(); i++) {
      Tensor p = parameters.get(i);
      String rule = null;
      if (p == null) {
        rule = "is null";
      } else if (!p.isOpen()) {
        rule = "is closed";
      } else if (!p.dtype().isFloat()) {
        rule = "must have a float type, got " + p.dtype();
      } else if (p.node() != null && !p.node().isLeaf()) {
        rule = "is the result of '" + p.node().name() + "'; only leaves can be trained";
      } else if (p.view().layout().overlaps()) {
        rule = "is expanded and repeats elements; copy it first";
      } else if (known.contains(p) || !seen.add(p)) {
        rule = "is given twice; a shared parameter is trained once";
      }
      if (rule != null) {
        throw new IllegalArgumentException(
            name + ": parameter " + i + (p == null ? " " : " " + p.shape() + " ") + rule);
      }
    }
    known.addAll(parameters);
    groups.add(group);
    parameters.forEach(p -> entries.add(new Parameter(p, group)));
  }

  /** The names of the running averages that a parameter may have; they start at zero. */
  protected abstract List<String> slots();

  /** Those of {@link #slots()} that a parameter needs under these options; all, by default. */
  protected List<String> slots(Tensor parameter, Map<String, Double> options) {
    return slots();
  }

  /** The hyper-parameters besides learning rate and weight decay, by name. */
  protected abstract Map<String, Double> options();

  /** Checks hyper-parameters from {@link #options} and returns the action that sets them. */
  protected abstract Runnable options(Map<String, Double> values);

  /** Throws where options contradict each other; called before each step. */
  protected void requireConsistent() {}

  /**
   * Numbers for the update's kernel that depend on the number of the step, from 1; null for none.
   * They are written to the device before each step ({@link Parameter#numbers}).
   */
  protected double[] stepNumbers(long step) {
    return null;
  }

  /**
   * What the host has to do before each replay of a {@link org.jacana.CapturedStep} in which this
   * optimizer's step was recorded: count it, and write what depends on its number. Does nothing
   * where a replay runs the step itself, as on the CPU.
   */
  public final void beforeReplay() {
    requireOpen();
    replay.beforeReplay();
  }

  /** Changes one parameter and its slots; unrecorded, in a scope of its own on its device. */
  protected abstract void update(Parameter p, Tensor gradient);

  /**
   * Changes several parameters at once, which share the device, the learning rate, the weight
   * decay, {@link Parameter#numbers} and {@link Parameter#fresh}; or changes nothing and answers
   * false.
   */
  protected boolean updateMany(List<Parameter> parameters, List<Tensor> gradients) {
    return false;
  }

  /** Changes the parameters by their {@link Tensor#grad}. */
  public final void step() {
    step(entries.stream().map(p -> p.value.grad()).collect(Collectors.toList()));
  }

  /**
   * Changes the parameters by the given gradients.
   *
   * @param gradients one for each parameter, in their order; null for none
   * @throws IllegalArgumentException if a gradient does not fit its parameter
   * @throws IllegalStateException if the optimizer, a parameter or a gradient is closed
   */
  public final void step(List<Tensor> gradients) {
    requireOpen();
    requireConsistent();
    if (after != null && entries.stream().anyMatch(p -> p.value.backend().capturing())) {
      throw new IllegalStateException(
          name + ": a step after which slow weights follow cannot be recorded; run it as it is");
    }
    if (gradients.size() != entries.size()) {
      throw new IllegalArgumentException(
          name
              + ": needs one gradient for each of "
              + entries.size()
              + " parameters (null for none), got "
              + gradients.size());
    }
    for (int i = 0; i < entries.size(); i++) {
      if (gradients.get(i) != null) {
        check(i, entries.get(i).value, gradients.get(i));
      }
    }
    List<Parameter> taking = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      if (gradients.get(i) != null) {
        taking.add(entries.get(i));
      }
    }
    prepare(taking);
    replay.begin(taking);
    try (Autograd.Mode off = Autograd.noGrad();
        Profiler.Span span = Profiler.span(name)) {
      for (Together t : Together.of(entries, gradients)) {
        try (Scope scope = Scope.open(t.device())) {
          if (t.parameters().size() > 1 && updateMany(t.parameters(), t.gradients())) {
            t.parameters().forEach(p -> p.fresh = false);
            continue;
          }
          for (int i = 0; i < t.parameters().size(); i++) {
            try (Scope one = Scope.open()) {
              update(t.parameters().get(i), t.gradients().get(i));
              t.parameters().get(i).fresh = false;
            }
          }
        }
      }
    }
    if (after != null) {
      after.run();
    }
  }

  private void prepare(List<Parameter> taking) {
    Map<String, Double> options = options();
    taking.forEach(p -> p.prepare(slots(p.value, options), rate));
  }

  /**
   * Makes what the first step would make, such as running averages, so that its memory is taken;
   * changes nothing else.
   */
  public final void prepare() {
    requireOpen();
    prepare(entries);
  }

  /**
   * Runs something after each step; null ends that.
   *
   * @throws IllegalStateException if something is run already
   */
  final void after(Runnable then) {
    if (then != null && after != null) {
      throw new IllegalStateException(name + ": is wrapped already; close the other wrapper first");
    }
    after = then;
  }

  private void check(int i, Tensor p, Tensor g) {
    p.requireOpen(name + ": parameter " + i, 0);
    g.requireOpen(name + ": gradient " + i, 0);
    if (!g.shape().equals(p.shape()) || g.dtype() != p.dtype() || g.backend() != p.backend()) {
      throw new IllegalArgumentException(
          name
              + ": gradient "
              + i
              + " must be like its parameter "
              + p.dtype()
              + " "
              + p.shape()
              + " on "
              + p.device()
              + ", got "
              + g.dtype()
              + " "
              + g.shape()
              + " on "
              + g.device());
    }
  }

  /** Forgets the parameters' gradients. */
  public final void zeroGrad() {
    entries.forEach(p -> p.value.zeroGrad());
  }

  /** The parameters of all groups, in the order they were given. */
  public final List<Tensor> parameters() {
    return entries.stream().map(p -> p.value).collect(Collectors.toList());
  }

  public final double learningRate() {
    return rate;
  }

  /**
   * Changes the learning rate; groups multiply it by their factor.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Optimizer learningRate(double rate) {
    requireOpen();
    this.rate = notNegative("learning rate", rate);
    groups.forEach(g -> g.rates.forEach(t -> write(t, rate * g.rateFactor)));
    return this;
  }

  private static void write(Tensor t, double value) {
    t.backend().fill(t.view(), value);
    t.view().buffer().changed();
  }

  /** Sets the weight decay of the first group. */
  protected final void firstDecay(double weightDecay) {
    groups.get(0).weightDecay = notNegative("weight decay", weightDecay);
  }

  /** What is to be saved; tensors stay valid until the next {@link #load} or {@link #close}. */
  public final State state() {
    requireOpen();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<String, Double> scalars = new LinkedHashMap<>(options());
    scalars.put("learning_rate", rate);
    for (int i = 0; i < groups.size(); i++) {
      scalars.put("group." + i + ".learning_rate_factor", groups.get(i).rateFactor);
      scalars.put("group." + i + ".weight_decay", groups.get(i).weightDecay);
    }
    for (int i = 0; i < entries.size(); i++) {
      Parameter p = entries.get(i);
      if (p.steps > 0) {
        scalars.put(i + ".step", (double) p.steps);
        for (Map.Entry<String, Tensor> slot : p.slots.entrySet()) {
          tensors.put(i + "." + slot.getKey(), slot.getValue());
        }
      }
    }
    return new State(tensors, scalars);
  }

  /**
   * Continues from a saved state; its tensors are copied. Nothing changes when it does not fit.
   *
   * @throws IllegalArgumentException if it is another optimizer's, or of other parameters
   */
  public final void load(State state) {
    requireOpen();
    Map<String, Double> left = new TreeMap<>(state.scalars());
    Map<String, Double> options = new LinkedHashMap<>();
    options().keySet().forEach(k -> options.put(k, take(left, k)));
    Runnable set = options(options);
    double newRate = notNegative("learning rate", take(left, "learning_rate"));
    double[] factors = new double[groups.size()];
    double[] decays = new double[groups.size()];
    for (int i = 0; i < factors.length; i++) {
      String group = "group." + i + ".";
      factors[i] = notNegative("learning rate factor", take(left, group + "learning_rate_factor"));
      decays[i] = notNegative("weight decay", take(left, group + "weight_decay"));
    }
    long[] steps = new long[entries.size()];
    for (int i = 0; i < steps.length; i++) {
      Double n = left.remove(i + ".step");
      if (n != null && !(n >= 1 && n == Math.rint(n) && n < 1L << 53)) {
        throw new IllegalArgumentException(
            name + ": the state's '" + i + ".step' must be a whole number from 1, got " + n);
      }
      steps[i] = n == null ? 0 : n.longValue();
    }
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(
          name + ": the state has '" + left.keySet().iterator().next() + "', which is not known");
    }
    List<Map<String, Tensor>> slots = sort(state.tensors(), steps, options);

    List<Map<String, Tensor>> copies = new ArrayList<>();
    try {
      for (int i = 0; i < steps.length; i++) {
        Map<String, Tensor> own = new LinkedHashMap<>();
        copies.add(own);
        for (Map.Entry<String, Tensor> slot : slots.get(i).entrySet()) {
          Tensor copy = entries.get(i).zeros();
          own.put(slot.getKey(), copy);
          copy.assign(slot.getValue());
        }
      }
    } catch (RuntimeException | Error e) {
      copies.forEach(m -> m.values().forEach(Tensor::close));
      throw e;
    }
    for (int i = 0; i < steps.length; i++) {
      Parameter p = entries.get(i);
      p.slots.values().forEach(Tensor::close);
      p.slots.clear();
      p.slots.putAll(copies.get(i));
      p.steps = steps[i];
      p.fresh = false;
    }
    set.run();
    for (int i = 0; i < factors.length; i++) {
      groups.get(i).rateFactor = factors[i];
      groups.get(i).weightDecay = decays[i];
    }
    replay.forget();
    learningRate(newRate);
  }

  private List<Map<String, Tensor>> sort(
      Map<String, Tensor> tensors, long[] steps, Map<String, Double> options) {
    List<Map<String, Tensor>> sorted = new ArrayList<>();
    int found = 0;
    for (int i = 0; i < entries.size(); i++) {
      Map<String, Tensor> mine = new LinkedHashMap<>();
      String prefix = i + ".";
      Tensor p = entries.get(i).value;
      for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
        if (!e.getKey().startsWith(prefix)) {
          continue;
        }
        Tensor t = e.getValue();
        t.requireOpen(name + ": the state's '" + e.getKey() + "'", 0);
        if (!t.shape().equals(p.shape()) || !t.dtype().isFloat() || steps[i] == 0) {
          throw new IllegalArgumentException(
              name
                  + ": the state's '"
                  + e.getKey()
                  + "' must be a float tensor "
                  + p.shape()
                  + " with '"
                  + prefix
                  + "step' beside it, got "
                  + t.dtype()
                  + " "
                  + t.shape()
                  + "; it belongs to other parameters");
        }
        mine.put(e.getKey().substring(prefix.length()), t);
      }
      List<String> needed = slots(p, options);
      boolean whole =
          mine.keySet().containsAll(needed) && Set.copyOf(slots()).containsAll(mine.keySet());
      if (!whole && steps[i] > 0) {
        throw new IllegalArgumentException(
            name + ": the state of parameter " + i + " needs " + needed + ", got " + mine.keySet());
      }
      found += mine.size();
      sorted.add(mine);
    }
    if (found != tensors.size()) {
      throw new IllegalArgumentException(
          name
              + ": the state has tensors "
              + tensors.keySet()
              + ", but there are "
              + entries.size()
              + " parameters");
    }
    return sorted;
  }

  private double take(Map<String, Double> from, String key) {
    Double value = from.remove(key);
    if (value == null) {
      throw new IllegalArgumentException(
          name + ": the state has no '" + key + "'; it is of another optimizer or grouping");
    }
    return value;
  }

  /** Closes the running averages; the parameters stay. */
  @Override
  public final void close() {
    closed = true;
    entries.forEach(p -> p.slots.values().forEach(Tensor::close));
    groups.forEach(g -> g.rates.forEach(Tensor::close));
    groups.forEach(g -> g.numbers.forEach(Tensor::close));
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(name + ": the optimizer is closed");
    }
  }

  /** The value, if it is finite and not negative. */
  protected final double notNegative(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          name + ": " + what + " must be finite and not negative, got " + value);
    }
    return value;
  }

  /** The value, if it is in [0, 1). */
  protected final double fraction(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(
          name + ": " + what + " must be at least 0 and below 1, got " + value);
    }
    return value;
  }
}
