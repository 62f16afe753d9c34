package org.jacana.peers;

import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jacana.peers.Protocol.Answer;
import org.jacana.peers.Protocol.Order;

/**
 * The process of one framework: does what the driver orders on standard input, one thing a time.
 */
public final class Worker {
  private final Framework framework;
  private final Map<String, Case> cases =
      Cases.all().stream().collect(Collectors.toMap(Case::name, Function.identity()));
  private final Map<String, Job> open = new HashMap<>();

  private final Stopwatch watch;

  private Worker(Framework framework, Stopwatch watch) {
    this.framework = framework;
    this.watch = watch;
  }

  /** Arguments: the framework, the number of threads, whether times are CPU times. */
  public static void main(String[] args) throws Exception {
    // Frameworks print to standard output too; the driver must not take that for an answer.
    PrintStream answers = System.out;
    System.setOut(System.err);
    Gson gson = new Gson();
    Worker worker;
    try {
      Stopwatch watch = new Stopwatch(Boolean.parseBoolean(args[2]));
      worker = new Worker(framework(args[0], Integer.parseInt(args[1])), watch);
    } catch (Exception | LinkageError e) {
      answers.println(gson.toJson(Answer.failed(e)));
      return;
    }
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Order order = gson.fromJson(line, Order.class);
      if (order.verb().equals("quit")) {
        break;
      }
      Answer answer;
      try {
        answer = worker.answer(order);
      } catch (Exception | LinkageError e) {
        e.printStackTrace();
        answer = Answer.failed(e);
      }
      answers.println(gson.toJson(answer));
    }
  }

  private static Framework framework(String name, int threads) throws Exception {
    return switch (name) {
      case "jacana" -> new JacanaFramework(threads);
      case "libtorch" -> new LibtorchFramework(threads);
      case "djl" -> new DjlFramework(threads);
      case "dl4j" -> new Dl4jFramework(threads);
      default -> throw new IllegalArgumentException("no framework '" + name + "'");
    };
  }

  private Answer answer(Order o) throws Exception {
    if (o.verb().equals("about")) {
      return Answer.about(framework);
    }
    String key = o.work() + "\t" + o.layout();
    if (o.verb().equals("close")) {
      Job job = open.remove(key);
      if (job != null) {
        job.close();
      }
      return Answer.done();
    }
    Job job = open.get(key);
    if (job == null) {
      job = framework.open(cases.get(o.work()), o.layout());
      if (job == null) {
        return Answer.none();
      }
      open.put(key, job);
    }
    if (o.verb().equals("results")) {
      Protocol.write(Path.of(o.file()), job.results());
      return Answer.done();
    }
    return Answer.timed(watch.measure(job, o.warmUp(), o.budget()), job);
  }
}
