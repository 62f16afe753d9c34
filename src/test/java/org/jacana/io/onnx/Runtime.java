package org.jacana.io.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Shape;

/** Runs graphs in ONNX Runtime, the judge of the tests here. */
final class Runtime {
  private Runtime() {}

  /** A float tensor outside of our code. */
  record Array(float[] values, Shape shape) {}

  /** The first output for one float input. */
  static Array run(byte[] model, float[] x, Shape shape) {
    return run(model, new Array(x, shape)).get(0);
  }

  /** All outputs for inputs in the graph's order; whole numbers where the graph asks for INT64. */
  static List<Array> run(byte[] model, Array... inputs) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> given = new LinkedHashMap<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      try (OrtSession session = environment.createSession(model, options)) {
        int i = 0;
        for (String name : session.getInputNames()) {
          boolean whole = session.getInputInfo().get(name).getInfo().toString().contains("INT64");
          given.put(name, tensor(environment, inputs[i++], whole));
        }
        try (OrtSession.Result result = session.run(given)) {
          List<Array> out = new ArrayList<>();
          for (Map.Entry<String, OnnxValue> e : result) {
            OnnxTensor t = (OnnxTensor) e.getValue();
            float[] v = new float[t.getFloatBuffer().remaining()];
            t.getFloatBuffer().get(v);
            out.add(new Array(v, shape(t.getInfo().getShape())));
          }
          return out;
        }
      }
    } catch (OrtException e) {
      throw new AssertionError(e);
    } finally {
      given.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor tensor(OrtEnvironment environment, Array x, boolean whole)
      throws OrtException {
    long[] dims = Arrays.stream(x.shape().dims()).asLongStream().toArray();
    if (!whole) {
      return OnnxTensor.createTensor(environment, FloatBuffer.wrap(x.values()), dims);
    }
    long[] v = new long[x.values().length];
    Arrays.setAll(v, i -> (long) x.values()[i]);
    return OnnxTensor.createTensor(environment, LongBuffer.wrap(v), dims);
  }

  private static Shape shape(long[] dims) {
    return Shape.of(Arrays.stream(dims).mapToInt(Math::toIntExact).toArray());
  }
}
