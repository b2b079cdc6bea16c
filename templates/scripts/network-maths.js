// Networks of two numbers with one hidden layer: logits, answers, and which of them are right.
//
// The weights of a snapshot come from a pack, whose `model` says what the network is. Numbers are
// given by their places, as in gen/analysis/pairs.py, which computes the same.

"use strict";

{
  const ACTIVATIONS = { relu: (u) => (u > 0 ? u : 0), square: (u) => u * u };

  // The points of the fixed circle, row by row: columns cos(2 pi i / n) and sin(2 pi i / n), each
  // scaled to unit norm. `circle` in gen/networks/embedded.py.
  const circle = (count) => {
    const points = new Float64Array(2 * count);
    const lengths = [0, 0];
    for (let i = 0; i < count; i += 1) {
      const angle = (2 * Math.PI * i) / count;
      [points[2 * i], points[2 * i + 1]] = [Math.cos(angle), Math.sin(angle)];
      for (const way of [0, 1]) lengths[way] += points[2 * i + way] ** 2;
    }
    return points.map((value, i) => value / Math.sqrt(lengths[i % 2]));
  };

  // The periods of the wave of 2k among `numbers` numbers: 0 (a constant) up to half of them.
  const doubleFrequency = (k, numbers) => {
    const double = (2 * k) % numbers;
    return Math.min(double, numbers - double);
  };

  // Remove a wave of k periods from a column of a matrix with `columns` columns, in place; the
  // column begins at the place `start` and has `count` entries.
  const removeWave = (values, start, columns, count, k) => {
    let [cosine, sine] = [0, 0];
    for (let n = 0; n < count; n += 1) {
      const angle = (2 * Math.PI * k * n) / count;
      cosine += values[start + n * columns] * Math.cos(angle);
      sine += values[start + n * columns] * Math.sin(angle);
    }
    const factor = (2 * k === count ? 1 : 2) / count;
    for (let n = 0; n < count; n += 1) {
      const angle = (2 * Math.PI * k * n) / count;
      values[start + n * columns] -= factor * (cosine * Math.cos(angle) + sine * Math.sin(angle));
    }
  };

  // The place of the largest value; of several equal ones the first.
  const placeOfLargest = (values) => {
    let best = 0;
    for (let i = 1; i < values.length; i += 1) if (values[i] > values[best]) best = i;
    return best;
  };

  // The places of a and b after a move of one of them; the other one follows if the reader holds
  // their sum or difference.
  const moved = (places, which, place, hold, numbers) => {
    const by = place - places[which];
    const other = { none: 0, sum: -by, difference: by }[hold];
    return places.map((one, index) => (one + (index === which ? by : other) + numbers) % numbers);
  };

  class PairNetwork {
    constructor({ task, network }, neurons) {
      const { numbers, operation, ordered, inputs } = task;
      Object.assign(this, { numbers, ordered, inputs, neurons, onCircle: network.circle });
      this.sign = operation === "subtract" ? -1 : 1;
      this.names = network.circle ? ["A", "B"] : ["W_in", "W_out"];
      this.activation = ACTIVATIONS[network.activation];
      this.points = network.circle ? circle(numbers) : null;
      this.first = new Float64Array(numbers * neurons);
      this.second = ordered ? new Float64Array(numbers * neurons) : this.first;
      this.out = new Float64Array(neurons * numbers);
      this.hidden = new Float64Array(neurons);
      this.given = new Int16Array(numbers * numbers);
    }

    // The number of pairs of the task: (a, b) and (b, a) are one, unless they are two rows.
    get pairs() {
      const { numbers, ordered } = this;
      return ordered ? numbers * numbers : (numbers * (numbers + 1)) / 2;
    }

    // Take the weights of a snapshot.
    read(pack, snapshot) {
      const [into, out] = this.names.map((name) => pack.matrix(name, snapshot));
      if (this.onCircle) this.unfold(into, out);
      else {
        this.first.set(into.subarray(0, this.first.length));
        if (this.ordered) this.second.set(into.subarray(this.first.length));
        this.out.set(out);
      }
    }

    // W_in = E A and W_out = B E^T, with the points of the circle as rows of E.
    unfold(a, b) {
      const { neurons, numbers, points, first, out } = this;
      for (let i = 0; i < numbers; i += 1) {
        const [x, y] = [points[2 * i], points[2 * i + 1]];
        for (let neuron = 0; neuron < neurons; neuron += 1) {
          first[i * neurons + neuron] = x * a[neuron] + y * a[neurons + neuron];
          out[neuron * numbers + i] = x * b[2 * neuron] + y * b[2 * neuron + 1];
        }
      }
    }

    // Write the logits of all answers to (a, b).
    compute(a, b, logits) {
      const { activation, first, second, neurons, numbers, out } = this;
      logits.fill(0);
      for (let neuron = 0; neuron < neurons; neuron += 1) {
        const active = activation(first[a * neurons + neuron] + second[b * neurons + neuron]);
        if (active === 0) continue;
        const start = neuron * numbers;
        for (let c = 0; c < numbers; c += 1) logits[c] += active * out[start + c];
      }
    }

    logits(a, b) {
      const logits = new Float64Array(this.numbers);
      this.compute(a, b, logits);
      return logits;
    }

    // The place of the right answer.
    rightAnswer(a, b) {
      return (a + this.sign * b + this.numbers) % this.numbers;
    }

    // Compute all answers: `given` holds the one to (a, b) at a * numbers + b. Returns how many
    // pairs are answered rightly.
    answer() {
      const { given, numbers, ordered } = this;
      const logits = new Float64Array(numbers);
      let right = 0;
      for (let a = 0; a < numbers; a += 1) {
        for (let b = ordered ? 0 : a; b < numbers; b += 1) {
          this.compute(a, b, logits);
          const best = placeOfLargest(logits);
          given[a * numbers + b] = best;
          if (!ordered) given[b * numbers + a] = best;
          if (best === this.rightAnswer(a, b)) right += 1;
        }
      }
      return right;
    }
  }

  grokreel.network = { PairNetwork, circle, doubleFrequency, moved, placeOfLargest, removeWave };
}
