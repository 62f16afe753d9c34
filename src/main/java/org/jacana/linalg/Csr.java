package org.jacana.linalg;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.op.Indexing;

/**
 * A sparse matrix [rows, columns] by compressed rows: of row i, {@code columns[k]} and the k-th of
 * the values for k from {@code rowPointers[i]} to {@code rowPointers[i + 1] - 1}. The product is
 * differentiable in values and vectors. Values are the caller's.
 */
public final class Csr {
  private final int rows;
  private final int columns;
  private final int[] rowPointers;
  private final int[] columnIndices;
  private final Tensor values;

  private Csr(int rows, int columns, int[] rowPointers, int[] columnIndices, Tensor values) {
    this.rows = rows;
    this.columns = columns;
    this.rowPointers = rowPointers;
    this.columnIndices = columnIndices;
    this.values = values;
  }

  /**
   * @param values F32 or F64, one for each column index
   * @throws IllegalArgumentException if pointers do not ascend from 0 to the number of values, or a
   *     column is out of range
   */
  public static Csr of(
      int rows, int columns, int[] rowPointers, int[] columnIndices, Tensor values) {
    Check.real("csr", values);
    boolean fits =
        rows >= 0
            && columns >= 0
            && rowPointers.length == rows + 1
            && rowPointers[0] == 0
            && rowPointers[rows] == columnIndices.length
            && values.rank() == 1
            && values.size() == columnIndices.length;
    for (int i = 0; fits && i < rows; i++) {
      fits = rowPointers[i] <= rowPointers[i + 1];
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "csr: needs rows + 1 ascending pointers from 0 to the number of columns and values, got "
              + rowPointers.length
              + " pointers for "
              + rows
              + " rows, "
              + columnIndices.length
              + " columns and values "
              + values.shape());
    }
    for (int c : columnIndices) {
      if (c < 0 || c >= columns) {
        throw new IllegalArgumentException(
            "csr: column " + c + " is out of range for " + columns + " columns");
      }
    }
    return new Csr(rows, columns, rowPointers.clone(), columnIndices.clone(), values);
  }

  /** From coordinates in any order; values at the same place add up. Copies values to the host. */
  public static Csr ofCoordinates(
      int rows, int columns, int[] is, int[] js, double[] v, DType type) {
    if (is.length != js.length || is.length != v.length) {
      throw new IllegalArgumentException(
          "csr: needs as many rows, columns and values, got "
              + is.length
              + ", "
              + js.length
              + " and "
              + v.length);
    }
    for (int i : is) {
      if (i < 0 || i >= rows) {
        throw new IllegalArgumentException(
            "csr: row " + i + " is out of range for " + rows + " rows");
      }
    }
    int[] order =
        IntStream.range(0, is.length)
            .boxed()
            .sorted((a, b) -> is[a] != is[b] ? is[a] - is[b] : js[a] - js[b])
            .mapToInt(i -> i)
            .toArray();
    int[] pointers = new int[rows + 1];
    int[] found = new int[is.length];
    double[] sums = new double[is.length];
    int n = 0;
    for (int k = 0; k < order.length; k++) {
      int e = order[k];
      boolean same = k > 0 && is[e] == is[order[k - 1]] && js[e] == js[order[k - 1]];
      if (!same) {
        found[n++] = js[e];
        pointers[is[e] + 1]++;
      }
      sums[n - 1] += v[e];
    }
    for (int i = 0; i < rows; i++) {
      pointers[i + 1] += pointers[i];
    }
    try (Scope s = Scope.open()) {
      Tensor values = s.keep(Tensor.of(Arrays.copyOf(sums, n), n).to(type));
      return of(rows, columns, pointers, Arrays.copyOf(found, n), values);
    }
  }

  /** The elements of a matrix that are not 0. */
  public static Csr ofDense(Tensor a) {
    Check.matrix("csr.ofDense", a);
    int n = a.shape().dim(1);
    double[] v = a.doubles();
    int[] at = IntStream.range(0, v.length).filter(i -> v[i] != 0).toArray();
    int[] is = Arrays.stream(at).map(i -> i / n).toArray();
    int[] js = Arrays.stream(at).map(i -> i % n).toArray();
    double[] kept = Arrays.stream(at).mapToDouble(i -> v[i]).toArray();
    return ofCoordinates(a.shape().dim(0), n, is, js, kept, a.dtype());
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /** The number of stored values. */
  public int stored() {
    return columnIndices.length;
  }

  public int[] rowPointers() {
    return rowPointers.clone();
  }

  public int[] columnIndices() {
    return columnIndices.clone();
  }

  public Tensor values() {
    return values;
  }

  private int[] rowIndices() {
    int[] is = new int[stored()];
    for (int i = 0; i < rows; i++) {
      Arrays.fill(is, rowPointers[i], rowPointers[i + 1], i);
    }
    return is;
  }

  /** The product with a vector [columns], or the columns of [columns, k]. */
  public Tensor matmul(Tensor x) {
    Check.real("csr.matmul", x, values);
    if (x.rank() < 1 || x.rank() > 2 || x.shape().dim(0) != columns) {
      throw new IllegalArgumentException(
          "csr.matmul: needs ["
              + columns
              + "] or ["
              + columns
              + ", k] for a matrix ["
              + rows
              + ", "
              + columns
              + "], got "
              + x.shape());
    }
    return Compose.on(
        x,
        () -> {
          Tensor picked = Indexing.select(x, 0, Tensor.of(columnIndices, stored()));
          Tensor weights = x.rank() == 1 ? values : values.unsqueeze(1);
          Tensor zero = Tensor.zeros(x.dtype(), x.shape().with(0, rows).dims());
          return zero.indexAdd(0, Tensor.of(rowIndices(), stored()), picked.mul(weights));
        });
  }

  /** The transposed matrix; its values are a copy, not connected to these. */
  public Csr transpose() {
    return ofCoordinates(
        columns, rows, columnIndices, rowIndices(), values.doubles(), values.dtype());
  }

  /** The matrix with all its zeros, [rows, columns]. */
  public Tensor dense() {
    return Compose.on(values, () -> matmul(Tensor.eye(values.dtype(), columns)));
  }

  /**
   * This matrix for iterations.
   *
   * @throws IllegalArgumentException if it is not square
   */
  public LinearOperator operator() {
    if (rows != columns) {
      throw new IllegalArgumentException(
          "csr.operator: needs a square matrix, got [" + rows + ", " + columns + "]");
    }
    return LinearOperator.of(rows, values.dtype(), values.device(), this::matmul);
  }
}
