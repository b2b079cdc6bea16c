// One sum or product as a sum of waves: what each group of neurons adds to the logits.
//
// gen/analysis/interference.py computes the same.

"use strict";

{
  // Dirichlet kernel: the trigonometric polynomial of lowest degree that is 1 at distance 0 and 0
  // at every other whole distance.
  const kernel = (distance, numbers) => {
    const whole = Math.round(distance);
    if (Math.abs(distance - whole) < 1e-9) return whole === 0 ? 1 : 0;
    const half = (Math.PI * distance) / numbers;
    const below = numbers % 2 ? Math.sin(half) : Math.tan(half);
    return Math.sin(Math.PI * distance) / (numbers * below);
  };

  // The values on a circle, interpolated by waves: `parts` places for each number, from the first
  // number to the last one.
  class Interpolation {
    constructor(numbers, parts) {
      this.numbers = numbers;
      this.places = (numbers - 1) * parts + 1;
      this.weights = new Float64Array(this.places * numbers);
      for (let place = 0; place < this.places; place += 1) {
        for (let value = 0; value < numbers; value += 1) {
          this.weights[place * numbers + value] = kernel(place / parts - value, numbers);
        }
      }
    }

    of(values) {
      const { numbers, places, weights } = this;
      const smooth = new Float64Array(places);
      for (let place = 0; place < places; place += 1) {
        const start = place * numbers;
        let sum = 0;
        for (let value = 0; value < numbers; value += 1) sum += weights[start + value] * values[value];
        smooth[place] = sum;
      }
      return smooth;
    }
  }

  // What some neurons of a network (network-maths.js) add to the logits of (a, b).
  const shareOf = (network, neurons, a, b) => {
    const { activation, first, second, numbers, out } = network;
    const share = new Float64Array(numbers);
    for (const neuron of neurons) {
      const before = first[a * network.neurons + neuron] + second[b * network.neurons + neuron];
      const active = activation(before);
      const start = neuron * numbers;
      for (let c = 0; active && c < numbers; c += 1) share[c] += active * out[start + c];
    }
    return share;
  };

  // What each group of neurons adds to the logits of (a, b), and the logits.
  const sharesOf = (network, groups, a, b) => {
    const shares = groups.map((neurons) => shareOf(network, neurons, a, b));
    const total = Array.from({ length: network.numbers }, (_, c) =>
      shares.reduce((sum, share) => sum + share[c], 0),
    );
    return [shares, total];
  };

  // The largest share of a group in any logit; logits count divided by `height`, because their row
  // is so many times as high.
  const largestShare = (shares, total, height) => {
    let largest = 0;
    for (const share of shares) for (const one of share) largest = Math.max(largest, Math.abs(one));
    for (const logit of total) largest = Math.max(largest, Math.abs(logit) / height);
    return largest;
  };

  // A scale that fits a ratio: `scale`, or if that is too small the smallest round number that is
  // at least the ratio. In Python `round_scale` in gen/widgets/interference_scale.py.
  const fittingScale = (scale, ratio) => {
    if (!(ratio > scale)) return scale;
    const power = Math.floor(Math.log10(ratio));
    // Digits as text: 0.2 and not 2 * 0.1.
    const scales = [1, 1.5, 2, 3, 4, 6, 8, 10].map((digit) => Number(`${digit}e${power}`));
    return scales.find((one) => one >= ratio * (1 - 1e-9));
  };

  // The margin of an answer, and the best of the others.
  const marginOf = (values, answer) => {
    let next = answer === 0 ? 1 : 0;
    for (let c = 0; c < values.length; c += 1) if (c !== answer && values[c] > values[next]) next = c;
    return [values[answer] - values[next], next];
  };

  grokreel.interference = { Interpolation, fittingScale, kernel, largestShare, marginOf, sharesOf };
}
