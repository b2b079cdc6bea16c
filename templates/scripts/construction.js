// A constructed network that adds two numbers: every input redraws the picture as a whole.

{
  const { filled, held, number, short, watch, whole } = Construction.page;
  const MADE = { relu: "relu(u)", square: "u\u00b2", linear: "u" };

  const colour = (neuron) => `colour-${(neuron % 6) + 1}`;

  const dot = (classes, [x, y], radius) =>
    `<circle class="${classes}" cx="${short(x)}" cy="${short(y)}" r="${radius}"/>`;

  const label = (content, x, y, classes, anchor = "start") => {
    const at = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
    return `<text class="${classes}" x="${short(x)}" y="${short(y)}"${at}>${content}</text>`;
  };

  const scaled = ([x, y], factor) => [x * factor, y * factor];

  // The same drawing as `Picture` in gen/widgets/construction.py.
  class Picture {
    constructor(network, a, b, shape) {
      Object.assign(this, { network, a, b, shape });
      this.unit = shape.side / 2 / (network.neurons % 2 ? 1.36 : 1.6);
      this.height = shape.side + 4.2 * shape.font + shape.strip;
    }

    markup() {
      const spoken = this.network.ofPair(this.a, this.b);
      const parts = [this.circle(0), this.circle(1), this.heard(), this.spoken(spoken.ends)];
      return `${parts.join("")}${this.bars(spoken)}`;
    }

    at(circle, [x, y]) {
      const { side, width } = this.shape;
      const middle = circle ? width - side / 2 : side / 2;
      return [middle + x * this.unit, side / 2 - y * this.unit];
    }

    move(circle, points) {
      return `M${points.map((point) => this.at(circle, point).map(short).join(" ")).join("L")}`;
    }

    circle(circle) {
      const { network, shape } = this;
      const directions = circle ? network.out : network.into;
      const spokes = directions.map((d) => this.move(circle, [[0, 0], scaled(d, 0.94)]));
      const dots = Array.from({ length: network.modulus }, (_, one) =>
        `${this.move(circle, [network.place(one)])}h0`,
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

    heard() {
      const ends = [this.network.place(this.a), this.network.place(this.b)];
      const [[ax, ay], [bx, by]] = ends;
      const close = Math.hypot(ax - bx, ay - by) <= 0.25;
      const given = ends.map((end, place) => {
        const [x, y] = this.at(0, scaled(end, place && close ? 0.62 : 0.82));
        const name = label("ab"[place], x, y + 0.36 * this.shape.font, "given", "middle");
        return `${dot("given", this.at(0, end), 5)}${name}`;
      });
      const arrow = this.arrow(0, [(ax + bx) / 2, (ay + by) / 2]);
      return `<path class="chord" d="${this.move(0, ends)}"/>${arrow}${given.join("")}`;
    }

    spoken(points) {
      const { network } = this;
      const size = network.reach();
      const ends = points.map((point) => scaled(point, 1 / size));
      const end = ends[network.neurons];
      const target = network.place((this.a + this.b) % network.modulus);
      const links = ends.slice(1).map((point, neuron) => {
        const link = this.move(1, [ends[neuron], point]);
        return `<path class="link ${colour(neuron)}" d="${link}"/>`;
      });
      const long = Math.hypot(...end);
      const ray =
        long > Construction.SLACK
          ? `<path class="chord" d="${this.move(1, [[0, 0], scaled(end, 1 / long)])}"/>`
          : "";
      const answer = network.said(points[network.neurons]);
      const place = answer < 0 ? end : network.place(answer);
      return (
        `${dot("target", this.at(1, target), 9)}${links.join("")}${ray}${this.arrow(1, end)}` +
        dot("answer", this.at(1, place), 5)
      );
    }

    arrow(circle, end) {
      const size = Math.hypot(...end);
      const [x, y] = size > Construction.SLACK ? scaled(end, 1 / size) : [0, 0];
      const barb = Math.min(9 / this.unit, size);
      const [backX, backY] = [end[0] - barb * x, end[1] - barb * y];
      const side = 0.6 * barb;
      const left = [backX - side * y, backY + side * x];
      const right = [backX + side * y, backY - side * x];
      return `<path class="arrow" d="${this.move(circle, [[0, 0], end, left, end, right])}"/>`;
    }

    bars({ heard, active }) {
      const { network, shape } = this;
      const { font, strip, width, bar } = shape;
      const top = shape.side + 2.6 * font;
      const [low, high] = [-2, network.bend === "square" ? 4 : 2];
      const unit = strip / (high - low);
      const [left, zero] = [2.2 * font, top + high * unit];
      const rule =
        `<line class="grid" x1="${short(left)}" y1="${short(zero)}" ` +
        `x2="${short(width)}" y2="${short(zero)}"/>`;
      const ticks = [low, 0, high].map((value) => {
        const said = value < 0 ? `\u2212${-value}` : value;
        return label(said, left - 0.5 * font, zero - value * unit + 0.36 * font, "quiet", "end");
      });
      const made = label(`u \u2192 ${MADE[network.bend]}`, left, top - 0.7 * font, "made");
      const one = (classes, x, value) =>
        `<path class="${classes}" d="M${short(x)} ${short(zero)}` +
        `V${short(zero - value * unit)}h${bar}V${short(zero)}z"/>`;
      const step = (width - left) / network.neurons;
      const bars = heard.map((value, neuron) => {
        const x = left + (neuron + 0.5) * step;
        const name = label(neuron, x, top + strip + 1.3 * font, "", "middle");
        const open = one(`heard ${colour(neuron)}`, x - bar - 1, value);
        return `${open}${one(`spoken ${colour(neuron)}`, x + 1, active[neuron])}${name}`;
      });
      return `${rule}${ticks.join("")}${made}${bars.join("")}`;
    }
  }

  class ConstructionFigure {
    constructor(figure) {
      this.figure = figure;
      this.data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
      this.field = (name) => figure.querySelector(`.settings [name='${name}']`);
      for (const name of ["neurons", "modulus"]) watch(this.field(name), () => this.build());
      this.field("bend").addEventListener("change", () => this.build());
      for (const name of ["a", "b"]) this.field(name).addEventListener("input", () => this.draw());
      for (const part of figure.querySelectorAll(".settings, .hint")) part.hidden = false;
      this.build();
    }

    // Another network; numbers that it does not have become its last one.
    build() {
      const [neurons, modulus] = ["neurons", "modulus"].map((name) => held(this.field(name)));
      this.network = new Construction(neurons, modulus, this.field("bend").value);
      for (const name of ["a", "b"]) this.field(name).max = modulus - 1;
      const counts = this.network.counted();
      const values = Object.fromEntries(Object.entries(counts).map(([k, n]) => [k, whole(n)]));
      this.figure.querySelector(".counted").textContent = filled(this.data.words.counted, values);
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

    sentence(a, b) {
      const { words } = this.data;
      const { modulus, neurons } = this.network;
      const c = (a + b) % modulus;
      const vector = this.network.ofPair(a, b).ends[neurons];
      const said = this.network.said(vector);
      const off = Math.abs(this.network.off(vector, c));
      const shown = number(off > Construction.SLACK ? off : 0, 1);
      const values = { a, b, c, modulus, said, off: shown, step: number(360 / modulus, 1) };
      const key = () => {
        if (2 * Math.abs(a - b) === modulus) return "opposite";
        if (this.network.silent(vector)) return "silent";
        return said < 0 ? "level" : said === c ? "right" : "wrong";
      };
      return filled(words[key()], values);
    }
  }

  for (const figure of document.querySelectorAll("figure.construction:not([data-live])")) {
    figure.dataset.live = "";
    new ConstructionFigure(figure);
  }
}
