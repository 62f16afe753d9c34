package org.jacana.io.onnx;

/** A node's attribute that is being written. */
record Attribute(Message message) {
  private static final int FLOAT = 1;
  private static final int INT = 2;
  private static final int STRING = 3;
  private static final int TENSOR = 4;
  private static final int INTS = 7;
  private static final int STRINGS = 8;

  private static Message named(String name, int type) {
    return new Message().text(1, name).integer(20, type);
  }

  static Attribute of(String name, long value) {
    return new Attribute(named(name, INT).integer(3, value));
  }

  static Attribute of(String name, double value) {
    return new Attribute(named(name, FLOAT).number(2, (float) value));
  }

  static Attribute of(String name, String value) {
    return new Attribute(named(name, STRING).text(4, value));
  }

  static Attribute of(String name, Message tensor) {
    return new Attribute(named(name, TENSOR).message(5, tensor));
  }

  static Attribute of(String name, long... values) {
    Message m = named(name, INTS);
    for (long v : values) {
      m.integer(8, v);
    }
    return new Attribute(m);
  }

  static Attribute of(String name, String... values) {
    Message m = named(name, STRINGS);
    for (String v : values) {
      m.text(9, v);
    }
    return new Attribute(m);
  }
}
