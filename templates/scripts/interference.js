// One sum or product taken apart: sliders choose the places of the numbers, and the waves and their total follow.

{
  const decoded = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  const floats = (text) => new Float32Array(decoded(text).buffer);

  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // Dirichlet's kernel: the wave of fewest periods that is 1 at one number and 0 at the others.
  const kernel = (distance, numbers) => {
    const whole = Math.round(distance);
    if (Math.abs(distance - whole) < 1e-9) return whole === 0 ? 1 : 0;
    const half = (Math.PI * distance) / numbers;
    const below = numbers % 2 ? Math.sin(half) : Math.tan(half);
    return Math.sin(Math.PI * distance) / (numbers * below);
  };

  class InterferenceFigure {
    // Draws the sum that is asked for, or the one that stands in the page.
    constructor(figure, asked) {
      this.figure = figure;
      this.data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
      const { numbers, groups } = this.data;
      this.into = floats(this.data.into);
      this.out = floats(this.data.out);
      this.seen = decoded(this.data.seen);
      this.neurons = this.out.length / numbers;
      this.groups = groups;
      this.waves = this.smoothed();
      this.pictures = [...figure.querySelectorAll(".chart > svg")];
      this.inputs = [...figure.querySelectorAll("input[type='range']")];
      this.inputs.forEach((input, place) => {
        if (asked) input.value = asked[place];
      });
      for (const input of this.inputs) input.addEventListener("input", () => this.draw());
      figure.querySelector(".numbers").hidden = false;
      figure.querySelector(".hint").hidden = false;
      this.draw();
    }

    // What each neuron says, also between the numbers.
    smoothed() {
      const { numbers, parts } = this.data;
      this.places = (numbers - 1) * parts + 1;
      const waves = new Float64Array(this.neurons * this.places);
      for (let place = 0; place < this.places; place += 1) {
        for (let number = 0; number < numbers; number += 1) {
          const weight = kernel(place / parts - number, numbers);
          for (let neuron = 0; weight && neuron < this.neurons; neuron += 1) {
            waves[neuron * this.places + place] += weight * this.out[neuron * numbers + number];
          }
        }
      }
      return waves;
    }

    // Every group's share of the logits at every place, and the total of all numbers.
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
      const total = Array.from({ length: numbers }, (_, number) =>
        shares.reduce((sum, share) => sum + share[number * parts], 0),
      );
      return [shares, total];
    }

    draw() {
      const { numbers, parts, words, written, onAxis } = this.data;
      const [a, b] = this.inputs.map((input) => Number(input.value));
      for (const input of this.inputs) {
        const number = written[Number(input.value)];
        input.parentElement.querySelector(".value").textContent = number;
        input.setAttribute("aria-valuetext", number);
      }
      const answer = (a + b) % numbers;
      const [shares, total] = this.shares(a, b);
      const values = shares.map((share) => total.map((_, number) => share[number * parts]));
      for (const picture of this.pictures) this.redraw(picture, answer, shares, values, total);
      const [lead, next] = this.lead(total, answer);
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
      const said = filled(words[lead > 0 ? "right" : lead < 0 ? "wrong" : "level"], known);
      const seen = this.trainedOn(Math.min(a, b), Math.max(a, b)) ? words.seen : words.unseen;
      this.figure.querySelector(".said").textContent = `${said}${words.between}${seen}`;
    }

    redraw(picture, answer, shares, values, total) {
      const { numbers, parts } = this.data;
      const { left, right, unit } = picture.dataset;
      const step = (right - left) / (numbers - 1);
      const x = (number) => (Number(left) + number * step).toFixed(1);
      picture.querySelectorAll(".group").forEach((group, place) => {
        const y = (value) => (group.dataset.middle - value * unit).toFixed(1);
        const points = Array.from(shares[place], (value, at) => `${x(at / parts)} ${y(value)}`);
        group.querySelector(".wave").setAttribute("d", `M${points.join("L")}`);
        this.mark(group, values[place], answer, x, y);
      });
      const row = picture.querySelector(".total");
      const y = (value) => (row.dataset.middle - value * unit).toFixed(1);
      const bars = total.map((value, number) => `M${x(number)} ${y(0)}V${y(value)}`);
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

    // The dots of a row, the one of the right answer, and by how much it leads.
    mark(row, values, answer, x, y) {
      const { words, onAxis } = this.data;
      const dots = values.map((value, number) => `M${x(number)} ${y(value)}h0`);
      row.querySelector(".dots").setAttribute("d", dots.join(""));
      this.place(row.querySelector(".at"), x(answer), y(values[answer]));
      const [lead] = this.lead(values, answer);
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

    lead(values, answer) {
      const others = values.map((value, number) => (number === answer ? -Infinity : value));
      const best = Math.max(...others);
      return [values[answer] - best, others.indexOf(best)];
    }

    amount(lead) {
      const size = Math.abs(lead);
      return globalThis.grokreel.numbers.number(size, size < 10 ? 2 : 1);
    }

    // Pairs are counted by their smaller number: a bit for each pair a <= b.
    trainedOn(a, b) {
      const pair = a * this.data.numbers - (a * (a - 1)) / 2 + (b - a);
      return (this.seen[pair >> 3] >> (7 - (pair & 7))) & 1;
    }
  }

  for (const figure of document.querySelectorAll("figure.interference:not([data-live])")) {
    figure.dataset.live = "";
    let current = new InterferenceFigure(figure);
    figure.addEventListener("reseed", () => {
      current = new InterferenceFigure(figure, current.inputs.map((input) => input.value));
    });
  }
}
