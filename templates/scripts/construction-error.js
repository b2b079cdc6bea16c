// The error of constructed networks: two fields choose neurons and modulus for all charts.

"use strict";

{
  const { Construction, clamped, coordinate, label, line, watch } = grokreel.construction;
  const { number, whole } = grokreel.numbers;
  const { dataOf, filled, startFigures } = grokreel.page;

  // An error below this, in degrees, is rounding.
  const EXACT = 1e-6;

  // The dots of right and of wrong answers, each kind as one path.
  const dots = (places) =>
    ["dots", "dots wrong"]
      .map((classes, wrong) => {
        const own = places.filter(([, , right]) => right === !wrong);
        const d = own.map(([x, y]) => `M${coordinate(x)} ${coordinate(y)}h0`).join("");
        return `<path class="${classes}" d="${d}"/>`;
      })
      .join("");

  class ErrorFigure {
    constructor(figure) {
      this.figure = figure;
      this.data = dataOf(figure);
      this.fields = ["neurons", "modulus"].map((name) => figure.querySelector(`[name='${name}']`));
      for (const field of this.fields) watch(field, () => this.draw());
      for (const part of figure.querySelectorAll(".settings, .hint")) part.hidden = false;
      this.draw();
    }

    draw() {
      const [neurons, modulus] = this.fields.map(clamped);
      for (const panel of this.figure.querySelectorAll(".panel")) {
        const network = new Construction(neurons, modulus, panel.dataset.bend);
        const errors = network.angleErrors();
        const largest = Math.max(...errors.map((error) => Math.abs(error ?? 0)));
        panel.querySelector("svg").innerHTML =
          this.answerPlot(modulus, errors) + this.errorPlot(modulus, errors, largest);
        panel.querySelector(".counted").textContent = this.sentence(network, errors, largest);
      }
    }

    sentence(network, errors, largest) {
      const { words, between } = this.data;
      const counts = Object.entries(network.counts(errors)).map(([key, n]) => [key, whole(n)]);
      const off = { off: number(largest, 2), half: number(180 / network.modulus, 2) };
      const far = words[largest < EXACT ? "error.stray_none" : "error.stray_most"];
      const counted = filled(words["error.counted"], Object.fromEntries(counts));
      return `${counted}${between}${filled(far, off)}`;
    }

    x(p, value) {
      const { left, right } = this.data.shape;
      return left + (value / (p - 1)) * (right - left);
    }

    // The answer of every direction, also between two numbers, against the right answer.
    answerPlot(p, errors) {
      const { font, left, right, top, tall } = this.data.shape;
      const y = (value) => top + tall - (value / (p - 1)) * tall;
      const ends = [0, p - 1].map((value) =>
        label(whole(value), left - 6, y(value) + 0.36 * font, "quiet", "end"),
      );
      const places = errors.flatMap((error, direction) => {
        if (error === null) return [];
        const steps = (error * p) / 360;
        const answer = ((((direction % p) + steps + 0.5 + p) % p) + p) % p - 0.5;
        return [[this.x(p, direction % p), y(answer), Math.abs(steps) < 0.5]];
      });
      return (
        label(this.data.names.output, 0, font, "quiet") +
        line("grid", left, top + tall, right, top) +
        ends.join("") +
        dots(places)
      );
    }

    // The error of every direction, and the band in which answers are right.
    errorPlot(p, errors, largest) {
      const { font, left, right, top, tall, gap, low } = this.data.shape;
      const half = 180 / p;
      const reach = 1.1 * Math.max(1.1 * half, largest);
      const middle = top + tall + gap + low / 2;
      const unit = low / 2 / reach;
      const band =
        `<rect class="band" x="${coordinate(left)}" y="${coordinate(middle - half * unit)}" ` +
        `width="${coordinate(right - left)}" height="${coordinate(2 * half * unit)}"/>`;
      const value = half > 0.3 * reach ? half : largest;
      const marks = [1, -1].map((sign) => {
        const y = middle - sign * value * unit;
        const text = `${sign < 0 ? "\u2212" : ""}${number(value, 1)}`;
        const name = label(text, left - 6, y + 0.36 * font, "quiet", "end");
        return line("axis", left - 4, y, left, y) + name;
      });
      const places = errors.flatMap((error, direction) =>
        error === null
          ? []
          : [[this.x(p, direction % p), middle - error * unit, Math.abs(error) < half]],
      );
      const base = top + tall + gap + low + font + 3;
      return (
        label(this.data.names.stray, 0, top + tall + gap - 6, "quiet") +
        band +
        line("grid", left, middle, right, middle) +
        marks.join("") +
        label("0", left - 6, middle + 0.36 * font, "quiet", "end") +
        dots(places) +
        label(whole(0), this.x(p, 0), base, "quiet") +
        label(whole(p - 1), this.x(p, p - 1), base, "quiet", "end") +
        label(this.data.names.target, (left + right) / 2, base, "quiet", "middle")
      );
    }
  }

  startFigures("construction-error", (figure) => new ErrorFigure(figure));
}
