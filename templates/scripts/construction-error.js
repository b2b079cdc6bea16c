// How exactly constructed networks add: fields choose neurons and modulus, both charts follow.

{
  const { filled, held, number, short, watch, whole } = Construction.page;
  const EXACT = 1e-6;

  const label = (content, x, y, classes, anchor = "start") => {
    const at = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
    return `<text class="${classes}" x="${short(x)}" y="${short(y)}"${at}>${content}</text>`;
  };

  const rule = (classes, x1, y1, x2, y2) =>
    `<line class="${classes}" x1="${short(x1)}" y1="${short(y1)}" x2="${short(x2)}" y2="${short(y2)}"/>`;

  const dots = (places) =>
    ["dots", "dots wrong"]
      .map((classes, wrong) => {
        const own = places.filter(([, , right]) => right === !wrong);
        const d = own.map(([x, y]) => `M${short(x)} ${short(y)}h0`).join("");
        return `<path class="${classes}" d="${d}"/>`;
      })
      .join("");

  class ErrorFigure {
    constructor(figure) {
      this.figure = figure;
      this.data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
      this.fields = ["neurons", "modulus"].map((name) => figure.querySelector(`[name='${name}']`));
      for (const field of this.fields) watch(field, () => this.draw());
      for (const part of figure.querySelectorAll(".settings, .hint")) part.hidden = false;
      this.draw();
    }

    draw() {
      const [neurons, modulus] = this.fields.map(held);
      for (const panel of this.figure.querySelectorAll(".panel")) {
        const network = new Construction(neurons, modulus, panel.dataset.bend);
        const strays = network.strays();
        const most = Math.max(...strays.map((stray) => Math.abs(stray ?? 0)));
        panel.querySelector("svg").innerHTML =
          this.answers(modulus, strays) + this.strays(modulus, strays, most);
        panel.querySelector(".counted").textContent = this.said(network, strays, most);
      }
    }

    said(network, strays, most) {
      const { words, between } = this.data;
      const counts = Object.entries(network.counted(strays)).map(([k, n]) => [k, whole(n)]);
      const off = { off: number(most, 2), half: number(180 / network.modulus, 2) };
      const far = words[most < EXACT ? "error.stray_none" : "error.stray_most"];
      const counted = filled(words["error.counted"], Object.fromEntries(counts));
      return `${counted}${between}${filled(far, off)}`;
    }

    across(p, value) {
      const { left, right } = this.data.shape;
      return left + (value / (p - 1)) * (right - left);
    }

    // The number that each vector points at, whole or not, against the exact answer.
    answers(p, strays) {
      const { font, left, right, top, tall } = this.data.shape;
      const down = (value) => top + tall - (value / (p - 1)) * tall;
      const ends = [0, p - 1].map((value) =>
        label(whole(value), left - 6, down(value) + 0.36 * font, "quiet", "end"),
      );
      const places = strays.flatMap((stray, direction) => {
        if (stray === null) return [];
        const steps = (stray * p) / 360;
        const given = ((((direction % p) + steps + 0.5 + p) % p) + p) % p - 0.5;
        return [[this.across(p, direction % p), down(given), Math.abs(steps) < 0.5]];
      });
      return (
        label(this.data.names.output, 0, font, "quiet") +
        rule("grid", left, top + tall, right, top) +
        ends.join("") +
        dots(places)
      );
    }

    // By how much that is off, and within what it may be.
    strays(p, strays, most) {
      const { font, left, right, top, tall, gap, low } = this.data.shape;
      const half = 180 / p;
      const reach = 1.1 * Math.max(1.1 * half, most);
      const middle = top + tall + gap + low / 2;
      const unit = low / 2 / reach;
      const band =
        `<rect class="band" x="${short(left)}" y="${short(middle - half * unit)}" ` +
        `width="${short(right - left)}" height="${short(2 * half * unit)}"/>`;
      const value = half > 0.3 * reach ? half : most;
      const marks = [1, -1].map((sign) => {
        const y = middle - sign * value * unit;
        const text = `${sign < 0 ? "\u2212" : ""}${number(value, 1)}`;
        const name = label(text, left - 6, y + 0.36 * font, "quiet", "end");
        return rule("axis", left - 4, y, left, y) + name;
      });
      const places = strays.flatMap((stray, direction) =>
        stray === null
          ? []
          : [[this.across(p, direction % p), middle - stray * unit, Math.abs(stray) < half]],
      );
      const base = top + tall + gap + low + font + 3;
      return (
        label(this.data.names.stray, 0, top + tall + gap - 6, "quiet") +
        band +
        rule("grid", left, middle, right, middle) +
        marks.join("") +
        label("0", left - 6, middle + 0.36 * font, "quiet", "end") +
        dots(places) +
        label(whole(0), this.across(p, 0), base, "quiet") +
        label(whole(p - 1), this.across(p, p - 1), base, "quiet", "end") +
        label(this.data.names.target, (left + right) / 2, base, "quiet", "middle")
      );
    }
  }

  for (const figure of document.querySelectorAll("figure.construction-error:not([data-live])")) {
    figure.dataset.live = "";
    new ErrorFigure(figure);
  }
}
