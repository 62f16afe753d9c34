package org.jacana.io.onnx;

import java.util.Arrays;
import java.util.Optional;
import org.jacana.DType;

/** The element types of ONNX that we read or write, with the number of each in the format. */
enum ElementType {
  FLOAT(1, 4, DType.F32),
  UINT8(2, 1, DType.U8),
  INT8(3, 1, DType.I32),
  UINT16(4, 2, DType.I32),
  INT16(5, 2, DType.I32),
  INT32(6, 4, DType.I32),
  INT64(7, 8, DType.I32),
  BOOL(9, 1, DType.BOOL),
  FLOAT16(10, 2, DType.F16),
  DOUBLE(11, 8, DType.F64),
  BFLOAT16(16, 2, DType.BF16);

  final int code;

  /** Bytes of one element in raw_data. */
  final int bytes;

  /** What holds such elements here; integers must fit. */
  final DType dtype;

  ElementType(int code, int bytes, DType dtype) {
    this.code = code;
    this.bytes = bytes;
    this.dtype = dtype;
  }

  static Optional<ElementType> of(long code) {
    return Arrays.stream(values()).filter(t -> t.code == code).findAny();
  }

  boolean isFloat() {
    return dtype.isFloat();
  }
}
