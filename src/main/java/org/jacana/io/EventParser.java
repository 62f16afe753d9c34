package org.jacana.io;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacana.data.FormatException;

/** Turns events' messages into values. Fields that we do not know are skipped, as their rule is. */
final class EventParser {
  private static final int VARINT = WireFormat.WIRETYPE_VARINT;
  private static final int FIXED64 = WireFormat.WIRETYPE_FIXED64;
  private static final int FIXED32 = WireFormat.WIRETYPE_FIXED32;
  private static final int BYTES = WireFormat.WIRETYPE_LENGTH_DELIMITED;

  private final String file;
  private final List<EventFile.Event> events;

  EventParser(String file, List<EventFile.Event> events) {
    this.file = file;
    this.events = events;
  }

  /** What is done with a field; false where it is none that we know. */
  private interface Field {
    boolean read(int number, int wire, CodedInputStream in) throws IOException;
  }

  private static void fields(byte[] message, Field field) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int number = WireFormat.getTagFieldNumber(tag);
      if (!field.read(number, WireFormat.getTagWireType(tag), in) && !in.skipField(tag)) {
        throw new InvalidProtocolBufferException("an end of a group that did not begin");
      }
    }
  }

  /** The first event must tell the version. */
  void event(byte[] message, boolean first) throws FormatException {
    double[] time = {0};
    long[] step = {0};
    boolean[] version = {false};
    List<byte[]> summaries = new ArrayList<>();
    try {
      fields(
          message,
          (number, wire, in) -> {
            if (number == 1 && wire == FIXED64) {
              time[0] = in.readDouble();
            } else if (number == 2 && wire == VARINT) {
              step[0] = in.readInt64();
            } else if (number == 3 && wire == BYTES) {
              version[0] |= in.readString().equals(EventMessages.VERSION);
            } else if (number == 5 && wire == BYTES) {
              summaries.add(in.readByteArray());
            } else {
              return false;
            }
            return true;
          });
      if (first && !version[0]) {
        throw error("a first event of version " + EventMessages.VERSION, "none");
      }
      for (byte[] summary : summaries) {
        fields(
            summary,
            (number, wire, in) -> {
              if (number == 1 && wire == BYTES) {
                value(time[0], step[0], in.readByteArray());
                return true;
              }
              return false;
            });
      }
    } catch (FormatException e) {
      throw e;
    } catch (IOException e) {
      throw error("a protocol buffers message", String.valueOf(e.getMessage()).split("\\R", 2)[0]);
    }
  }

  private void value(double time, long step, byte[] message) throws IOException {
    String[] tag = {""};
    String[] plugin = {""};
    EventFile.Value[] value = {null};
    byte[][] tensor = {null};
    fields(
        message,
        (number, wire, in) -> {
          if (number == 1 && wire == BYTES) {
            tag[0] = in.readStringRequireUtf8();
          } else if (number == 2 && wire == FIXED32) {
            value[0] = new EventFile.Scalar(in.readFloat());
          } else if (number == 4 && wire == BYTES) {
            value[0] = image(in.readByteArray());
          } else if (number == 5 && wire == BYTES) {
            value[0] = histogram(in.readByteArray());
          } else if (number == 8 && wire == BYTES) {
            tensor[0] = in.readByteArray();
          } else if (number == 9 && wire == BYTES) {
            plugin[0] = plugin(in.readByteArray());
          } else {
            return false;
          }
          return true;
        });
    if (tensor[0] != null) {
      value[0] = EventTensor.value(tensor[0], plugin[0]);
    }
    events.add(
        new EventFile.Event(
            time, step, tag[0], value[0] == null ? new EventFile.Other(plugin[0]) : value[0]));
  }

  private EventFile.Image image(byte[] message) throws IOException {
    int[] size = new int[3];
    byte[][] encoded = {new byte[0]};
    fields(
        message,
        (number, wire, in) -> {
          if (number >= 1 && number <= 3 && wire == VARINT) {
            size[number - 1] = in.readInt32();
          } else if (number == 4 && wire == BYTES) {
            encoded[0] = in.readByteArray();
          } else {
            return false;
          }
          return true;
        });
    if (size[0] < 0 || size[1] < 0) {
      throw error("an image's size of at least 0", Arrays.toString(size));
    }
    return new EventFile.Image(size[0], size[1], size[2], encoded[0]);
  }

  private EventFile.Histogram histogram(byte[] message) throws IOException {
    double[] facts = new double[5];
    Doubles limits = new Doubles();
    Doubles counts = new Doubles();
    fields(
        message,
        (number, wire, in) -> {
          if (number >= 1 && number <= 5 && wire == FIXED64) {
            facts[number - 1] = in.readDouble();
            return true;
          }
          return number == 6 && limits.read(wire, in) || number == 7 && counts.read(wire, in);
        });
    double[] l = limits.all();
    double[] c = counts.all();
    if (l.length != c.length) {
      throw error("a count for each limit of a histogram", l.length + " and " + c.length);
    }
    return new EventFile.Histogram(facts[0], facts[1], facts[2], facts[3], facts[4], l, c);
  }

  private static String plugin(byte[] metadata) throws IOException {
    String[] name = {""};
    fields(
        metadata,
        (number, wire, in) -> {
          if (number != 1 || wire != BYTES) {
            return false;
          }
          fields(
              in.readByteArray(),
              (n, w, inner) -> {
                if (n == 1 && w == BYTES) {
                  name[0] = inner.readString();
                  return true;
                }
                return false;
              });
          return true;
        });
    return name[0];
  }

  /** A repeated field of doubles, packed or not. */
  private static final class Doubles {
    private double[] values = new double[16];
    private int n;

    boolean read(int wire, CodedInputStream in) throws IOException {
      if (wire == FIXED64) {
        add(in.readDouble());
        return true;
      }
      if (wire != BYTES) {
        return false;
      }
      byte[] packed = in.readByteArray();
      CodedInputStream inner = CodedInputStream.newInstance(packed);
      while (!inner.isAtEnd()) {
        add(inner.readDouble());
      }
      return true;
    }

    private void add(double v) {
      values = n == values.length ? Arrays.copyOf(values, 2 * n) : values;
      values[n++] = v;
    }

    double[] all() {
      return Arrays.copyOf(values, n);
    }
  }

  private FormatException error(String expected, String found) {
    return new FormatException(file, expected, found, EventReader.FIX);
  }
}
