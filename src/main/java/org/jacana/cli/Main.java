package org.jacana.cli;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: trains, evaluates and shows models. */
@Command(
    name = "jacana",
    description = "Trains small neural networks on images.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    footer = {
      "",
      "Examples:",
      "  jacana train                                 the packaged 8x8 digits, in seconds",
      "  jacana train fashion-mnist --epochs 3 --out runs/fashion",
      "  jacana train --resume --out runs/fashion     go on where it was stopped",
      "  jacana eval runs/fashion",
      "  jacana predict runs/fashion shirt.png",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong options, 130 stopped with Ctrl-C."
    })
public final class Main implements Runnable {
  private static final String HELP = "help";

  /** The commands' names, in the order in which help shows them. */
  static final List<String> COMMANDS =
      List.of(
          "train", "eval", "verify", "predict", "summary", "devices", "doctor", "bench", "export",
          "lr-find", HELP);

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Show where in the program a failure happened (also with JACANA_STACKTRACE=1).")
  boolean stacktrace;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  private final boolean live;

  private Main(boolean live) {
    this.live = live;
  }

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    Interruption interruption = Interruption.watch();
    int code;
    try {
      code = run(writer(System.out), writer(System.err), Terminal.attached(), args);
    } finally {
      interruption.end();
    }
    System.exit(code);
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  /**
   * Runs one command and returns its exit code: 0 done, 1 failed, 2 wrong options, 130 stopped.
   *
   * @param out results
   * @param err messages
   * @param args as on the command line
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    return run(out, err, false, args);
  }

  /** The command of a name of {@link #COMMANDS}. */
  static Object command(String name) {
    return switch (name) {
      case "train" -> new TrainCommand();
      case "eval" -> new EvalCommand();
      case "verify" -> new VerifyCommand();
      case "predict" -> new PredictCommand();
      case "summary" -> new SummaryCommand();
      case "devices" -> new DevicesCommand();
      case "doctor" -> new DoctorCommand();
      case "bench" -> new BenchCommand();
      case "export" -> new ExportCommand();
      case "lr-find" -> new LrFindCommand();
      case "help" -> new CommandLine.HelpCommand();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static int run(PrintWriter out, PrintWriter err, boolean live, String... args) {
    CommandLine line = new CommandLine(new Main(live));
    // To read what one command's options are takes 10 ms, so the others are left out.
    boolean one = args.length > 0 && !args[0].equals(HELP) && COMMANDS.contains(args[0]);
    for (String name : one ? List.of(args[0]) : COMMANDS) {
      line.addSubcommand(name, command(name));
    }
    line.setOut(out);
    line.setErr(err);
    line.setUsageHelpWidth(100);
    line.setUsageHelpAutoWidth(false);
    line.setAbbreviatedSubcommandsAllowed(false);
    line.setParameterExceptionHandler((e, rest) -> wrongUse(e));
    line.setExecutionExceptionHandler((e, command, result) -> failed(line, e));
    try {
      return line.execute(ConfigFile.expand(line, args));
    } catch (IOException | OutOfMemoryError e) {
      return failed(line, e);
    } finally {
      out.flush();
      err.flush();
    }
  }

  /** Whether a progress line may be drawn over itself. */
  boolean live() {
    return live;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }

  private static int wrongUse(ParameterException e) {
    CommandLine line = e.getCommandLine();
    PrintWriter err = line.getErr();
    String hint = "";
    if (e instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      hint = "; did you mean " + unmatched.getSuggestions().get(0) + "?";
    }
    String name = line.getCommandSpec().qualifiedName();
    err.println(name + ": " + Sentence.firstLine(e.getMessage()) + hint);
    err.println("Try '" + name + " --help' for the options.");
    return CommandLine.ExitCode.USAGE;
  }

  private static int failed(CommandLine line, Throwable e) {
    Main main = line.getCommand();
    PrintWriter err = line.getErr();
    err.println("jacana: " + Sentence.of(e));
    String variable = System.getenv("JACANA_STACKTRACE");
    if (main.stacktrace || (variable != null && !variable.isEmpty() && !variable.equals("0"))) {
      e.printStackTrace(err);
    }
    return CommandLine.ExitCode.SOFTWARE;
  }
}
