package org.jacana.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jacana.io.AtomicFile;
import org.jacana.optim.Optimizer;

/**
 * Writes checkpoints into a folder during a run: checkpoint-STEP.safetensors, of which the last few
 * are kept, and, where that is asked for, best.safetensors. After each epoch unless told otherwise,
 * and always when the run ends or is stopped. An old one is deleted only when the new one is on the
 * disk; a process that is killed loses at most what came after the last one.
 *
 * <p>Those of later steps than a new one are deleted with the old ones: they are damaged, or of a
 * run that was taken up from an earlier step.
 *
 * <pre>{@code
 * trainer.callback(Checkpoints.in(folder).everySteps(500).best("val_loss", Goal.MIN))
 * }</pre>
 */
public final class Checkpoints implements Callback {
  /** The name of the best one. */
  public static final String BEST = "best.safetensors";

  private final Path folder;
  private int keep = 2;
  private int epochs = 1;
  private long steps;
  private double seconds;
  private boolean replace;
  private String figure;
  private Goal goal;
  private double best;
  private long lastStep = -1;
  private boolean lastEnded;
  private long lastNanos;

  private Checkpoints(Path folder) {
    this.folder = folder;
  }

  /** After each epoch, the last two are kept. */
  public static Checkpoints in(Path folder) {
    return new Checkpoints(folder);
  }

  private static void require(boolean valid, String what, Object is) {
    if (!valid) {
      throw new IllegalArgumentException("checkpoints: " + what + ", is " + is);
    }
  }

  /** How many are kept besides the best, at least 1; with 2 a damaged one is no loss. */
  public Checkpoints keep(int last) {
    require(last >= 1, "at least 1 must be kept", last);
    keep = last;
    return this;
  }

  /** After every so many epochs; 0 for no epoch. */
  public Checkpoints everyEpochs(int epochs) {
    require(epochs >= 0, "epochs must be at least 0", epochs);
    this.epochs = epochs;
    return this;
  }

  /** Also after every so many steps of the run; 0 for none. */
  public Checkpoints everySteps(long steps) {
    require(steps >= 0, "steps must be at least 0", steps);
    this.steps = steps;
    return this;
  }

  /** Also after the first step when the last one is so old; 0 for never. */
  public Checkpoints everySeconds(double seconds) {
    require(seconds >= 0, "seconds must be at least 0", seconds);
    this.seconds = seconds;
    return this;
  }

  /** Whether another run's checkpoints are deleted at the start; they are an error unless set. */
  public Checkpoints replace(boolean on) {
    replace = on;
    return this;
  }

  /**
   * Also keeps that of the epoch with the best figure so far, such as val_loss, as {@link #BEST}.
   */
  public Checkpoints best(String figure, Goal goal) {
    this.figure = figure;
    this.goal = goal;
    best = goal.worst();
    return this;
  }

  @Override
  public void start(TrainingRun run) throws IOException {
    lastNanos = System.nanoTime();
    lastStep = run.resumed() ? run.step() : -1;
    lastEnded = run.betweenEpochs();
    AtomicFile.sweep(folder, Checkpoint.PREFIX);
    AtomicFile.sweep(folder, BEST);
    if (!run.resumed() && replace && Files.exists(folder.resolve(BEST))) {
      AtomicFile.delete(folder.resolve(BEST));
    }
    for (Path old : Checkpoint.list(folder)) {
      if (!run.resumed() && replace) {
        AtomicFile.delete(old);
      } else if (!run.resumed()) {
        throw new IOException(
            folder
                + ": checkpoints of another run are here ("
                + old.getFileName()
                + "); resume it, or name another folder");
      }
    }
  }

  @Override
  public void settled(TrainingRun run, boolean epochEnded) throws IOException {
    boolean due =
        epochEnded
            ? epochs > 0 && run.epoch() % epochs == 0
            : (steps > 0 && run.step() % steps == 0)
                || (seconds > 0 && System.nanoTime() - lastNanos >= seconds * 1e9);
    boolean record = false;
    if (epochEnded && figure != null) {
      double now = run.figure(figure, "checkpoints");
      if (goal.better(now, best, 0)) {
        best = now;
        record = true;
      }
    }
    if (!due && !record) {
      return;
    }
    Checkpoint c = run.checkpoint();
    if (record) {
      c.write(folder.resolve(BEST));
    }
    if (due) {
      write(c, epochEnded);
    }
  }

  private void write(Checkpoint c, boolean epochEnded) throws IOException {
    c.write(folder.resolve(Checkpoint.name(c.step())));
    lastStep = c.step();
    lastEnded = epochEnded;
    lastNanos = System.nanoTime();
    int kept = 0;
    for (Path file : Checkpoint.list(folder)) {
      // Of later steps are only damaged ones that were passed over, and those of a run that was
      // resumed from an earlier one.
      kept += Checkpoint.stepOf(file) <= c.step() ? 1 : 0;
      if (kept == 0 || kept > keep) {
        AtomicFile.delete(file);
      }
    }
  }

  /** The last state is kept, unless it is already. */
  @Override
  public void end(TrainingRun run) throws IOException {
    if (run.step() > 0 && (run.step() != lastStep || (run.betweenEpochs() && !lastEnded))) {
      write(run.checkpoint(), run.betweenEpochs());
    }
  }

  @Override
  public Optimizer.State state() {
    return figure == null
        ? null
        : new Optimizer.State(Map.of(), new LinkedHashMap<>(Map.of("best", best)));
  }

  @Override
  public void load(TrainingRun run, Optimizer.State state) {
    Double saved = state.scalars().get("best");
    if (saved == null || saved.isNaN()) {
      throw new IllegalArgumentException("checkpoints: the state must have 'best', is " + state);
    }
    best = saved;
  }

  /** Whether there is a checkpoint to go on from. */
  public static boolean any(Path folder) throws IOException {
    return Files.isDirectory(folder) && !Checkpoint.list(folder).isEmpty();
  }
}
