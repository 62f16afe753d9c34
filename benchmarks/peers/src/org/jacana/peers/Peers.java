package org.jacana.peers;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The same work in Jacana and in its peers: a process each, which take turns; ratios are of medians
 * of the rounds.
 */
public final class Peers {
  private static final double WARM_UP = 1;

  /** Seconds for whole networks: the JIT compiles what a step runs for about as long. */
  private static final double WARM_UP_NETWORK = 8;

  private static final double WARM_AGAIN = 0.05;

  /** After one epoch of Fashion-MNIST; a network that learns nothing has 0.1. */
  private static final double LEAST_ACCURACY = 0.8;

  private static final double SAME_ACCURACY = 0.03;

  private final Options options;
  private final List<WorkerProcess> workers = new ArrayList<>();
  private final Map<String, String> left = new LinkedHashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private final Idle idle = new Idle();
  private final Figures.Machine machine;

  private Peers(Options options) throws IOException {
    this.options = options;
    machine = Figures.Machine.of(options);
  }

  /** Exits with 1 if results disagree or a work failed, with 2 if an option is wrong. */
  public static void main(String[] args) throws Exception {
    Options options;
    try {
      options = Options.of(args);
    } catch (IllegalArgumentException e) {
      System.err.print(e.getMessage() + "\n" + Options.USAGE);
      System.exit(2);
      return;
    }
    if (options.table() != null) {
      table(options.table());
      return;
    }
    boolean right = new Peers(options).run();
    System.exit(right ? 0 : 1);
  }

  private static void table(Path json) {
    try {
      System.out.print(Markdown.of(Figures.read(json)));
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("--table: " + e.getMessage());
      System.exit(2);
    }
  }

  private boolean run() throws IOException, InterruptedException {
    List<Case> cases = options.cases();
    if (cases.isEmpty()) {
      System.err.println("--only " + options.only() + " matches no work");
      return false;
    }
    try {
      start("jacana");
      options.peers().forEach(this::startPeer);
      head();
      double seconds = secondsOfTurn(cases);
      for (Case c : cases) {
        compare(c, seconds);
      }
    } finally {
      workers.forEach(WorkerProcess::close);
    }
    System.out.printf(
        "load average at the end %.1f; idle workers used %.1f%% of a core while another measured%n",
        load(), 100 * idle.share());
    long busy = rows.stream().filter(r -> r.wrong() == null && !r.counts()).count();
    if (busy > 0) {
      System.out.println(
          busy
              + " rows were measured beside other work (column others, in cores): their ratios do"
              + " not count, least of all against frameworks whose threads wait for each other");
    }
    left.forEach((peer, why) -> System.out.println(peer + " is left out: " + why));
    Map<String, Map<String, String>> about = new LinkedHashMap<>();
    workers.forEach(w -> about.put(w.name(), w.about().about()));
    Figures figures =
        new Figures(machine, options.rounds(), load(), idle.share(), about, left, rows);
    if (options.json() != null) {
      figures.write(options.json());
      System.out.println("wrote " + options.json());
    }
    if (options.markdown() != null) {
      Files.writeString(options.markdown(), Markdown.of(figures));
      System.out.println("wrote " + options.markdown());
    }
    return left.isEmpty() && rows.stream().allMatch(r -> r.wrong() == null);
  }

  private void start(String name) throws IOException {
    Path log = Path.of(System.getProperty("peers.logs", "target"), "peers-" + name + ".log");
    Files.createDirectories(log.getParent());
    workers.add(new WorkerProcess(name, options, log));
  }

  private void startPeer(String name) {
    try {
      start(name);
    } catch (IOException e) {
      left.put(name, e.getMessage());
    }
  }

  private void head() {
    System.out.println(machine);
    for (WorkerProcess w : workers) {
      System.out.println(w.name() + ": " + w.about().about());
    }
    System.out.printf("load average %.1f; %d rounds%n", load(), options.rounds());
    System.out.println(Row.head());
  }

  /** Turns are equally long, and all of them together as long as was asked for. */
  private double secondsOfTurn(List<Case> cases) {
    long turns = 0;
    for (Case c : cases) {
      for (WorkerProcess w : workers) {
        turns += (long) options.rounds() * layouts(w, c).size();
      }
    }
    return Math.max(0.05, Math.min(5, 60 * options.minutes() / turns - WARM_AGAIN));
  }

