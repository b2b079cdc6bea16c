// Training of a network with one hidden layer, as gen/training does it: random numbers, rows,
// initial weights, loss, gradient and AdamW. Nothing here touches the page.
//
// With f the activation, x an input row, y its label and C the number of outputs:
//
//   u = x W_in      h = f(u)      z = h W_out      loss = mean of -log softmax(z)_y / C
//
// One output has the logistic loss. On a circle W_in = E A and W_out = B E^T, where E holds the
// places of the numbers. Rows are kept as lists of the inputs that are 1, of which there are few.
// All numbers are float64. A run depends on its settings alone, on browsers that compute exp, log
// and cos alike.

"use strict";

{
  const { circle, placeOfLargest } = grokreel.network;

  // Which random numbers are for what, as `Purpose` in gen/seeding.py.
  const PURPOSE = { train: 1, test: 2, init: 3 };

  // Standard deviation of a standard normal distribution that is cut at 2 sigma.
  const CUT_NORMAL_DEVIATION = 0.8796256610342398;

  const EPSILON = 1e-8;

  // Words of 32 bits from a seed, each a hash of a counter (splitmix32).
  const wordsFrom = (seed) => {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x9e3779b9) >>> 0;
      let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      return (word ^ (word >>> 15)) >>> 0;
    };
  };

  const rotated = (word, count) => ((word << count) | (word >>> (32 - count))) >>> 0;

  // A function that returns numbers from 0 to below 1: xoshiro128** (Blackman and Vigna 2021,
  // arXiv 1805.01407), of which two words make the 53 bits of a number.
  const generator = (seed, purpose) => {
    const words = wordsFrom(Math.imul(seed, 4) + purpose);
    const s = [words(), words(), words(), words()];
    const next = () => {
      const word = Math.imul(rotated(Math.imul(s[1], 5), 7), 9) >>> 0;
      const shifted = s[1] << 9;
      s[2] ^= s[0];
      s[3] ^= s[1];
      s[1] ^= s[2];
      s[0] ^= s[3];
      s[2] ^= shifted;
      s[3] = rotated(s[3], 11);
      return word;
    };
    return () => {
      const high = next() >>> 5;
      return (high * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
    };
  };

  // Numbers of a normal distribution of mean 0 that is cut at 2 sigma (Box and Muller 1958).
  const truncatedNormal = (random, count, variance) => {
    const factor = Math.sqrt(variance) / CUT_NORMAL_DEVIATION;
    const values = new Float64Array(count);
    for (let i = 0; i < count; ) {
      const radius = Math.sqrt(-2 * Math.log(1 - random()));
      const value = radius * Math.cos(2 * Math.PI * random());
      if (Math.abs(value) <= 2) values[i++] = value * factor;
    }
    return values;
  };

  // Rows of lists of inputs: those of row i are ones[starts[i]] to before ones[starts[i + 1]].
  const rowsOf = (lists, labels) => {
    const starts = new Int32Array(lists.length + 1);
    lists.forEach((list, row) => {
      starts[row + 1] = starts[row] + list.length;
    });
    return { starts, ones: Int32Array.from(lists.flat()), labels: Int32Array.from(labels) };
  };

  // The pairs of numbers, shuffled and split. Products are sums of the places of their factors.
  const modularRows = ({ outputs, halves, difference, trainRows }, seed) => {
    const pairs = [];
    for (let a = 0; a < outputs; a += 1) {
      for (let b = halves ? 0 : a; b < outputs; b += 1) pairs.push([a, b]);
    }
    const random = generator(seed, PURPOSE.train);
    for (let i = pairs.length - 1; i > 0; i -= 1) {
      const j = Math.floor(random() * (i + 1));
      [pairs[i], pairs[j]] = [pairs[j], pairs[i]];
    }
    const read = (chosen) =>
      rowsOf(
        chosen.map(([a, b]) => [a, halves ? b + outputs : b]),
        chosen.map(([a, b]) => (a + (difference ? outputs - b : b)) % outputs),
      );
    return { train: read(pairs.slice(0, trainRows)), test: read(pairs.slice(trainRows)) };
  };

  // Random bits and a constant input; the label is the parity of the first bits.
  const parityRows = ({ bits, signalBits, trainRows, testRows }, seed) => {
    const read = (random, count) => {
      const [lists, labels] = [[], []];
      for (let row = 0; row < count; row += 1) {
        const ones = [];
        for (let bit = 0; bit < bits; bit += 1) if (random() < 0.5) ones.push(bit);
        labels.push(ones.filter((bit) => bit < signalBits).length % 2);
        lists.push([...ones, bits]);
      }
      return rowsOf(lists, labels);
    };
    return {
      train: read(generator(seed, PURPOSE.train), trainRows),
      test: read(generator(seed, PURPOSE.test), testRows),
    };
  };

  const drawRows = (task, seed) =>
    task.kind === "modular" ? modularRows(task, seed) : parityRows(task, seed);

  // The learned arrays of a network, row by row, as its Python class draws them: by name.
  const initialWeights = ({ inputs, outputs, hidden, embedding, tied }, seed) => {
    const random = generator(seed, PURPOSE.init);
    if (embedding !== "circle") {
      return {
        W_in: truncatedNormal(random, inputs * hidden, 1 / inputs),
        W_out: truncatedNormal(random, hidden * outputs, 1 / hidden),
      };
    }
    const a = truncatedNormal(random, (inputs / outputs) * 2 * hidden, 1 / 2);
    return tied ? { A: a } : { A: a, B: truncatedNormal(random, hidden * 2, 1 / hidden) };
  };

  // Logits, loss and gradient of one network; arrays are allocated once.
  class Network {
    constructor(shape) {
      const { inputs, outputs, hidden, embedding, activation } = shape;
      Object.assign(this, { inputs, outputs, hidden });
      this.onCircle = embedding === "circle";
      this.relu = activation === "relu";
      this.places = this.onCircle ? circle(outputs) : null;
      // Columns of what follows the neurons: cos and sin, or the logits themselves.
      this.width = this.onCircle ? 2 : outputs;
      this.into = new Float64Array(inputs * hidden);
      this.dInto = new Float64Array(inputs * hidden);
      this.dOut = new Float64Array(hidden * this.width);
      this.h = new Float64Array(hidden);
      this.slopes = new Float64Array(hidden);
      this.s = new Float64Array(this.width);
      this.dS = new Float64Array(this.width);
      this.z = new Float64Array(outputs);
    }

    // Take over parameters: W_in = E A for each half of the inputs, and B = A^T if it is tied.
    read({ A, B, W_in: wIn, W_out: wOut }) {
      const { hidden, inputs, into, outputs, places } = this;
      if (!this.onCircle) {
        into.set(wIn);
        this.out = wOut;
        return;
      }
      for (let input = 0; input < inputs; input += 1) {
        const [number, half] = [input % outputs, Math.floor(input / outputs)];
        for (let n = 0; n < hidden; n += 1) {
          into[input * hidden + n] =
            places[2 * number] * A[2 * half * hidden + n] +
            places[2 * number + 1] * A[(2 * half + 1) * hidden + n];
        }
      }
      this.out = B ?? Float64Array.from({ length: 2 * hidden }, (_, i) => A[(i % 2) * hidden + (i >> 1)]);
    }

    // Compute h, s = h (B or W_out) and the logits z of a row.
    forward({ starts, ones }, row) {
      const { h, hidden, into, out, outputs, places, relu, s, slopes, width, z } = this;
      h.fill(0);
      for (let at = starts[row]; at < starts[row + 1]; at += 1) {
        const start = ones[at] * hidden;
        for (let n = 0; n < hidden; n += 1) h[n] += into[start + n];
      }
      const sums = places ? s : z;
      sums.fill(0);
      for (let n = 0; n < hidden; n += 1) {
        const u = h[n];
        h[n] = relu ? (u > 0 ? u : 0) : u * u;
        slopes[n] = relu ? (u > 0 ? 1 : 0) : 2 * u;
        if (h[n] === 0) continue;
        for (let w = 0; w < width; w += 1) sums[w] += h[n] * out[n * width + w];
      }
      if (!places) return;
      const [cosine, sine] = s;
      for (let c = 0; c < outputs; c += 1) {
        z[c] = places[2 * c] * cosine + places[2 * c + 1] * sine;
      }
    }

    // Turn the logits z of a row into the gradient of its loss; returns the loss.
    loss(label) {
      const { outputs, z } = this;
      if (outputs === 1) {
        const margin = label ? z[0] : -z[0];
        const wrong = 1 / (1 + Math.exp(margin)); // 1 - the probability of the label
        z[0] = label ? -wrong : wrong;
        return margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
      }
      let largest = z[0];
      for (let c = 1; c < outputs; c += 1) if (z[c] > largest) largest = z[c];
      const right = z[label] - largest;
      let sum = 0;
      for (let c = 0; c < outputs; c += 1) {
        z[c] = Math.exp(z[c] - largest);
        sum += z[c];
      }
      for (let c = 0; c < outputs; c += 1) z[c] /= sum;
      z[label] -= 1;
      return (Math.log(sum) - right) / outputs;
    }

    // Add the gradient of a row, whose dloss/dz is in z.
    backward({ starts, ones }, row) {
      const { dInto, dOut, dS, h, hidden, out, outputs, places, slopes, width, z } = this;
      if (places) {
        let [cosine, sine] = [0, 0];
        for (let c = 0; c < outputs; c += 1) {
          cosine += z[c] * places[2 * c];
          sine += z[c] * places[2 * c + 1];
        }
        dS[0] = cosine;
        dS[1] = sine;
      }
      const dSums = places ? dS : z;
      for (let n = 0; n < hidden; n += 1) {
        const slope = slopes[n];
        let dH = 0;
        if (slope !== 0) {
          for (let w = 0; w < width; w += 1) {
            dOut[n * width + w] += h[n] * dSums[w];
            dH += out[n * width + w] * dSums[w];
          }
        }
        h[n] = dH * slope;
      }
      for (let at = starts[row]; at < starts[row + 1]; at += 1) {
        const start = ones[at] * hidden;
        for (let n = 0; n < hidden; n += 1) dInto[start + n] += h[n];
      }
    }

    // Write the gradient of the mean loss over all rows at some parameters; returns that loss.
    differentiate(rows, parameters, gradients) {
      this.read(parameters);
      this.dInto.fill(0);
      this.dOut.fill(0);
      const count = rows.labels.length;
      let loss = 0;
      for (let row = 0; row < count; row += 1) {
        this.forward(rows, row);
        loss += this.loss(rows.labels[row]);
        this.backward(rows, row);
      }
      this.chain(gradients, 1 / (count * this.outputs));
      return loss / count;
    }

    // From W_in and what follows the neurons to the learned arrays.
    chain({ A, B, W_in: wIn, W_out: wOut }, scale) {
      const { dInto, dOut, hidden, inputs, outputs, places } = this;
      if (!this.onCircle) {
        for (let i = 0; i < wIn.length; i += 1) wIn[i] = dInto[i] * scale;
        for (let i = 0; i < wOut.length; i += 1) wOut[i] = dOut[i] * scale;
        return;
      }
      A.fill(0);
      for (let input = 0; input < inputs; input += 1) {
        const [number, half] = [input % outputs, Math.floor(input / outputs)];
        for (let way = 0; way < 2; way += 1) {
          const factor = places[2 * number + way] * scale;
          const start = (2 * half + way) * hidden;
          for (let n = 0; n < hidden; n += 1) A[start + n] += factor * dInto[input * hidden + n];
        }
      }
      for (let i = 0; i < dOut.length; i += 1) {
        if (B) B[i] = dOut[i] * scale;
        else A[(i % 2) * hidden + (i >> 1)] += dOut[i] * scale;
      }
    }

    // The share of right answers, 0 to 1, and the mean loss.
    score(rows, parameters) {
      this.read(parameters);
      const { z, outputs } = this;
      const count = rows.labels.length;
      let [right, loss] = [0, 0];
      for (let row = 0; row < count; row += 1) {
        const label = rows.labels[row];
        this.forward(rows, row);
        if (outputs === 1) right += (label ? z[0] > 0 : z[0] < 0) ? 1 : 0;
        else right += placeOfLargest(z) === label ? 1 : 0;
        loss += this.loss(label);
      }
      return { accuracy: right / count, loss: loss / count };
    }
  }

  // AdamW of one array, as gen/optimisers/adamw.py writes it.
  class AdamW {
    constructor({ learningRate, betas, weightDecay, l1 }, length) {
      Object.assign(this, { learningRate, weightDecay, l1 });
      [this.first, this.second] = betas;
      this.m = new Float64Array(length);
      this.v = new Float64Array(length);
      this.powers = [1, 1];
    }

    step(weights, gradient) {
      const { first, l1, learningRate, m, powers, second, v, weightDecay } = this;
      powers[0] *= first;
      powers[1] *= second;
      const rate = learningRate / (1 - powers[0]);
      const mend = 1 / (1 - powers[1]);
      for (let i = 0; i < weights.length; i += 1) {
        const g = gradient[i] + l1 * Math.sign(weights[i]);
        m[i] = first * m[i] + (1 - first) * g;
        v[i] = second * v[i] + (1 - second) * g * g;
        weights[i] *= 1 - learningRate * weightDecay;
        weights[i] -= (rate * m[i]) / (Math.sqrt(v[i] * mend) + EPSILON);
      }
    }
  }

  // A network in training. `data` and `weights` replace those of the seed, for tests.
  class Training {
    constructor({ task, network, optimiser, seed }, { data, weights } = {}) {
      this.data = data ?? drawRows(task, seed);
      this.network = new Network(network);
      this.weights = weights ?? initialWeights(network, seed);
      this.names = Object.keys(this.weights);
      this.gradients = {};
      this.updates = {};
      for (const name of this.names) {
        this.gradients[name] = new Float64Array(this.weights[name].length);
        this.updates[name] = new AdamW(optimiser, this.weights[name].length);
      }
      this.steps = 0;
    }

    // One step on all training rows; returns the loss before it.
    step() {
      const { data, gradients, network, weights } = this;
      const loss = network.differentiate(data.train, weights, gradients);
      for (const name of this.names) this.updates[name].step(weights[name], gradients[name]);
      this.steps += 1;
      return loss;
    }

    score() {
      const { data, network, weights } = this;
      return { train: network.score(data.train, weights), test: network.score(data.test, weights) };
    }
  }

  grokreel.training = { Network, Training, drawRows, generator, initialWeights, rowsOf, truncatedNormal };
}
