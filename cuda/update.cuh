// One element's step of each optimizer, in the order of operations of PyTorch's forms.
#pragma once

__device__ __forceinline__ float root(float v) { return sqrtf(v); }
__device__ __forceinline__ double root(double v) { return sqrt(v); }

template <class A>
struct Sgd {
  A rate, momentum, keep, decay;
  bool velocity, nesterov, first;
};

template <class A>
__device__ __forceinline__ void step(const Sgd<A>& o, A& w, A g, A& m, A&) {
  g += o.decay * w;
  if (o.velocity) {
    m = o.first ? g : o.momentum * m + o.keep * g;
    g = o.nesterov ? g + o.momentum * m : m;
  }
  w -= o.rate * g;
}

// rate is the learning rate over 1 - beta1^t, scale the inverse root of 1 - beta2^t; weights are
// multiplied by shrink (decoupled decay) and pull times them is added to gradients.
template <class A>
struct Adam {
  A rate, scale, beta1, beta2, rest1, rest2, epsilon, shrink, pull;
};

template <class A>
__device__ __forceinline__ void step(const Adam<A>& o, A& w, A g, A& m, A& v) {
  g += o.pull * w;
  m = o.beta1 * m + o.rest1 * g;
  v = o.beta2 * v + o.rest2 * (g * g);
  w = w * o.shrink - o.rate * m / (root(v) * o.scale + o.epsilon);
}

struct alignas(16) Float4 {
  float v[4];
};
