// A map of a sweep that can be asked: thresholds reclassify every model, a cell shows its curves.

{
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  class SweepMap {
    constructor(figure) {
      this.figure = figure;
      this.data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
      this.state = bytes(this.data.state);
      this.extremes = new Float32Array(bytes(this.data.extremes).buffer);
      this.levels = bytes(this.data.curves);
      this.cells = [...figure.querySelectorAll(".cell")].sort(
        (one, other) => one.dataset.cell - other.dataset.cell,
      );
      this.thresholds = { loss: this.data.loss, ratio: this.data.ratio };
      this.outcomes = new Uint8Array(this.state.length);
      this.lines = [...figure.querySelectorAll(".curves .line")];
      this.formulas = [...figure.querySelectorAll(".formulas span")];
      this.uses = this.cells.map((cell) => [...cell.querySelectorAll("use")]);
      this.prepareCells();
      this.prepareSliders();
      this.classify();
      this.show(this.data.focus);
      figure.querySelector(".hint").hidden = false;
    }

    prepareCells() {
      for (const cell of this.cells) {
        cell.setAttribute("role", "img");
        const number = Number(cell.dataset.cell);
        cell.setAttribute("tabindex", number === this.data.focus ? "0" : "-1");
        cell.addEventListener("pointerenter", () => this.show(number));
        cell.addEventListener("focus", () => this.show(number));
        cell.addEventListener("click", () => cell.focus());
        cell.addEventListener("keydown", (event) => this.move(event, number));
      }
    }

    prepareSliders() {
      this.figure.querySelector(".thresholds").hidden = false;
      for (const slider of this.figure.querySelectorAll("input[type='range']")) {
        const key = slider.name;
        slider.value = Math.log10(this.data[key]);
        const initial = slider.value;
        const tell = () => {
          const text = this.thresholds[key].toExponential(1).replace(".0", "");
          const [mantissa, exponent] = text.split("e");
          const output = slider.parentElement.querySelector(".value");
          output.textContent = `${mantissa} × 10`;
          const power = document.createElement("sup");
          power.textContent = exponent.replace("+", "").replace("-", "−");
          output.append(power);
        };
        slider.addEventListener("input", () => {
          this.thresholds[key] =
            slider.value === initial ? this.data[key] : 10 ** Number(slider.value);
          tell();
          this.classify();
          this.show(this.current);
        });
        tell();
      }
    }

    outcome(model) {
      const special = this.state[model];
      if (special) return special;
      const [train, test, ratio] = this.extremes.subarray(3 * model, 3 * model + 3);
      const { loss, ratio: left } = this.thresholds;
      if (!(train <= Math.fround(loss))) return 3;
      if (!(test <= Math.fround(loss))) return 2;
      return ratio < Math.fround(left) ? 1 : 0;
    }

    classify() {
      const { seeds, outcomes } = this.data;
      const { marks } = this.figure.dataset;
      const counts = outcomes.map(() => 0);
      for (let model = 0; model < this.outcomes.length; model += 1) {
        const found = this.outcome(model);
        counts[found] += 1;
        this.outcomes[model] = found;
        const use = this.uses[Math.floor(model / seeds)][model % seeds];
        use.setAttribute("href", `#${marks}-${outcomes[found]}`);
      }
      this.cells.forEach((cell, number) => cell.setAttribute("aria-label", this.words(number)));
      for (const entry of this.figure.querySelectorAll(".legend li")) {
        entry.querySelector(".count").textContent = counts[outcomes.indexOf(entry.dataset.outcome)];
      }
    }

    words(number) {
      const { seeds, outcomes, words, labels, cell, count, comma, last } = this.data;
      const models = this.outcomes.subarray(number * seeds, (number + 1) * seeds);
      const found = outcomes
        .map((_, outcome) => [models.filter((one) => one === outcome).length, words[outcome]])
        .filter(([some]) => some)
        .map(([some, what]) => count.replace("{count}", some).replace("{outcome}", what));
      const end = found.pop() ?? "";
      const list = found.length ? last.replace("{rest}", found.join(comma)).replace("{last}", end) : end;
      return cell.replace("{settings}", labels[number]).replace("{outcomes}", list);
    }

    show(number) {
      this.cells[this.current]?.classList.remove("current");
      this.current = number;
      this.cells[number].classList.add("current");
      this.figure.querySelector(".focus").textContent = this.words(number);
      const { seeds, points, formulas } = this.data;
      this.formulas.forEach((formula, which) => (formula.hidden = which !== formulas[number]));
      const curves = this.figure.querySelector(".curves");
      const [, , top, bottom] = curves.dataset.frame.split(" ").map(Number);
      const { height } = curves.viewBox.baseVal;
      this.lines.forEach((line, place) => {
        const split = Math.floor(place / seeds);
        const start = ((number * seeds + (place % seeds)) * 2 + split) * points;
        const old = line.getAttribute("points").split(" ");
        const y = (level) => (top + (1 - level / 255) * (height - top - bottom)).toFixed(1);
        const moved = old.map((point, at) => `${point.split(",")[0]},${y(this.levels[start + at])}`);
        line.setAttribute("points", moved.join(" "));
      });
    }

    move(event, number) {
      const { rows, columns } = this.data;
      const panel = rows * columns;
      const row = number % rows;
      const steps = {
        ArrowRight: rows,
        ArrowLeft: -rows,
        ArrowUp: row + 1 < rows ? 1 : 0,
        ArrowDown: row > 0 ? -1 : 0,
        PageDown: panel,
        PageUp: -panel,
        Home: -number,
        End: this.cells.length - 1 - number,
      };
      const target = number + (steps[event.key] ?? Number.NaN);
      if (Number.isNaN(target)) return;
      event.preventDefault();
      if (target < 0 || target >= this.cells.length) return;
      this.cells[number].setAttribute("tabindex", "-1");
      this.cells[target].setAttribute("tabindex", "0");
      this.cells[target].focus();
    }
  }

  for (const figure of document.querySelectorAll("figure.map:not([data-live])")) {
    figure.dataset.live = "";
    new SweepMap(figure);
  }
}
