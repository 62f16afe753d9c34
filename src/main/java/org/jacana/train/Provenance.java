package org.jacana.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jacana.Device;
import org.jacana.backend.Backends;
import org.jacana.data.Batch;
import org.jacana.data.Dataset;
import org.jacana.data.Loader;

/** What a run is made of, in words: for a person, and to tell it from other runs. */
final class Provenance {
  /** Larger data, and that in files, is not read through: it is told by name, count and order. */
  private static final long HASHED = 1L << 28;

  /** What must be the same for a run to go on. */
  private static final List<String> IDENTITY =
      List.of("optimizer", "data", "dataSha256", "order", "batch", "accumulate");

  /** What the bits of the results depend on besides. */
  private static final List<String> BITS =
      List.of("device", "precision", "threads", "deterministic");

  private final Fit.Model trained;
  private final Trainer options;
  private final Loader loader;
  private final String order;
  private Map<String, String> map;

  Provenance(Fit.Model trained, Trainer options, Loader loader) {
    this.trained = trained;
    this.options = options;
    this.loader = loader;
    // Now, while the loader stands nowhere yet.
    order = loader.dataset() == null ? "of the stream" : order();
  }

  int batches() {
    return loader.batches();
  }

  Map<String, String> map() {
    if (map == null) {
      Map<String, String> m = new LinkedHashMap<>();
      Device device = trained.device();
      m.put("java", System.getProperty("java.version"));
      m.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
      m.put("device", device.toString());
      m.put("natives", Backends.of(device).description());
      m.put("threads", Integer.toString(Device.threads()));
      m.put("deterministic", Boolean.toString(Backends.of(device).deterministic()));
      m.put("precision", options.execution.precision().toString());
      m.put("optimizer", trained.optimizer().getClass().getSimpleName());
      m.put("epochs", Integer.toString(options.epochs));
      m.put("batch", Integer.toString(loader.batchSize()));
      m.put("accumulate", Integer.toString(options.accumulate));
      data(m);
      m.putAll(options.provenance);
      map = m;
    }
    return map;
  }

  private void data(Map<String, String> m) {
    Dataset data = loader.dataset();
    if (data == null) {
      m.put("data", "a stream");
      return;
    }
    m.put("data", data.name() + ", " + data.count() + " examples, " + loader.batches());
    m.put("transforms", loader.transforms() + (loader.mixing() == null ? "" : ", mixed"));
    m.put("order", order);
    if (data.inMemory() && data.count() * data.inputShape().size() <= HASHED) {
      try {
        m.put("dataSha256", data.sha256());
      } catch (IOException e) {
        throw new UncheckedIOException("train: reading " + data.name() + " failed", e);
      }
    }
  }

  /** SHA-256 of the first batch's examples, and of what is drawn for them: tells order and seed. */
  private String order() {
    loader.start(0);
    Batch first = loader.plan();
    MessageDigest digest = WholeFile.sha256();
    ByteBuffer number = ByteBuffer.allocate(4);
    for (int i = 0; i < first.size(); i++) {
      digest.update(number.putInt(0, first.indices()[i]).array());
    }
    for (float[] drawn : List.of(first.parameters(), first.mixingParameters())) {
      for (float v : drawn) {
        digest.update(number.putFloat(0, v).array());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  void requireSame(Map<String, String> other) {
    for (String key : IDENTITY) {
      String mine = map().get(key);
      String its = other.get(key);
      if (!Objects.equals(mine, its)) {
        throw new IllegalArgumentException(
            "resume: the checkpoint is of another run: its "
                + key
                + " is "
                + its
                + ", here it is "
                + mine
                + "; give the trainer what it was given then");
      }
    }
  }

  /** What else is not as it was, so that the bits may not be the same; empty for nothing. */
  List<String> differences(Map<String, String> other) {
    List<String> all = new ArrayList<>();
    for (String key : BITS) {
      String mine = map().get(key);
      String its = other.get(key);
      boolean free = key.equals("threads") && "true".equals(map().get("deterministic"));
      if (!free && !Objects.equals(mine, its)) {
        all.add(key + " was " + its + ", is " + mine);
      }
    }
    return all;
  }
}
