// One sum or product as a sum of waves: two sliders choose the numbers.

"use strict";

{
  const { number } = grokreel.numbers;
  const { dataOf, decoded, filled, startFigures } = grokreel.page;

  const floats = (text) => new Float32Array(decoded(text).buffer);

  // Dirichlet kernel: the trigonometric polynomial of lowest degree that is 1 at distance 0 and 0
  // at every other whole distance.
  const kernel = (distance, numbers) => {
    const whole = Math.round(distance);
    if (Math.abs(distance - whole) < 1e-9) return whole === 0 ? 1 : 0;
    const half = (Math.PI * distance) / numbers;
    const below = numbers % 2 ? Math.sin(half) : Math.tan(half);
    return Math.sin(Math.PI * distance) / (numbers * below);
  };

  class InterferenceFigure {
    // Draw the given numbers, or those of the page.
    constructor(figure, given) {
      this.figure = figure;
      this.data = dataOf(figure);
      const { numbers, groups } = this.data;
      this.into = floats(this.data.into);
      this.out = floats(this.data.out);
      this.seen = decoded(this.data.seen);
      this.neurons = this.out.length / numbers;
      this.groups = groups;
      this.waves = this.interpolated();
      this.pictures = [...figure.querySelectorAll(".chart > svg")];
      this.inputs = [...figure.querySelectorAll("input[type='range']")];
      this.inputs.forEach((input, place) => {
        if (given) input.value = given[place];
      });
      for (const input of this.inputs) input.addEventListener("input", () => this.draw());
      figure.querySelector(".numbers").hidden = false;
      figure.querySelector(".hint").hidden = false;
      this.draw();
    }

    // The output weights of every neuron, interpolated between the numbers.
    interpolated() {
      const { numbers, parts } = this.data;
      this.places = (numbers - 1) * parts + 1;
      const waves = new Float64Array(this.neurons * this.places);
      for (let place = 0; place < this.places; place += 1) {
        for (let value = 0; value < numbers; value += 1) {
          const weight = kernel(place / parts - value, numbers);
          for (let neuron = 0; weight && neuron < this.neurons; neuron += 1) {
            waves[neuron * this.places + place] += weight * this.out[neuron * numbers + value];
          }
        }
      }
      return waves;
    }

    // The contribution of every group of neurons to the logits at every place, and the logits.
    shares(a, b) {
      const { numbers, parts, activation } = this.data;
      const shares = this.groups.map((neurons) => {
        const share = new Float64Array(this.places);
        for (const neuron of neurons) {
          const before = this.into[a * this.neurons + neuron] + this.into[b * this.neurons + neuron];
          const active = activation === "square" ? before ** 2 : Math.max(0, before);
          const start = neuron * this.places;
          for (let place = 0; active && place < this.places; place += 1) {
            share[place] += active * this.waves[start + place];
          }
        }
        return share;
      });
      const total = Array.from({ length: numbers }, (_, value) =>
        shares.reduce((sum, share) => sum + share[value * parts], 0),
      );
      return [shares, total];
    }

    draw() {
      const { numbers, parts, words, written, onAxis } = this.data;
      const [a, b] = this.inputs.map((input) => Number(input.value));
      for (const input of this.inputs) {
        const text = written[Number(input.value)];
        input.parentElement.querySelector(".value").textContent = text;
        input.setAttribute("aria-valuetext", text);
      }
      const answer = (a + b) % numbers;
      const [shares, total] = this.shares(a, b);
      const values = shares.map((share) => total.map((_, value) => share[value * parts]));
      for (const picture of this.pictures) this.redraw(picture, answer, shares, values, total);
      const [lead, next] = this.margin(total, answer);
      const known = {
        a: written[a],
        b: written[b],
        answer: written[answer],
        power_a: onAxis[a],
        power_b: onAxis[b],
        power_answer: onAxis[answer],
        lead: this.amount(lead),
        next: onAxis[next],
      };
      const sentence = filled(words[lead > 0 ? "right" : lead < 0 ? "wrong" : "level"], known);
      const seen = this.trainedOn(Math.min(a, b), Math.max(a, b)) ? words.seen : words.unseen;
      this.figure.querySelector(".said").textContent = `${sentence}${words.between}${seen}`;
    }

    redraw(picture, answer, shares, values, total) {
      const { numbers, parts } = this.data;
      const { left, right, unit } = picture.dataset;
      const step = (right - left) / (numbers - 1);
      const x = (value) => (Number(left) + value * step).toFixed(1);
      picture.querySelectorAll(".group").forEach((group, place) => {
        const y = (value) => (group.dataset.middle - value * unit).toFixed(1);
        const points = Array.from(shares[place], (value, at) => `${x(at / parts)} ${y(value)}`);
        group.querySelector(".wave").setAttribute("d", `M${points.join("L")}`);
        this.mark(group, values[place], answer, x, y);
      });
      const row = picture.querySelector(".total");
      const y = (value) => (row.dataset.middle - value * unit).toFixed(1);
      const bars = total.map((logit, value) => `M${x(value)} ${y(0)}V${y(logit)}`);
      row.querySelector(".bars").setAttribute("d", bars.join(""));
      const best = total.indexOf(Math.max(...total));
      this.place(row.querySelector(".ring"), x(best), y(total[best]));
      this.mark(row, total, answer, x, y);
      const line = picture.querySelector("line.answer");
      line.setAttribute("x1", x(answer));
      line.setAttribute("x2", x(answer));
      const name = picture.querySelector("text.answer");
      const part = answer / (numbers - 1);
      name.setAttribute("x", x(answer));
      name.setAttribute("text-anchor", part < 0.1 ? "start" : part > 0.9 ? "end" : "middle");
      name.textContent = this.data.onAxis[answer];
    }

    // Draw the dots of a row, the dot of the right answer and its margin.
    mark(row, values, answer, x, y) {
      const { words, onAxis } = this.data;
      const dots = values.map((logit, value) => `M${x(value)} ${y(logit)}h0`);
      row.querySelector(".dots").setAttribute("d", dots.join(""));
      this.place(row.querySelector(".at"), x(answer), y(values[answer]));
      const [lead] = this.margin(values, answer);
      const text = filled(words[lead > 0 ? "leads" : lead < 0 ? "trails" : "levels"], {
        c: onAxis[answer],
        lead: this.amount(lead),
      });
      row.querySelector(".ahead").textContent = text;
    }

    place(circle, x, y) {
      circle.setAttribute("cx", x);
      circle.setAttribute("cy", y);
    }

    // The margin of the right answer, and the best of the others.
    margin(values, answer) {
      const others = values.map((logit, value) => (value === answer ? -Infinity : logit));
      const best = Math.max(...others);
      return [values[answer] - best, others.indexOf(best)];
    }

    amount(margin) {
      const size = Math.abs(margin);
      return number(size, size < 10 ? 2 : 1);
    }

    // Whether the pair was in the training set: one bit for each pair a <= b, sorted by a, then b.
    trainedOn(a, b) {
      const pair = a * this.data.numbers - (a * (a - 1)) / 2 + (b - a);
      return (this.seen[pair >> 3] >> (7 - (pair & 7))) & 1;
    }
  }

  startFigures("interference", (figure) => {
    let current = new InterferenceFigure(figure);
    figure.addEventListener("reseed", () => {
      current = new InterferenceFigure(figure, current.inputs.map((input) => input.value));
    });
  });

  grokreel.interference = { kernel };
}
