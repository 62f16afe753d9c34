package org.jacana.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Profiler;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * A function with parameters. A module owns its parameters, buffers and children, whatever scope
 * they were made in, and closes them when it is closed.
 *
 * <p>Subclasses register what they own in the constructor and implement {@link #forward}; callers
 * use {@link #apply}, which frees what the computation no longer needs.
 */
public abstract class Module implements AutoCloseable {
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();
  private final Map<String, Module> children = new LinkedHashMap<>();
  private final Map<String, Generator> generators = new LinkedHashMap<>();
  private boolean training = true;

  /** In the module around this one, for messages; null at the top. */
  private String name;

  /** Sees every module's call; for summaries and profiles. */
  public interface Observer {
    void called(Module module, Tensor input, Tensor output);

    /**
     * What goes on in the place of a module's output, which is closed if it is not that. A tensor
     * from outside, such as a leaf whose gradient is wanted, stays its maker's.
     */
    default Tensor replace(Module module, Tensor output) {
      return output;
    }
  }

  private static final ThreadLocal<Observer> OBSERVER = new ThreadLocal<>();

  /** The computation. Everything made here but the result may be closed when it returns. */
  protected abstract Tensor forward(Tensor x);

  /** Runs {@link #forward} in a scope of its own on the input's device and keeps the result. */
  public final Tensor apply(Tensor x) {
    if (x == null) {
      throw new IllegalArgumentException(this + ": the input is null");
    }
    return call(x, () -> new Tensor[] {forward(x)})[0];
  }

  /**
   * Runs a computation of any inputs and results as {@link #apply} runs {@link #forward}: in a
   * scope of its own on x's device. All results are kept; the observer sees x and the first one.
   */
  protected final Tensor[] call(Tensor x, Supplier<Tensor[]> computation) {
    try (Scope scope = Scope.open(x.device());
        Autograd.Mode label = Autograd.label(name);
        Profiler.Span span = Profiler.on() ? Profiler.span(title()) : null) {
      Tensor[] ys = computation.get();
      Observer observer = OBSERVER.get();
      if (observer != null) {
        observer.called(this, x, ys[0]);
        ys[0] = observer.replace(this, ys[0]);
      }
      for (Tensor y : ys) {
        scope.keep(y);
      }
      return ys;
    }
  }

  private String title() {
    String kind = getClass().getSimpleName();
    return name == null ? kind : name + " " + kind;
  }

  /** Whether this thread's calls of modules are observed. */
  static boolean observed() {
    return OBSERVER.get() != null;
  }

  /** Runs {@code body} with an observer of this thread's module calls. */
  public static void observe(Observer observer, Runnable body) {
    Observer before = OBSERVER.get();
    OBSERVER.set(observer);
    try {
      body.run();
    } finally {
      OBSERVER.set(before);
    }
  }

  private void requireNew(String name, Object part) {
    if (part == null) {
      throw new IllegalArgumentException(
          getClass().getSimpleName() + ": '" + name + "' must not be null");
    }
    if (name.isEmpty() || name.contains(".")) {
      throw new IllegalArgumentException(
          getClass().getSimpleName() + ": a name needs a letter and no dot, got '" + name + "'");
    }
    if (parameters.containsKey(name)
        || buffers.containsKey(name)
        || children.containsKey(name)
        || generators.containsKey(name)) {
      throw new IllegalArgumentException(
          getClass().getSimpleName() + ": the name '" + name + "' is used twice");
    }
  }

  /** Registers a trained tensor and returns it. */
  protected final Tensor parameter(String name, Tensor initial) {
    requireNew(name, initial);
    parameters.put(name, Scope.release(initial).requiresGrad(true));
    return initial;
  }

  /** Registers a tensor that is saved but not trained, and returns it. */
  protected final Tensor buffer(String name, Tensor initial) {
    requireNew(name, initial);
    buffers.put(name, Scope.release(initial));
    return initial;
  }

  /**
   * Registers a stream of random numbers that this module draws from when it is called, and returns
   * it, so that a training run can be continued with the numbers that come next.
   */
  protected final Generator generator(String name, Generator stream) {
    requireNew(name, stream);
    generators.put(name, stream);
    return stream;
  }

  /** Registers a module inside this one and returns it. */
  protected final <M extends Module> M child(String name, M module) {
    requireNew(name, module);
    children.put(name, module);
    ((Module) module).name = name;
    return module;
  }

  /** The modules directly inside this one, in order of registration. */
  public final Map<String, Module> children() {
    return new LinkedHashMap<>(children);
  }

  /** All parameters by dotted name, in order of registration. */
  public final Map<String, Tensor> namedParameters() {
    Map<String, Tensor> out = new LinkedHashMap<>();
    collect("", out, true);
    return out;
  }

  /** All buffers by dotted name. */
  public final Map<String, Tensor> namedBuffers() {
    Map<String, Tensor> out = new LinkedHashMap<>();
    collect("", out, false);
    return out;
  }

  private void collect(String prefix, Map<String, Tensor> out, boolean trained) {
    (trained ? parameters : buffers).forEach((name, t) -> out.put(prefix + name, t));
    children.forEach((name, m) -> m.collect(prefix + name + ".", out, trained));
  }

  /** All streams of random numbers that calls draw from, by dotted name; some may be one object. */
  public final Map<String, Generator> namedGenerators() {
    Map<String, Generator> out = new LinkedHashMap<>();
    namedModules()
        .forEach(
            (path, m) ->
                m.generators.forEach((n, g) -> out.put(path.isEmpty() ? n : path + "." + n, g)));
    return out;
  }

  /** All parameters in order of registration, each once however many names it has. */
  public final List<Tensor> parameters() {
    return new ArrayList<>(new LinkedHashSet<>(namedParameters().values()));
  }

  /** This module as "" and all inside it by dotted name, outer ones first. */
  public final Map<String, Module> namedModules() {
    Map<String, Module> out = new LinkedHashMap<>();
    collect("", out);
    return out;
  }

  private void collect(String path, Map<String, Module> out) {
    out.put(path, this);
    children.forEach((name, m) -> m.collect(path.isEmpty() ? name : path + "." + name, out));
  }

  /**
   * Changes the type of all parameters and buffers; their handles stay the same, their gradients
   * are forgotten.
   */
  public final Module to(DType type) {
    if (!type.isFloat()) {
      throw new IllegalArgumentException(this + ": parameters need a float type, got " + type);
    }
    parameters().forEach(p -> p.retype(type));
    namedBuffers().values().stream().filter(b -> b.dtype().isFloat()).forEach(b -> b.retype(type));
    return this;
  }

  /** The number of trained values. */
  public final long parameterCount() {
    return parameters().stream().mapToLong(Tensor::size).sum();
  }

  /** Multiply-adds of one call, without its children; 0 where nothing is multiplied. */
  public long multiplyAdds(Shape input, Shape output) {
    return 0;
  }

  /** Switches dropout and batch statistics on. */
  public final Module train() {
    return train(true);
  }

  /** Switches dropout and batch statistics off. */
  public final Module eval() {
    return train(false);
  }

  public final Module train(boolean on) {
    training = on;
    children.values().forEach(m -> m.train(on));
    return this;
  }

  public final boolean isTraining() {
    return training;
  }

  /** Forgets all parameters' gradients. */
  public final void zeroGrad() {
    parameters().forEach(Tensor::zeroGrad);
  }

  @Override
  public final void close() {
    children.values().forEach(Module::close);
    parameters.values().forEach(Tensor::close);
    buffers.values().forEach(Tensor::close);
  }

  @Override
  public String toString() {
    return getClass().getSimpleName();
  }
}
