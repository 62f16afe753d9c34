package org.jacana.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** The networks as DL4J's graphs of layers, with the starting weights. */
final class Dl4jNet {
  private static final String INPUT = "input";

  private final Net net;
  private final boolean channelsLast;
  private final boolean training;
  private final CNN2DFormat format;
  private final ComputationGraphConfiguration.GraphBuilder graph;

  /** Names of the parameters, in Jacana's order. */
  private final List<String> names = new ArrayList<>();

  private String last = INPUT;
  private int count;

  private final ComputationGraph model;
  private final INDArray start;

  /**
   * Builds a network.
   *
   * @param rule updates the weights; null for a network that only answers, with logits
   */
  Dl4jNet(Net net, boolean channelsLast, IUpdater rule) {
    this.net = net;
    this.channelsLast = channelsLast;
    training = rule != null;
    format = channelsLast ? CNN2DFormat.NHWC : CNN2DFormat.NCHW;
    NeuralNetConfiguration.Builder all =
        new NeuralNetConfiguration.Builder()
            .trainingWorkspaceMode(WorkspaceMode.ENABLED)
            .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
            .activation(Activation.IDENTITY);
    if (training) {
      all.updater(rule);
    }
    graph = all.graphBuilder().addInputs(INPUT);
    graph.setInputTypes(
        net.images()
            ? InputType.convolutional(net.size, net.size, net.channels, format)
            : InputType.feedForward((long) net.size * net.size * net.channels));
    build();
    graph.setOutputs(last).validateOutputLayerConfig(false);
    model = new ComputationGraph(graph.build());
    model.init();
    List<Net.Parameter> wanted = net.parameters();
    if (names.size() != wanted.size()) {
      throw new IllegalStateException(net + ": " + names.size() + " parameters in DL4J");
    }
    for (int i = 0; i < names.size(); i++) {
      Net.Parameter p = wanted.get(i);
      model.setParam(names.get(i), Dl4jArrays.parameter(p, p.start(i), channelsLast));
    }
    start = model.params().dup();
  }

  ComputationGraph model() {
    return model;
  }

  /** The starting weights and statistics again, and the updater's own start. */
  void restart() {
    model.params().assign(start);
    INDArray state = model.getUpdater().getUpdaterStateViewArray();
    if (state != null) {
      state.assign(0);
    }
    model.getConfiguration().setIterationCount(0);
  }

  /** An array of each parameter in Jacana's layout, from those that carry its name here. */
  List<float[]> inOrder(Map<String, INDArray> arrays) {
    List<float[]> all = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      all.add(Dl4jArrays.back(net.parameters().get(i), arrays.get(names.get(i)), channelsLast));
    }
    return all;
  }

  void close() {
    model.close();
    start.close();
  }

  private void build() {
    switch (net) {
      case MLP -> {
        dense(256);
        dense(128);
        output();
      }
      case LENET -> {
        convolution(32, 5, 1, true);
        pool();
        convolution(64, 5, 1, true);
        pool();
        dense(1024);
        output();
      }
      case RESNET8 -> {
        normed(16, 3, 1);
        relu();
        block(16, 1, false);
        block(32, 2, true);
        block(64, 2, true);
        add(new GlobalPoolingLayer.Builder(PoolingType.AVG).build());
        output();
      }
    }
  }

  private void block(int filters, int stride, boolean project) {
    String input = last;
    normed(filters, 3, stride);
    relu();
    normed(filters, 3, 1);
    String body = last;
    last = input;
    if (project) {
      normed(filters, 1, stride);
    }
    String sum = "sum" + count++;
    graph.addVertex(sum, new ElementWiseVertex(ElementWiseVertex.Op.Add), body, last);
    last = sum;
    relu();
  }

  private void add(Layer layer, String... parameters) {
    String name = "layer" + count++;
    graph.addLayer(name, layer, last);
    for (String p : parameters) {
      names.add(name + "_" + p);
    }
    last = name;
  }

  private void convolution(int filters, int kernel, int stride, boolean bias) {
    ConvolutionLayer.Builder b =
        new ConvolutionLayer.Builder(kernel, kernel)
            .stride(stride, stride)
            .padding(kernel / 2, kernel / 2)
            .dataFormat(format)
            .nOut(filters);
    // Filters with a bias are those that no batch norm follows.
    if (!bias) {
      add(b.hasBias(false).build(), "W");
    } else if (channelsLast) {
      // With oneDNN the gradients of a rectifier within such a layer are wrong.
      add(b.build(), "W", "b");
      relu();
    } else {
      add(b.activation(Activation.RELU).build(), "W", "b");
    }
  }

  private void normed(int filters, int kernel, int stride) {
    convolution(filters, kernel, stride, false);
    add(
        new BatchNormalization.Builder().eps(1e-5).decay(0.9).dataFormat(format).build(),
        "gamma",
        "beta");
  }

  private void relu() {
    add(new ActivationLayer(Activation.RELU));
  }

  private void pool() {
    add(
        new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
            .kernelSize(2, 2)
            .stride(2, 2)
            .dataFormat(format)
            .build());
  }

  private void dense(int units) {
    add(new DenseLayer.Builder().nOut(units).activation(Activation.RELU).build(), "W", "b");
  }

  private void output() {
    Layer layer =
        training
            ? new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .nOut(Net.CLASSES)
                .activation(Activation.SOFTMAX)
                .build()
            : new DenseLayer.Builder().nOut(Net.CLASSES).build();
    add(layer, "W", "b");
  }
}
