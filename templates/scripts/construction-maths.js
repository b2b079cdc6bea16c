// The constructed network: n neurons that add modulo p, with weights given by formulas.
//
// The same arithmetic as gen/analysis/construction.py, and helpers of both of its figures.

"use strict";

{
  // Rounding errors below this, as a share, count as zero.
  const NEGLIGIBLE = 1e-9;

  const unitVector = (angle) => [Math.cos(angle), Math.sin(angle)];

  class Construction {
    constructor(neurons, modulus, activation) {
      Object.assign(this, { neurons, modulus, activation });
      const angles = Array.from({ length: neurons }, (_, k) => (2 * Math.PI * k) / neurons);
      this.into = angles.map(unitVector);
      this.out = angles.map((angle) => unitVector(2 * angle));
    }

    // The point of a number on the unit circle: its row of E.
    point(number) {
      return unitVector((2 * Math.PI * number) / this.modulus);
    }

    // Pre-activation of every neuron for a vector.
    preActivations([x, y]) {
      return this.into.map(([cos, sin]) => x * cos + y * sin);
    }

    activations(preActivations) {
      if (this.activation === "relu") return preActivations.map((u) => Math.max(0, u));
      return this.activation === "square" ? preActivations.map((u) => u * u) : preActivations;
    }

    // The outputs of the neurons as a chain of vectors from the origin. The last point is the
    // output of the network.
    chain(activations) {
      const points = [[0, 0]];
      activations.forEach((value, k) => {
        const [x, y] = points[k];
        points.push([x + value * this.out[k][0], y + value * this.out[k][1]]);
      });
      return points;
    }

    forward(a, b) {
      const [one, two] = [this.point(a), this.point(b)];
      const preActivations = this.preActivations([one[0] + two[0], one[1] + two[1]]);
      const activations = this.activations(preActivations);
      return { preActivations, activations, chain: this.chain(activations) };
    }

    // The largest distance from the origin of any point of any pair's chain.
    reach() {
      let longest = 0;
      for (let j = 0; j < 2 * this.modulus; j += 1) {
        const angle = (Math.PI * j) / this.modulus;
        const sum = [2 * Math.cos(angle), 2 * Math.sin(angle)];
        for (const point of this.chain(this.activations(this.preActivations(sum)))) {
          longest = Math.max(longest, Math.hypot(...point));
        }
      }
      return longest;
    }

    isZero(output) {
      return Math.hypot(...output) <= NEGLIGIBLE * this.neurons;
    }

    // The number with the highest logit; -1 for a tie.
    answer(output) {
      if (this.isZero(output)) return -1;
      const place = (Math.atan2(output[1], output[0]) * this.modulus) / (2 * Math.PI);
      const tie = Math.abs(Math.abs(place - Math.round(place)) - 0.5) < NEGLIGIBLE;
      return tie ? -1 : (Math.round(place) + this.modulus) % this.modulus;
    }

    // The angle from a number's point to an output, in degrees: -180 to 180.
    angleError(output, number) {
      const angle = Math.atan2(output[1], output[0]) - (2 * Math.PI * number) / this.modulus;
      return (Math.atan2(Math.sin(angle), Math.cos(angle)) * 180) / Math.PI;
    }

    // The angle error in degrees for each of the 2p directions that E[a] + E[b] can have; null
    // where the output is zero. The right answer for direction j is j modulo p.
    angleErrors() {
      return Array.from({ length: 2 * this.modulus }, (_, j) => {
        const direction = unitVector((Math.PI * j) / this.modulus);
        const output = this.chain(this.activations(this.preActivations(direction)))[this.neurons];
        return this.isZero(output) ? null : this.angleError(output, j);
      });
    }

    // Count the pairs a <= b with a right, a wrong and an undecided answer.
    counts(errors = this.angleErrors()) {
      const p = this.modulus;
      const half = 180 / p;
      const slack = NEGLIGIBLE * half;
      const verdicts = errors.map((error) => {
        const size = error === null ? half : Math.abs(error);
        return Math.abs(size - half) <= slack ? "undecided" : size < half ? "right" : "wrong";
      });
      const counts = { pairs: (p * (p + 1)) / 2, right: 0, undecided: 0, wrong: 0 };
      for (let apart = 0; apart < p; apart += 1) {
        for (let a = 0; a + apart < p; a += 1) {
          const far = 2 * apart > p ? p : 0;
          const direction = (2 * a + apart + far) % (2 * p);
          counts[2 * apart === p ? "undecided" : verdicts[direction]] += 1;
        }
      }
      return counts;
    }
  }

  // A coordinate with at most one decimal.
  const coordinate = (value) => {
    const rounded = Math.round(value * 10) / 10;
    return String(rounded === 0 ? 0 : rounded);
  };

  const label = (content, x, y, classes, anchor = "start") => {
    const anchored = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
    return `<text class="${classes}" x="${coordinate(x)}" y="${coordinate(y)}"${anchored}>${content}</text>`;
  };

  const line = (classes, x1, y1, x2, y2) =>
    `<line class="${classes}" x1="${coordinate(x1)}" y1="${coordinate(y1)}" ` +
    `x2="${coordinate(x2)}" y2="${coordinate(y2)}"/>`;

  // The number in a field, clamped to its limits; NaN for an empty field.
  const clamped = (field) => {
    const value = Math.round(field.valueAsNumber);
    return Math.min(Number(field.max), Math.max(Number(field.min), value));
  };

  // Call `change` for every valid number in a field; when the field is left, correct it first.
  const watch = (field, change) => {
    field.addEventListener("input", () => {
      if (field.validity.valid && field.value !== "") change();
    });
    field.addEventListener("change", () => {
      const value = clamped(field);
      field.value = Number.isNaN(value) ? field.defaultValue : value;
      change();
    });
  };

  grokreel.construction = { Construction, NEGLIGIBLE, clamped, coordinate, label, line, watch };
}
