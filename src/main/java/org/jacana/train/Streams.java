package org.jacana.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jacana.Generator;
import org.jacana.nn.Module;

/**
 * Where the streams of random numbers stand: the standard one and those that a model draws from.
 */
final class Streams {
  private static final Pattern PLACE = Pattern.compile("(-?\\d{1,19}):(\\d{1,19})");

  private Streams() {}

  private static Map<String, Generator> of(Module model) {
    Map<String, Generator> all = new LinkedHashMap<>();
    all.put("standard", Generator.standard());
    model.namedGenerators().forEach((name, g) -> all.put("model." + name, g));
    return all;
  }

  /** "seed:offset" by name. */
  static Map<String, String> save(Module model) {
    Map<String, String> places = new LinkedHashMap<>();
    of(model).forEach((name, g) -> places.put(name, g.seed() + ":" + g.offset()));
    return places;
  }

  /**
   * The action that puts the streams back.
   *
   * @throws IllegalArgumentException if the places are those of another model's streams
   */
  static Runnable restoring(Module model, Map<String, String> places) {
    Map<String, Generator> all = of(model);
    if (!places.keySet().equals(all.keySet())) {
      throw new IllegalArgumentException(
          "resume: the checkpoint does not fit: it has the random streams "
              + places.keySet()
              + ", the model "
              + all.keySet());
    }
    Map<Generator, long[]> parsed = new LinkedHashMap<>();
    places.forEach((name, text) -> parsed.put(all.get(name), place(name, text)));
    return () -> parsed.forEach((g, place) -> g.reset(place[0], place[1]));
  }

  private static long[] place(String name, String text) {
    Matcher m = PLACE.matcher(text);
    try {
      if (m.matches()) {
        return new long[] {Long.parseLong(m.group(1)), Long.parseLong(m.group(2))};
      }
    } catch (NumberFormatException e) {
      // Falls through to the message.
    }
    throw new IllegalArgumentException(
        "resume: the checkpoint does not fit: stream " + name + " is at '" + text + "'");
  }
}