  private static List<String> layouts(WorkerProcess w, Case c) {
    List<String> all = w.about().layouts();
    return c.images() ? all : all.subList(0, 1);
  }

  private void compare(Case c, double seconds) throws IOException, InterruptedException {
    List<Contestant> field = new ArrayList<>();
    try {
      Contestant ours = new Contestant(workers.get(0), c, layouts(workers.get(0), c).get(0));
      List<float[]> wanted = ours.results();
      field.add(ours);
      for (WorkerProcess w : workers.subList(1, workers.size())) {
        for (String layout : layouts(w, c)) {
          enter(field, new Contestant(w, c, layout), c, wanted);
        }
      }
      if (field.size() > 1) {
        report(c, field, race(c, field, seconds));
      }
    } catch (Contestant.FailedException e) {
      add(Row.wrong(c, "", -1, "FAILED: " + e.getMessage()));
    } finally {
      for (Contestant k : field) {
        k.close();
      }
    }
  }

  /** Lets a contestant take part if it does the work and gets the same result. */
  private void enter(List<Contestant> field, Contestant k, Case c, List<float[]> wanted)
      throws IOException {
    List<float[]> got = k.results();
    if (got == null) {
      return;
    }
    k.error(Agreement.worst(wanted, got));
    if (k.error() <= c.tolerance()) {
      field.add(k);
      return;
    }
    String why =
        String.format("WRONG: results differ by %.1e, above %.0e", k.error(), c.tolerance());
    add(Row.wrong(c, k.worker().name() + " " + k.layout(), k.error(), why));
    k.close();
  }

  /** The rounds; in each, another one begins. Returns the cores that others used. */
  private double race(Case c, List<Contestant> field, double seconds)
      throws IOException, InterruptedException {
    boolean epoch = c.kind() == Case.Kind.EPOCH;
    boolean network =
        switch (c.kind()) {
          case STEP, STEP_REPLAYED, INFERENCE -> true;
          default -> false;
        };
    double warmUp = network ? WARM_UP_NETWORK : WARM_UP;
    int rounds = epoch ? Math.min(2, options.rounds()) : options.rounds();
    Neighbours neighbours = new Neighbours(workers);
    for (int r = epoch ? 0 : -1; r < rounds; r++) {
      for (int i = 0; i < field.size(); i++) {
        Contestant k = field.get((i + Math.max(r, 0)) % field.size());
        idle.settle(workers);
        double others = Idle.sum(workers, k.worker());
        long start = System.nanoTime();
        if (r >= 0) {
          neighbours.start();
        }
        if (epoch) {
          k.turn(0, 0, true);
        } else {
          k.turn(r < 0 ? warmUp : WARM_AGAIN, r < 0 ? WARM_AGAIN : seconds, r >= 0);
        }
        if (r >= 0) {
          neighbours.stop();
        }
        idle.add((System.nanoTime() - start) / 1e9, Idle.sum(workers, k.worker()) - others);
      }
    }
    return neighbours.cores();
  }

  private void report(Case c, List<Contestant> field, double others) {
    Contestant ours = field.get(0);
    for (WorkerProcess w : workers.subList(1, workers.size())) {
      field.stream()
          .filter(k -> k.worker() == w)
          .min(Comparator.comparingDouble(Contestant::median))
          .ifPresent(
              best -> {
                String wrong = wrong(ours, best);
                add(
                    wrong == null
                        ? Row.of(c, w.name(), ours, best, others, options.cpuTime())
                        : Row.wrong(c, w.name(), best.error(), "WRONG: " + wrong));
              });
    }
  }

  /** Whether both learnt, and the same; null, or what is wrong. */
  private static String wrong(Contestant ours, Contestant theirs) {
    if (!ours.fell() || !theirs.fell()) {
      return "the loss did not fall in " + (ours.fell() ? theirs : ours).worker().name();
    }
    Double a = ours.accuracy();
    Double b = theirs.accuracy();
    if (a != null && (Math.min(a, b) < LEAST_ACCURACY || Math.abs(a - b) > SAME_ACCURACY)) {
      return String.format("accuracies %.3f and %.3f", a, b);
    }
    return null;
  }

  private void add(Row row) {
    rows.add(row);
    System.out.println(row);
  }

  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }
}
