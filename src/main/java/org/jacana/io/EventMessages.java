package org.jacana.io;

import com.google.protobuf.Value;
import java.util.Map;

/**
 * TensorBoard's messages as bytes.
 *
 * <p>Source of the field numbers: event.proto, summary.proto and tensor.proto of TensorFlow, and
 * plugin_data.proto and api.proto of TensorBoard's hparams plugin.
 */
final class EventMessages {
  /** What the first event of every file says. */
  static final String VERSION = "brain.Event:2";

  private static final int FLOAT = 1;
  private static final int STRING = 7;
  private static final int SUCCESS = 1;

  private EventMessages() {}

  static byte[] version(double wallTime) {
    return new ProtoMessage().put(1, wallTime).put(3, VERSION).bytes();
  }

  /** An event of one value. */
  static byte[] event(double wallTime, long step, ProtoMessage value) {
    ProtoMessage event = new ProtoMessage().put(1, wallTime);
    if (step != 0) {
      event.put(2, step);
    }
    return event.put(5, new ProtoMessage().put(1, value)).bytes();
  }

  static ProtoMessage scalar(String tag, double value) {
    return new ProtoMessage().put(1, tag).put(2, (float) value);
  }

  static ProtoMessage image(String tag, int height, int width, int channels, byte[] png) {
    return new ProtoMessage()
        .put(1, tag)
        .put(
            4,
            new ProtoMessage()
                .put(1, (long) height)
                .put(2, (long) width)
                .put(3, (long) channels)
                .put(4, png));
  }

  static ProtoMessage histogram(String tag, EventFile.Histogram h) {
    return new ProtoMessage()
        .put(1, tag)
        .put(
            5,
            new ProtoMessage()
                .put(1, h.min())
                .put(2, h.max())
                .put(3, h.count())
                .put(4, h.sum())
                .put(5, h.sumOfSquares())
                .put(6, h.limits())
                .put(7, h.counts()));
  }

  static ProtoMessage text(String tag, String text) {
    ProtoMessage one = new ProtoMessage().put(2, new ProtoMessage().put(1, 1L));
    ProtoMessage tensor = new ProtoMessage().put(1, (long) STRING).put(2, one).put(8, text);
    return new ProtoMessage().put(1, tag).put(8, tensor).put(9, plugin("text", null));
  }

  private static ProtoMessage plugin(String name, ProtoMessage content) {
    ProtoMessage data = new ProtoMessage().put(1, name);
    if (content != null) {
      data.put(2, content);
    }
    return new ProtoMessage().put(1, data);
  }

  // ---- hyper-parameters ----

  /** Which hyper-parameters and results there are. */
  static ProtoMessage experiment(
      Map<String, Object> hparams, Iterable<String> metrics, double time) {
    ProtoMessage experiment = new ProtoMessage().put(3, time);
    hparams.forEach(
        (name, v) -> {
          long type = v instanceof Boolean ? 2 : v instanceof Number ? 3 : 1;
          experiment.put(4, new ProtoMessage().put(1, name).put(4, type));
        });
    for (String tag : metrics) {
      experiment.put(5, new ProtoMessage().put(1, new ProtoMessage().put(2, tag)));
    }
    return hparams("experiment", new ProtoMessage().put(2, experiment));
  }

  static ProtoMessage sessionStart(Map<String, Object> hparams, String group, double time) {
    ProtoMessage start = new ProtoMessage();
    hparams.forEach(
        (name, v) -> start.put(1, new ProtoMessage().put(1, name).put(2, value(v).toByteArray())));
    start.put(4, group).put(5, time);
    return hparams("session_start_info", new ProtoMessage().put(3, start));
  }

  static ProtoMessage sessionEnd(double time) {
    ProtoMessage end = new ProtoMessage().put(1, (long) SUCCESS).put(2, time);
    return hparams("session_end_info", new ProtoMessage().put(4, end));
  }

  private static Value value(Object v) {
    Value.Builder b = Value.newBuilder();
    return v instanceof Boolean flag
        ? b.setBoolValue(flag).build()
        : v instanceof Number n
            ? b.setNumberValue(n.doubleValue()).build()
            : b.setStringValue(v.toString()).build();
  }

  /** The plugin's data ride on an empty tensor. */
  private static ProtoMessage hparams(String what, ProtoMessage data) {
    ProtoMessage none = new ProtoMessage().put(2, new ProtoMessage());
    ProtoMessage tensor = new ProtoMessage().put(1, (long) FLOAT).put(2, none);
    return new ProtoMessage()
        .put(1, "_hparams_/" + what)
        .put(8, tensor)
        .put(9, plugin("hparams", data));
  }
}
