// A constructed network that adds two numbers: every input redraws the whole picture.

"use strict";

{
  const { Construction, NEGLIGIBLE, clamped, coordinate, label, line, watch } = grokreel.construction;
  const { number, whole } = grokreel.numbers;
  const { dataOf, filled, startFigures } = grokreel.page;
  const FORMULAS = { relu: "relu(u)", square: "u\u00b2", linear: "u" };

  const colour = (neuron) => `colour-${(neuron % 6) + 1}`;

  const dot = (classes, [x, y], radius) =>
    `<circle class="${classes}" cx="${coordinate(x)}" cy="${coordinate(y)}" r="${radius}"/>`;

  const scaled = ([x, y], factor) => [x * factor, y * factor];

  // The same drawing as `Picture` in gen/widgets/construction.py. The left circle (0) shows the
  // input directions A, the right circle (1) the output directions B.
  class Picture {
    constructor(network, a, b, shape) {
      Object.assign(this, { network, a, b, shape });
      this.unit = shape.side / 2 / (network.neurons % 2 ? 1.36 : 1.6);
    }

    markup() {
      const result = this.network.forward(this.a, this.b);
      const circles = [this.circle(0), this.circle(1), this.input(), this.output(result.chain)];
      return `${circles.join("")}${this.bars(result)}`;
    }

    at(circle, [x, y]) {
      const { side, width } = this.shape;
      const middle = circle ? width - side / 2 : side / 2;
      return [middle + x * this.unit, side / 2 - y * this.unit];
    }

    path(circle, points) {
      return `M${points.map((point) => this.at(circle, point).map(coordinate).join(" ")).join("L")}`;
    }

    circle(circle) {
      const { network, shape } = this;
      const directions = circle ? network.out : network.into;
      const spokes = directions.map((d) => this.path(circle, [[0, 0], scaled(d, 0.94)]));
      const dots = Array.from({ length: network.modulus }, (_, value) =>
        `${this.path(circle, [network.point(value)])}h0`,
      );
      const crowded = network.modulus > 150 ? " crowded" : "";
      const left = this.at(circle, [0, 0])[0] - shape.side / 2;
      const alike = ([x, y], other) => Math.hypot(x - other[0], y - other[1]) < 1e-3;
      const names = directions.map((d, neuron) => {
        const before = directions.slice(0, neuron).filter((other) => alike(d, other)).length;
        const [x, y] = this.at(circle, scaled(d, 1.2 + 0.27 * before));
        const name = label(neuron, x, y + 0.36 * shape.font, "id", "middle");
        return `${dot(`neuron ${colour(neuron)}`, [x, y], shape.disc)}${name}`;
      });
      return (
        `<path class="grid" d="${spokes.join("")}"/>` +
        `<path class="numbers${crowded}" d="${dots.join("")}"/>` +
        `${label(circle ? "B" : "A", left, shape.font, "matrix")}${names.join("")}`
      );
    }

    // The points of a and b, and half their sum.
    input() {
      const points = [this.network.point(this.a), this.network.point(this.b)];
      const [[ax, ay], [bx, by]] = points;
      const close = Math.hypot(ax - bx, ay - by) <= 0.25;
      const given = points.map((point, which) => {
        const [x, y] = this.at(0, scaled(point, which && close ? 0.62 : 0.82));
        const name = label("ab"[which], x, y + 0.36 * this.shape.font, "given", "middle");
        return `${dot("given", this.at(0, point), 5)}${name}`;
      });
      const arrow = this.arrow(0, [(ax + bx) / 2, (ay + by) / 2]);
      return `<path class="chord" d="${this.path(0, points)}"/>${arrow}${given.join("")}`;
    }

    // The chain of the neurons' outputs, the answer and the right answer.
    output(chain) {
      const { network } = this;
      const reach = network.reach();
      const points = chain.map((point) => scaled(point, 1 / reach));
      const end = points[network.neurons];
      const target = network.point((this.a + this.b) % network.modulus);
      const links = points.slice(1).map((point, neuron) => {
        const link = this.path(1, [points[neuron], point]);
        return `<path class="link ${colour(neuron)}" d="${link}"/>`;
      });
      const size = Math.hypot(...end);
      const ray =
        size > NEGLIGIBLE
          ? `<path class="chord" d="${this.path(1, [[0, 0], scaled(end, 1 / size)])}"/>`
          : "";
      const answer = network.answer(chain[network.neurons]);
      const place = answer < 0 ? end : network.point(answer);
      return (
        `${dot("target", this.at(1, target), 9)}${links.join("")}${ray}` +
        `${this.arrow(1, end)}${dot("answer", this.at(1, place), 5)}`
      );
    }

    arrow(circle, end) {
      const size = Math.hypot(...end);
      const [x, y] = size > NEGLIGIBLE ? scaled(end, 1 / size) : [0, 0];
      const barb = Math.min(9 / this.unit, size);
      const [backX, backY] = [end[0] - barb * x, end[1] - barb * y];
      const side = 0.6 * barb;
      const left = [backX - side * y, backY + side * x];
      const right = [backX + side * y, backY - side * x];
      return `<path class="arrow" d="${this.path(circle, [[0, 0], end, left, end, right])}"/>`;
    }

    // For every neuron, a bar for its pre-activation and one for its activation.
    bars({ preActivations, activations }) {
      const { network, shape } = this;
      const { font, strip, width, bar } = shape;
      const top = shape.side + 2.6 * font;
      const [low, high] = [-2, network.activation === "square" ? 4 : 2];
      const unit = strip / (high - low);
      const [left, zero] = [2.2 * font, top + high * unit];
      const ticks = [low, 0, high].map((value) => {
        const text = value < 0 ? `\u2212${-value}` : value;
        return label(text, left - 0.5 * font, zero - value * unit + 0.36 * font, "quiet", "end");
      });
      const formula = `u \u2192 ${FORMULAS[network.activation]}`;
      const barOf = (classes, x, value) =>
        `<path class="${classes}" d="M${coordinate(x)} ${coordinate(zero)}` +
        `V${coordinate(zero - value * unit)}h${bar}V${coordinate(zero)}z"/>`;
      const step = (width - left) / network.neurons;
      const bars = preActivations.map((value, neuron) => {
        const x = left + (neuron + 0.5) * step;
        const name = label(neuron, x, top + strip + 1.3 * font, "", "middle");
        const before = barOf(`heard ${colour(neuron)}`, x - bar - 1, value);
        const after = barOf(`spoken ${colour(neuron)}`, x + 1, activations[neuron]);
        return `${before}${after}${name}`;
      });
      return (
        line("grid", left, zero, width, zero) +
        ticks.join("") +
        label(formula, left, top - 0.7 * font, "made") +
        bars.join("")
      );
    }
  }

  class ConstructionFigure {
    constructor(figure) {
      this.figure = figure;
      this.data = dataOf(figure);
      this.field = (name) => figure.querySelector(`.settings [name='${name}']`);
      for (const name of ["neurons", "modulus"]) watch(this.field(name), () => this.build());
      this.field("bend").addEventListener("change", () => this.build());
      for (const name of ["a", "b"]) this.field(name).addEventListener("input", () => this.draw());
      for (const part of figure.querySelectorAll(".settings, .hint")) part.hidden = false;
      this.build();
    }

    // Build another network. The browser lowers a and b to the new maximum.
    build() {
      const [neurons, modulus] = ["neurons", "modulus"].map((name) => clamped(this.field(name)));
      this.network = new Construction(neurons, modulus, this.field("bend").value);
      for (const name of ["a", "b"]) this.field(name).max = modulus - 1;
      const counts = Object.entries(this.network.counts()).map(([key, n]) => [key, whole(n)]);
      const text = filled(this.data.words.counted, Object.fromEntries(counts));
      this.figure.querySelector(".counted").textContent = text;
      this.draw();
    }

    draw() {
      const [a, b] = ["a", "b"].map((name) => Number(this.field(name).value));
      for (const name of ["a", "b"]) {
        this.figure.querySelector(`.value[data-name='${name}']`).textContent = this.field(name).value;
      }
      for (const svg of this.figure.querySelectorAll(".chart > svg")) {
        const shape = this.data.shapes[svg.classList[0]];
        svg.innerHTML = new Picture(this.network, a, b, shape).markup();
      }
      this.figure.querySelector(".said").textContent = this.sentence(a, b);
    }

    // The answer of the network, and its error.
    sentence(a, b) {
      const { words } = this.data;
      const { modulus, neurons } = this.network;
      const c = (a + b) % modulus;
      const output = this.network.forward(a, b).chain[neurons];
      const answer = this.network.answer(output);
      const error = Math.abs(this.network.angleError(output, c));
      const off = number(error > NEGLIGIBLE ? error : 0, 1);
      const values = { a, b, c, modulus, said: answer, off, step: number(360 / modulus, 1) };
      const key = () => {
        if (2 * Math.abs(a - b) === modulus) return "opposite";
        if (this.network.isZero(output)) return "silent";
        return answer < 0 ? "level" : answer === c ? "right" : "wrong";
      };
      return filled(words[key()], values);
    }
  }

  startFigures("construction", (figure) => new ConstructionFigure(figure));
}
