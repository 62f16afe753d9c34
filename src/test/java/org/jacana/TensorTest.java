package org.jacana;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TensorTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void everyTypeIsReadAsItWasWritten() {
    assertArrayEquals(new float[] {1.5f, -2}, Tensor.of(new float[] {1.5f, -2}).floats());
    assertArrayEquals(new double[] {Math.PI}, Tensor.of(new double[] {Math.PI}).doubles());
    assertArrayEquals(
        new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE},
        Tensor.of(new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE}).ints());
    assertArrayEquals(new int[] {0, 255, 128}, Tensor.of(new byte[] {0, -1, -128}).ints());
    assertArrayEquals(new int[] {1, 0}, Tensor.of(new boolean[] {true, false}).ints());
    assertEquals(DType.BOOL, Tensor.of(new boolean[] {true}).dtype());
  }

  @Test
  void readingConverts() {
    Tensor t = Tensor.of(new float[] {1.9f, -1.9f, 3});
    assertArrayEquals(new int[] {1, -1, 3}, t.ints());
    assertArrayEquals(new double[] {1.9f, -1.9f, 3}, t.doubles());
    assertArrayEquals(new float[] {7}, Tensor.of(new int[] {7}).floats());
    assertEquals(3, Tensor.scalar(3).item());
  }

  @Test
  void bytesAreTheElementsInOrder() {
    ByteBuffer b = Tensor.of(new int[] {1, 2, 3, 4}, 2, 2).transpose(0, 1).bytes();
    assertEquals(16, b.remaining());
    assertArrayEquals(
        new int[] {1, 3, 2, 4}, new int[] {b.getInt(), b.getInt(), b.getInt(), b.getInt()});
  }

  @Test
  void creation() {
    assertArrayEquals(new int[] {0, 1, 2}, Tensor.arange(3).ints());
    assertArrayEquals(new int[] {1, 4, 7}, Tensor.arange(1, 9, 3).ints());
    assertArrayEquals(new int[] {5, 3, 1}, Tensor.arange(5, 0, -2).ints());
    assertEquals(0, Tensor.arange(5, 5, 1).size());
    assertEquals(0, Tensor.arange(5, 9, -1).size());
    assertArrayEquals(new float[] {0, 0.25f, 0.5f, 0.75f, 1}, Tensor.linspace(0, 1, 5).floats());
    assertArrayEquals(new float[] {4}, Tensor.linspace(4, 9, 1).floats());
    assertArrayEquals(new float[] {1, 0, 0, 1}, Tensor.eye(2).floats());
    assertEquals(0, Tensor.eye(0).size());
    assertArrayEquals(new double[] {7, 7}, Tensor.full(DType.U8, 7, 2).doubles());
    assertArrayEquals(new double[] {1, 1}, Tensor.zeros(DType.I32, 2).onesLike().doubles());
    assertEquals(Shape.scalar(), Tensor.scalar(2).shape());
    assertEquals(1, Tensor.of(new float[] {3}, new int[] {1, 1}).size());
  }

  @Test
  void assignCastsAndFollowsTheLayout() {
    Tensor t = Tensor.zeros(2, 3);
    t.transpose(0, 1).assign(Tensor.of(new int[] {1, 2, 3, 4, 5, 6}, 3, 2));
    assertArrayEquals(new float[] {1, 3, 5, 2, 4, 6}, t.floats());
    t.slice(1, 0, 3, 2).assign(Tensor.of(new double[] {9, 8, 7, 6}, 2, 2));
    assertArrayEquals(new float[] {9, 3, 8, 7, 4, 6}, t.floats());
  }

  @Test
  void assignFromAnOverlappingView() {
    Tensor t = Tensor.arange(5);
    t.slice(0, 1, 5).assign(t.slice(0, 0, 4));
    assertArrayEquals(new int[] {0, 0, 1, 2, 3}, t.ints());
    Tensor u = Tensor.arange(4);
    u.assign(u.flip(0));
    assertArrayEquals(new int[] {3, 2, 1, 0}, u.ints());
  }

  @Test
  void devicesExchangeValues() {
    Tensor here = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
    Tensor there = here.transpose(0, 1).to(Device.REFERENCE);
    assertEquals(Device.REFERENCE, there.device());
    assertArrayEquals(new float[] {1, 3, 2, 4}, there.floats());
    here.assign(there);
    assertArrayEquals(new float[] {1, 3, 2, 4}, here.floats());
    assertSame(here, here.to(here.device()));
    assertArrayEquals(new float[] {2, 6, 4, 8}, there.mul(2).floats());
    assertArrayEquals(new float[] {0, 1, 0.5f, 1.5f}, there.div(2).sub(0.5).floats());
    assertEquals(Device.REFERENCE, there.maximum(2).device());
  }

  @Test
  void aClosedTensorStaysClosed() {
    Tensor t = Tensor.ones(2);
    t.close();
    t.close();
    assertFalse(t.isOpen());
    assertEquals("Tensor F32 [2] (closed)", t.toString());
  }

  @Test
  void aHandleOutlivesTheOneItWasMadeFrom() {
    Tensor t = Tensor.arange(6);
    Tensor v = t.slice(0, 2, 4);
    t.close();
    assertArrayEquals(new int[] {2, 3}, v.ints());
  }

  @Test
  void printing() {
    check("[1. 2. 3.] F32[3]", Tensor.of(new float[] {1, 2, 3}));
    check("3.5 F32[]", Tensor.scalar(3.5));
    check("[] F32[0, 3]", Tensor.zeros(0, 3));
    check("[[1 2]\n [3 4]] I32[2, 2]", Tensor.of(new int[] {1, 2, 3, 4}, 2, 2));
    check("[[ -1 200]\n [  3   4]] I32[2, 2]", Tensor.of(new int[] {-1, 200, 3, 4}, 2, 2));
    check("[ true false] BOOL[2]", Tensor.of(new boolean[] {true, false}));
    check("[255   0] U8[2]", Tensor.of(new byte[] {-1, 0}));
    check(
        "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]] I32[2, 2, 2]", Tensor.arange(8).reshape(2, 2, 2));
    check(
        "[ nan  inf -inf   1.] F64[4]",
        Tensor.of(
            new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1}));
    check("[-0.3333  0.6667] F64[2]", Tensor.of(new double[] {-1 / 3.0, 2 / 3.0}));
    check("[1.0000e-10 1.0000e+00] F64[2]", Tensor.of(new double[] {1e-10, 1}));
    check("[2 3] I32[2]", Tensor.arange(4).slice(0, 2, 4));
  }

  @Test
  void longAxesAreCut() {
    check("[   0    1    2 ... 1998 1999 2000] I32[2001]", Tensor.arange(2001));
    String s = Tensor.arange(2000).reshape(200, 10).toString();
    assertEquals(
        "[[   0    1    2 ...    7    8    9]\n"
            + " [  10   11   12 ...   17   18   19]\n"
            + " [  20   21   22 ...   27   28   29]\n"
            + " ...\n"
            + " [1970 1971 1972 ... 1977 1978 1979]\n"
            + " [1980 1981 1982 ... 1987 1988 1989]\n"
            + " [1990 1991 1992 ... 1997 1998 1999]] I32[200, 10]",
        s);
  }

  private static void check(String expected, Tensor t) {
    assertEquals(expected, t.toString());
  }
}
