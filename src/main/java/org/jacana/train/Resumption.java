package org.jacana.train;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Scope;
import org.jacana.data.Loader;
import org.jacana.io.ModuleState;
import org.jacana.optim.Optimizer;

/** Takes a run's state out, and puts it back into a run of the same kind, or changes nothing. */
final class Resumption {
  private final TrainingRun run;
  private final Fit.Model trained;
  private final Trainer options;
  private final Sums sums;
  private final Provenance provenance;
  private final Map<String, Stateful> parts = new LinkedHashMap<>();

  Resumption(
      TrainingRun run,
      Fit.Model trained,
      Trainer options,
      Loader loader,
      Sums sums,
      Callbacks callbacks) {
    this.run = run;
    this.trained = trained;
    this.options = options;
    this.sums = sums;
    provenance = new Provenance(trained, options, loader);
    Optimizer o = trained.optimizer();
    parts.put("optimizer", Stateful.of(o::state, o::load));
    if (trained.scale() != null) {
      parts.put(
          "loss scale",
          Stateful.of(
              () -> new Optimizer.State(Map.of(), trained.scale().state()),
              s -> trained.scale().load(s.scalars())));
    }
    if (trained.average() != null) {
      parts.put("average", Stateful.of(trained.average()::state, trained.average()::load));
    }
    options.also.forEach((name, s) -> parts.put("also " + name, s));
    callbacks.named().forEach((name, c) -> parts.put("callback " + name, stateful(c)));
  }

  private Stateful stateful(Callback c) {
    return Stateful.of(c::state, s -> c.load(run, s));
  }

  Checkpoint save() {
    Map<String, Double> place = new LinkedHashMap<>();
    place.put("epoch", (double) run.history.size());
    place.put("batch", (double) run.batch);
    place.put("step", (double) run.step);
    place.put("base_rate", run.baseRate);
    place.put("rate", run.rate);
    sums.save(place);
    Map<String, Checkpoint.Part> saved = new LinkedHashMap<>();
    saved.put(Checkpoint.RUN, new Checkpoint.Part(Map.of(), place));
    try (Scope scope = Scope.open(trained.device())) {
      parts.forEach(
          (name, s) -> {
            Optimizer.State state = s.state();
            if (state != null) {
              saved.put(name, Checkpoint.Part.of(state));
            }
          });
    }
    return new Checkpoint(
        ModuleState.copy(trained.model()),
        saved,
        Streams.save(trained.model()),
        run.history,
        provenance.map());
  }

  /**
   * Goes on from a checkpoint.
   *
   * @throws IllegalArgumentException if it is of another model, optimizer, data or order; nothing
   *     has changed then
   */
  void load(Checkpoint c) {
    provenance.requireSame(c.provenance());
    Map<String, Double> place = c.parts().get(Checkpoint.RUN).scalars();
    requirePlace(c, place);
    Runnable streams = Streams.restoring(trained.model(), c.generators());
    Deque<Runnable> undo = new ArrayDeque<>();
    try (Scope scope = Scope.open(trained.device())) {
      try {
        parts.forEach((name, s) -> load(c, name, s, undo));
        ModuleState.load(trained.model(), c.model(), "resume");
      } catch (RuntimeException | Error e) {
        while (!undo.isEmpty()) {
          undo.pop().run();
        }
        throw e;
      }
    }
    for (String name : c.parts().keySet()) {
      if (!name.equals(Checkpoint.RUN) && !parts.containsKey(name)) {
        run.note("resume: the checkpoint's " + name + " is not used, for this run has none");
      }
    }
    List<String> differences = provenance.differences(c.provenance());
    if (!differences.isEmpty()) {
      run.note(
          "resume: the run goes on, but perhaps not to the same bits: "
              + String.join("; ", differences));
    }
    streams.run();
    run.history.addAll(c.history());
    run.values = c.history().isEmpty() ? Map.of() : c.history().get(c.epoch() - 1).values();
    run.epoch = c.epoch() + (place.get("batch") > 0 ? 1 : 0);
    run.batch = place.get("batch").intValue();
    run.stepOfEpoch = (run.batch + options.accumulate - 1) / options.accumulate;
    run.step = c.step();
    run.baseRate = place.get("base_rate");
    run.rate = place.get("rate");
    sums.load(place);
    run.resumed = true;
  }

  private void load(Checkpoint c, String name, Stateful s, Deque<Runnable> undo) {
    Checkpoint.Part saved = c.parts().get(name);
    Optimizer.State own = s.state();
    if (saved == null) {
      if (own != null) {
        if (!name.startsWith("callback ")) {
          throw new IllegalArgumentException(
              "resume: the checkpoint has no state of this run's "
                  + name
                  + "; run as it was run when it was saved");
        }
        run.note("resume: the checkpoint has no state of " + name + ", which starts anew");
      }
      return;
    }
    Checkpoint.Part before = own == null ? null : Checkpoint.Part.of(own);
    undo.push(
        () -> {
          if (before != null) {
            s.load(before.state(trained.device()));
          }
        });
    try {
      s.load(saved.state(trained.device()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "resume: the checkpoint is of another run: " + e.getMessage(), e);
    }
  }

  private void requirePlace(Checkpoint c, Map<String, Double> place) {
    for (String key : new String[] {"base_rate", "rate", "loss_sum", "correct", "examples"}) {
      Double v = place.get(key);
      require(v != null && Double.isFinite(v), "its '" + key + "' is " + v);
    }
    require(place.get("base_rate") >= 0, "its learning rate is " + place.get("base_rate"));
    require(place.containsKey("last_loss"), "it has no last loss");
    require(c.epoch() == c.history().size(), "it has " + c.history().size() + " epochs' figures");
    require(
        c.epoch() <= options.epochs,
        "it stands after epoch " + c.epoch() + ", the run has " + options.epochs);
    require(
        c.epoch() < options.epochs || place.get("batch") == 0,
        "it stands in epoch " + (c.epoch() + 1) + ", the run has " + options.epochs);
    int batches = provenance.batches();
    require(
        place.get("batch") <= (batches < 0 ? Integer.MAX_VALUE : batches),
        "it stands at batch " + place.get("batch").longValue() + " of " + batches);
  }

  private static void require(boolean valid, String what) {
    if (!valid) {
      throw new IllegalArgumentException("resume: the checkpoint does not fit: " + what);
    }
  }
}
