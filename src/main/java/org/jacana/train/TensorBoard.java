package org.jacana.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jacana.Tensor;
import org.jacana.io.SummaryWriter;

/**
 * Writes a run's figures as TensorBoard shows them: train/NAME and val/NAME after each epoch, over
 * the steps; the learning rate among them. A resumed run starts another file beside the first,
 * whose curves go on.
 *
 * <pre>{@code
 * trainer.callback(TensorBoard.in(Path.of("runs/lenet")).everySteps(50))
 * }</pre>
 */
public final class TensorBoard implements Callback {
  private static final String VALIDATION = "val_";

  private final Path folder;
  private long steps;
  private int histograms;
  private SummaryWriter writer;

  private TensorBoard(Path folder) {
    this.folder = folder;
  }

  /** Figures of each epoch. */
  public static TensorBoard in(Path folder) {
    return new TensorBoard(folder);
  }

  private static void require(long every) {
    if (every < 0) {
      throw new IllegalArgumentException("tensorBoard: every must be at least 0, is " + every);
    }
  }

  /** Also the loss of every so many steps, as step/loss, for which the device is waited for. */
  public TensorBoard everySteps(long every) {
    require(every);
    steps = every;
    return this;
  }

  /** Also the distribution of each parameter after every so many epochs; 0 for none. */
  public TensorBoard histograms(int everyEpochs) {
    require(everyEpochs);
    histograms = everyEpochs;
    return this;
  }

  @Override
  public void start(TrainingRun run) throws IOException {
    writer = SummaryWriter.open(folder);
  }

  @Override
  public void step(TrainingRun run) {
    if (steps > 0 && run.step() % steps == 0) {
      writer.addScalar("step/loss", run.lastLoss(), run.step());
    }
  }

  @Override
  public void epochEnd(TrainingRun run) {
    run.values()
        .forEach(
            (name, value) ->
                writer.addScalar(
                    name.startsWith(VALIDATION)
                        ? "val/" + name.substring(VALIDATION.length())
                        : "train/" + name,
                    value,
                    run.step()));
    if (histograms > 0 && run.epoch() % histograms == 0) {
      for (Map.Entry<String, Tensor> p : run.model().namedParameters().entrySet()) {
        writer.addHistogram("parameters/" + p.getKey(), p.getValue(), run.step());
      }
    }
    writer.flush();
  }

  @Override
  public void closed(TrainingRun run, Throwable failure) {
    if (writer != null) {
      writer.close();
      writer = null;
    }
  }
}
