package org.jacana.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/** Work that starts all that a backend starts: kernels, staging memory, cuBLAS and cuDNN. */
final class OwnBackend {
  private OwnBackend() {}

  private static View part(CudaBuffer b, int from, Shape shape) {
    Layout all = Layout.contiguous(Shape.of((int) (b.bytes() / 4)));
    return new View(b, DType.F32, all.slice(0, from, (int) shape.size(), 1).reshape(shape));
  }

  /** Uses everything and reads the result. */
  static float[] use(CudaBackend own) {
    CudaBuffer b = own.gpu().memory().allocate(4096);
    try {
      ByteBuffer bytes = ByteBuffer.allocateDirect(4096).order(ByteOrder.nativeOrder());
      for (int i = 0; i < 1024; i++) {
        bytes.putFloat(4 * i, i % 7 - 3);
      }
      own.upload(b, 0, bytes);
      View x = part(b, 0, Shape.of(1, 4, 4, 4));
      View w = part(b, 128, Shape.of(4, 1, 1, 4));
      own.fill(x, 2);
      ConvSpec spec = ConvSpec.of(1, 0);
      View y = part(b, 64, Shape.of(1, 4, 4, 4));
      own.conv(spec, y, x, w);
      own.convGradInput(spec, part(b, 192, Shape.of(1, 4, 4, 4)), y, w);
      own.convGradWeight(spec, part(b, 320, Shape.of(4, 1, 1, 4)), x, y);
      own.matmul(
          part(b, 256, Shape.of(4, 4)), part(b, 400, Shape.of(4, 4)), part(b, 64, Shape.of(4, 4)));
      own.copy(part(b, 512, Shape.of(4, 4)), part(b, 256, Shape.of(4, 4)));
      own.synchronize();
      own.download(bytes.clear(), b, 0);
      float[] out = new float[1024];
      bytes.clear().asFloatBuffer().get(out);
      return out;
    } finally {
      b.release();
    }
  }
}
