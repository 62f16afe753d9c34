package org.jacana.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jacana.train.Checkpoint;
import org.jacana.train.Checkpoints;

/**
 * Kills training processes at random moments, as a power cut does, resumes them, and compares what
 * they end with. Each step writes a checkpoint, so that most moments are within a write. Run it by
 * {@code src/test/kill-train.sh KILLS}.
 */
final class KilledRuns {
  private static final String HASH = "weights sha256 ";

  private final Path folder;
  private final int longest;
  private final SplittableRandom random;
  private int kills;
  private int finished;
  private int inWrite;
  private int unstarted;

  /**
   * What happened.
   *
   * @param kills processes killed
   * @param finished runs that came to their end, all with the same weights
   * @param inWrite kills that left half of a file behind
   * @param unstarted kills before the first checkpoint of a run
   */
  record Outcome(int kills, int finished, int inWrite, int unstarted) {}

  /**
   * Runs in a folder of their own.
   *
   * @param longest milliseconds before a kill
   */
  KilledRuns(Path folder, int longest, long seed) {
    this.folder = folder;
    this.longest = longest;
    random = new SplittableRandom(seed);
  }

  private Path out() {
    return folder.resolve("run");
  }

  Process start(Path out, boolean resume) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "org.jacana.cli.Main",
                "train",
                "--out",
                out.toString()));
    if (resume) {
      command.add("--resume");
    } else {
      command.addAll(
          List.of("--model", "mlp", "--epochs", "3", "--batch", "64", "--optimizer", "adam"));
      command.addAll(List.of("--seed", "9", "--threads", "1", "--device", "cpu"));
    }
    command.addAll(List.of("--checkpoint-steps", "1"));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  static BufferedReader reader(Process p) {
    return new BufferedReader(new InputStreamReader(p.getInputStream(), StandardCharsets.UTF_8));
  }

  /** The rest of what a process says, and the hash in it. */
  static String hash(Process p, BufferedReader in, List<String> said)
      throws IOException, InterruptedException {
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      said.add(line);
    }
    int code = p.waitFor();
    for (String line : said) {
      if (code == 0 && line.startsWith(HASH)) {
        return line.substring(HASH.length());
      }
    }
    throw new AssertionError("training ended with " + code + ": " + String.join("\n", said));
  }

  private Optional<Checkpoint> newest() throws IOException {
    return Checkpoint.newest(
        out().resolve(TrainCommand.CHECKPOINTS),
        note -> {
          throw new AssertionError("a kill damaged a checkpoint: " + note);
        });
  }

  /**
   * Kills so many processes and lets the last run come to its end.
   *
   * @throws AssertionError if a checkpoint is lost or damaged, or a run ends with other weights
   */
  Outcome run(int wanted) throws IOException, InterruptedException {
    Path whole = folder.resolve("whole");
    Process first = start(whole, false);
    String hash = hash(first, reader(first), new ArrayList<>());
    Optional<Checkpoint> before = Optional.empty();
    while (kills < wanted || before.isPresent()) {
      boolean kill = kills < wanted;
      boolean resume = before.isPresent();
      Process p = start(out(), resume);
      List<String> said = new ArrayList<>();
      boolean killed;
      try (BufferedReader in = reader(p)) {
        killed = kill && kill(p, in, said);
        if (!killed) {
          String ended = hash(p, in, said);
          if (!ended.equals(hash)) {
            throw new AssertionError("run " + finished + " ended with " + ended + ", not " + hash);
          }
        }
      } finally {
        p.destroyForcibly().waitFor();
      }
      if (!killed) {
        finished++;
        clear(out());
        before = Optional.empty();
        continue;
      }
      kills++;
      before = survived(before);
      if (kills % 50 == 0) {
        System.err.println(kills + " kills, " + finished + " runs finished");
      }
    }
    return new Outcome(kills, finished, inWrite, unstarted);
  }

  /** Whether the process was still alive at a random moment of its training, and is dead now. */
  private boolean kill(Process p, BufferedReader in, List<String> said)
      throws IOException, InterruptedException {
    String line = in.readLine();
    while (line != null && !line.startsWith("model: ")) {
      said.add(line);
      line = in.readLine();
    }
    // Most kills come when the process has begun to write, however slow the machine is.
    List<Path> before = Checkpoint.list(out().resolve(TrainCommand.CHECKPOINTS));
    boolean early = random.nextInt(8) == 0;
    while (!early
        && p.isAlive()
        && Checkpoint.list(out().resolve(TrainCommand.CHECKPOINTS)).equals(before)) {
      Thread.sleep(1);
    }
    if (p.waitFor(random.nextLong(1000L * longest), TimeUnit.MICROSECONDS)) {
      return false;
    }
    // SIGKILL, where there are signals.
    p.destroyForcibly().waitFor();
    return p.exitValue() != 0;
  }

  private Optional<Checkpoint> survived(Optional<Checkpoint> before) throws IOException {
    Optional<Checkpoint> now = newest();
    long had = before.map(Checkpoint::step).orElse(0L);
    if (now.map(Checkpoint::step).orElse(0L) < had) {
      throw new AssertionError("kill " + kills + " lost the checkpoint of step " + had);
    }
    Path at = out().resolve(TrainCommand.CHECKPOINTS);
    if (Files.isDirectory(at)) {
      try (var left = Files.newDirectoryStream(at, ".*.tmp")) {
        inWrite += left.iterator().hasNext() ? 1 : 0;
      }
    }
    if (!Checkpoints.any(at)) {
      unstarted++;
    }
    return now;
  }

  private static void clear(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Arguments: how many kills, then perhaps a seed. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int kills = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
    Path folder = Files.createTempDirectory("killed");
    try {
      long start = System.nanoTime();
      Outcome o = new KilledRuns(folder, 400, seed).run(kills);
      System.out.printf(
          "%d kills (seed %d): %d within a write, %d before a first checkpoint; no checkpoint was"
              + " lost or damaged; %d runs came to their end, all with the weights of one that was"
              + " not interrupted (%d s)%n",
          o.kills(),
          seed,
          o.inWrite(),
          o.unstarted(),
          o.finished(),
          (System.nanoTime() - start) / 1_000_000_000);
    } finally {
      clear(folder);
    }
  }
}
