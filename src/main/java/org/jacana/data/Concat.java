package org.jacana.data;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jacana.Shape;

/** Data sets one after the other, as one. */
public class Concat implements Dataset {
  private final List<Dataset> parts;

  /** Where each part begins, then the count of all. */
  private final int[] starts;

  private Concat(List<Dataset> parts) {
    this.parts = List.copyOf(parts);
    starts = new int[parts.size() + 1];
    for (int k = 0; k < parts.size(); k++) {
      starts[k + 1] = Math.addExact(starts[k], parts.get(k).count());
    }
  }

  /**
   * These data sets, in order. If all are images of bytes, so is the result.
   *
   * @throws IllegalArgumentException if there is none, or the shapes or targets differ
   */
  public static Dataset of(Dataset... parts) {
    if (parts.length == 0) {
      throw new IllegalArgumentException("concat: needs at least one data set");
    }
    boolean bytes = true;
    for (Dataset d : parts) {
      if (!d.inputShape().equals(parts[0].inputShape()) || !d.target().equals(parts[0].target())) {
        throw new IllegalArgumentException(
            "concat: "
                + parts[0].name()
                + " has inputs "
                + parts[0].inputShape()
                + " and "
                + parts[0].target()
                + ", but "
                + d.name()
                + " has "
                + d.inputShape()
                + " and "
                + d.target());
      }
      bytes &= d instanceof ByteImages;
    }
    return bytes ? new Bytes(List.of(parts)) : new Concat(List.of(parts));
  }

  private static final class Bytes extends Concat implements ByteImages {
    Bytes(List<Dataset> parts) {
      super(parts);
    }

    @Override
    public void bytes(int i, byte[] to, int at) throws IOException {
      ((ByteImages) part(i)).bytes(inside(i), to, at);
    }

    @Override
    public void read(int i, float[] table, float[] x, int at) throws IOException {
      ((ByteImages) part(i)).read(inside(i), table, x, at);
    }

    @Override
    public void read(int i, float[] x, int at) throws IOException {
      part(i).read(inside(i), x, at);
    }
  }

  private int number(int i) {
    Objects.checkIndex(i, count());
    int k = 0;
    while (i >= starts[k + 1]) {
      k++;
    }
    return k;
  }

  Dataset part(int i) {
    return parts.get(number(i));
  }

  int inside(int i) {
    return i - starts[number(i)];
  }

  @Override
  public String name() {
    return String.join(" + ", parts.stream().map(Dataset::name).toList());
  }

  @Override
  public int count() {
    return starts[parts.size()];
  }

  @Override
  public Shape inputShape() {
    return parts.get(0).inputShape();
  }

  @Override
  public Target target() {
    return parts.get(0).target();
  }

  @Override
  public boolean inMemory() {
    return parts.stream().allMatch(Dataset::inMemory);
  }

  @Override
  public int label(int i) {
    return part(i).label(inside(i));
  }

  @Override
  public void read(int i, float[] x, int at) throws IOException {
    part(i).read(inside(i), x, at);
  }

  @Override
  public void values(int i, float[] y, int at) throws IOException {
    part(i).values(inside(i), y, at);
  }

  @Override
  public String example(int i) {
    return part(i).example(inside(i));
  }

  @Override
  public String toString() {
    return parts.toString();
  }
}
