package org.jacana.data;

import java.io.IOException;
import java.util.stream.IntStream;
import org.jacana.Shape;

/** Some examples of a data set, in an order of their own; what is read is the data set's. */
public class Subset implements Dataset {
  private final Dataset data;
  private final int[] indices;

  private Subset(Dataset data, int[] indices) {
    this.data = data;
    this.indices = indices;
  }

  /**
   * The examples with these numbers, in that order; a number may come twice. Images of bytes stay
   * {@link ByteImages}.
   *
   * @throws IllegalArgumentException if there is none, or one is out of range
   */
  public static Dataset of(Dataset data, int... indices) {
    if (indices.length == 0) {
      throw new IllegalArgumentException("subset: needs at least one example of " + data.name());
    }
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0 || indices[i] >= data.count()) {
        throw new IllegalArgumentException(
            "subset: example "
                + indices[i]
                + " at position "
                + i
                + " is not in 0.."
                + (data.count() - 1)
                + " of "
                + data.name());
      }
    }
    int[] own = indices.clone();
    return data instanceof ByteImages b ? new Bytes(b, own) : new Subset(data, own);
  }

  /** The examples from {@code from} up to but without {@code to}. */
  public static Dataset range(Dataset data, int from, int to) {
    if (from < 0 || from >= to || to > data.count()) {
      throw new IllegalArgumentException(
          "subset: "
              + from
              + ".."
              + to
              + " is empty or not inside 0.."
              + data.count()
              + " of "
              + data.name());
    }
    return of(data, IntStream.range(from, to).toArray());
  }

  private static final class Bytes extends Subset implements ByteImages {
    private final ByteImages images;

    Bytes(ByteImages images, int[] indices) {
      super(images, indices);
      this.images = images;
    }

    @Override
    public void bytes(int i, byte[] to, int at) throws IOException {
      images.bytes(index(i), to, at);
    }

    @Override
    public void read(int i, float[] table, float[] x, int at) throws IOException {
      images.read(index(i), table, x, at);
    }

    @Override
    public void read(int i, float[] x, int at) throws IOException {
      images.read(index(i), x, at);
    }
  }

  int index(int i) {
    return indices[i];
  }

  @Override
  public String name() {
    return data.name();
  }

  @Override
  public int count() {
    return indices.length;
  }

  @Override
  public Shape inputShape() {
    return data.inputShape();
  }

  @Override
  public Target target() {
    return data.target();
  }

  @Override
  public boolean inMemory() {
    return data.inMemory();
  }

  @Override
  public int label(int i) {
    return data.label(indices[i]);
  }

  @Override
  public void read(int i, float[] x, int at) throws IOException {
    data.read(indices[i], x, at);
  }

  @Override
  public void values(int i, float[] y, int at) throws IOException {
    data.values(indices[i], y, at);
  }

  @Override
  public String example(int i) {
    return data.example(indices[i]);
  }

  @Override
  public String toString() {
    return count() + " examples of " + data.name();
  }
}
