// A network that is written down: readers choose two numbers, how many neurons, which modulus.

const ACTIVATIONS = { relu: (u) => Math.max(0, u), square: (u) => u * u };
const REACH = 1.2;
const TIE = 1e-9;

const at = (x, y) => `${x.toFixed(3)} ${(-y).toFixed(3)}`;
const hand = (length, angle) => `M0 0L${at(length * Math.cos(angle), length * Math.sin(angle))}`;

class ConstructionFigure {
  constructor(figure) {
    this.figure = figure;
    this.data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    this.inputs = Object.fromEntries(
      [...figure.querySelectorAll("input")].map((input) => [input.name, input]),
    );
    figure.querySelector(".controls").hidden = false;
    figure.addEventListener("input", () => this.draw());
    this.draw();
  }

  // What the neurons say together about numbers heard at x with strength r.
  spoken(x, r, neurons, activation) {
    let [cosine, sine] = [0, 0];
    const chain = [];
    for (let neuron = 0; neuron < neurons; neuron += 1) {
      const angle = (2 * Math.PI * neuron) / neurons;
      const active = activation(r * Math.cos(x - angle));
      cosine += active * Math.cos(2 * angle);
      sine += active * Math.sin(2 * angle);
      chain.push({ angle, active, cosine, sine });
    }
    return { cosine, sine, chain };
  }

  // Steps from the right answer at every place between two numbers; null where nothing is said.
  ripple(modulus, neurons, activation) {
    return Array.from({ length: 2 * modulus }, (_, place) => {
      const x = (Math.PI * place) / modulus;
      const { cosine, sine } = this.spoken(x, 1, neurons, activation);
      if (Math.hypot(cosine, sine) < TIE) return null;
      const off = Math.atan2(sine, cosine) - 2 * x;
      return ((off - 2 * Math.PI * Math.round(off / (2 * Math.PI))) * modulus) / (2 * Math.PI);
    });
  }

  right(modulus, ripple) {
    let right = 0;
    for (let a = 0; a < modulus; a += 1) {
      for (let b = 0; b < modulus; b += 1) {
        const strength = Math.cos((Math.PI * (a - b)) / modulus);
        if (Math.abs(strength) < TIE) continue;
        const off = ripple[(strength > 0 ? a + b : a + b + modulus) % (2 * modulus)];
        if (off !== null && Math.abs(off) < 0.5 - TIE) right += 1;
      }
    }
    return right / modulus ** 2;
  }

  draw() {
    const { modulus, neurons, a, b } = this.inputs;
    const numbers = Number(modulus.value);
    for (const input of [a, b]) input.max = numbers - 1;
    for (const [name, input] of Object.entries(this.inputs)) {
      this.figure.querySelector(`output[name='${name}']`).textContent = input.value;
    }
    this.drawSum(Number(a.value), Number(b.value), numbers, Number(neurons.value));
    this.drawRipple(numbers, Number(neurons.value));
  }

  drawSum(a, b, numbers, neurons) {
    const angle = (2 * Math.PI) / numbers;
    const [x, r] = [((a + b) / 2) * angle, 2 * Math.cos(((a - b) / 2) * angle)];
    const { cosine, sine, chain } = this.spoken(x, r, neurons, ACTIVATIONS.relu);
    const most = Math.max(1, ...chain.map((one) => Math.hypot(one.cosine, one.sine)));
    this.path(".hand.a", hand(1, a * angle));
    this.path(".hand.b", hand(1, b * angle));
    this.path(".hand.mean", hand(r / 2, x));
    this.path(".ears", chain.map((one) => hand(one.active / 2, one.angle)).join(""));
    const turns = chain.map((one) => `L${at(one.cosine / most, one.sine / most)}`);
    this.path(".chain", `M0 0${turns.join("")}`);
    this.path(".hand.answer", `M0 0L${at(cosine / most, sine / most)}`);
    const target = this.figure.querySelector(".target");
    target.setAttribute("cx", Math.cos(2 * x).toFixed(3));
    target.setAttribute("cy", (-Math.sin(2 * x)).toFixed(3));
  }

  drawRipple(numbers, neurons) {
    const known = { neurons, modulus: numbers };
    for (const [name, activation] of Object.entries(ACTIVATIONS)) {
      const ripple = this.ripple(numbers, neurons, activation);
      let pen = "M";
      const drawn = ripple.map((off, place) => {
        if (off === null) {
          pen = "M";
          return "";
        }
        const y = Math.max(-REACH, Math.min(REACH, off));
        const point = `${pen}${(place / ripple.length).toFixed(4)} ${(-y).toFixed(3)}`;
        pen = "L";
        return point;
      });
      this.path(`.ripple .${name}`, drawn.join(""));
      known[name] = this.percent(this.right(numbers, ripple));
    }
    const said = this.data.said.replace(/\{(\w+)\}/g, (_, name) => known[name]);
    this.figure.querySelector(".said").textContent = said;
    this.figure.querySelector(".axis .last").textContent = 2 * numbers;
  }

  // As Words.percent writes it: only what is complete is called 100.
  percent(share) {
    const value = 100 * share;
    let digits = value > 0 && value < 9.95 ? 1 : 0;
    while (digits < 3 && value < 100 && Number(value.toFixed(digits)) >= 100) digits += 1;
    const number = Number(value.toFixed(digits)).toLocaleString(document.documentElement.lang);
    return this.data.percent.replace("{number}", number);
  }

  path(selector, d) {
    for (const path of this.figure.querySelectorAll(selector)) path.setAttribute("d", d);
  }
}

for (const figure of document.querySelectorAll("figure.construction")) {
  new ConstructionFigure(figure);
}
