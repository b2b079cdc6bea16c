// An interactive map of a sweep: sliders set the thresholds of the outcomes, a cell shows its curves.

"use strict";

{
  const { significant, whole } = grokreel.numbers;
  const { dataOf, decoded, filled, startFigures } = grokreel.page;

  // A level for "no value", as in gen/widgets/sweep_curves.py.
  const MISSING = 255;

  // The final accuracies that agree with each outcome; see gen/analysis/sweep_outcomes.py.
  const END_OF_OUTCOME = [0, 0, 1, 2];

  class SweepMap {
    constructor(figure) {
      this.figure = figure;
      this.data = dataOf(figure);
      this.state = decoded(this.data.state);
      this.ends = decoded(this.data.ends);
      this.extremes = new Float32Array(decoded(this.data.extremes).buffer);
      this.levels = decoded(this.data.curves);
      this.cells = [...figure.querySelectorAll(".cell")].sort(
        (one, other) => one.dataset.cell - other.dataset.cell,
      );
      this.thresholds = { loss: this.data.loss, ratio: this.data.ratio };
      this.outcomes = new Uint8Array(this.state.length);
      this.lines = [...figure.querySelectorAll(".curves .line")];
      this.formulas = [...figure.querySelectorAll(".formulas span")];
      this.uses = this.cells.map((cell) => [...cell.querySelectorAll("use")]);
      this.kept = false;
      this.prepareCells();
      this.prepareSliders();
      this.classify();
      this.show(this.data.focus);
      figure.querySelector(".hint").hidden = false;
    }

    prepareCells() {
      for (const cell of this.cells) {
        cell.setAttribute("role", "button");
        const number = Number(cell.dataset.cell);
        cell.setAttribute("tabindex", number === this.data.focus ? "0" : "-1");
        cell.addEventListener("pointerenter", () => this.kept || this.show(number));
        cell.addEventListener("focus", () => this.show(number));
        // Pressing focuses the cell, which changes `current` before the click.
        cell.addEventListener("pointerdown", () => (this.former = this.current));
        cell.addEventListener("click", () => this.choose(number));
        cell.addEventListener("keydown", (event) => this.move(event, number));
      }
      this.figure.addEventListener("keydown", (event) => {
        if (event.key === "Escape") this.keep(false);
      });
    }

    // A click pins a cell; a click on the pinned cell releases it.
    choose(number) {
      const again = this.kept && (this.former ?? this.current) === number;
      this.former = undefined;
      this.enter(number);
      this.keep(!again);
      this.uncover();
    }

    // Scroll if the description of the pinned cell covers the cell.
    uncover() {
      const cell = this.cells[this.current].getBoundingClientRect();
      const told = this.figure.querySelector(".told").getBoundingClientRect();
      const beside = told.right <= cell.left || cell.right <= told.left;
      const under = cell.bottom + 12 - told.top;
      if (this.kept && !beside && under > 0 && cell.top < told.bottom) scrollBy(0, under);
    }

    // While a cell is pinned, moving the pointer shows no other cell.
    keep(kept) {
      this.kept = kept;
      this.figure.classList.toggle("kept", kept);
      this.cells.forEach((cell, number) =>
        cell.setAttribute("aria-pressed", kept && number === this.current),
      );
    }

    prepareSliders() {
      this.figure.querySelector(".thresholds").hidden = false;
      for (const slider of this.figure.querySelectorAll("input[type='range']")) {
        const key = slider.name;
        slider.value = Math.log10(this.data[key]);
        const initial = slider.value;
        const write = () => {
          const text = significant(this.thresholds[key]);
          slider.parentElement.querySelector(".value").textContent = text;
          slider.setAttribute("aria-valuetext", text);
        };
        slider.addEventListener("input", () => {
          this.thresholds[key] =
            slider.value === initial
              ? this.data[key]
              : Number((10 ** Number(slider.value)).toPrecision(2));
          write();
          this.classify();
          this.show(this.current);
        });
        write();
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
      this.outcomes.forEach((_, model) => {
        const found = this.outcome(model);
        counts[found] += 1;
        this.outcomes[model] = found;
        const use = this.uses[Math.floor(model / seeds)][model % seeds];
        use.setAttribute("href", `#${marks}-${outcomes[found]}`);
      });
      this.cells.forEach((cell, number) => cell.setAttribute("aria-label", this.words(number)));
      for (const entry of this.figure.querySelectorAll(".legend li")) {
        const count = counts[outcomes.indexOf(entry.dataset.outcome)];
        entry.querySelector(".count").textContent = whole(count);
      }
      this.contradict();
    }

    // Count the models whose final accuracies contradict their outcome.
    contradict() {
      const valid = this.state.filter((special) => !special).length;
      const count = this.outcomes.filter(
        (outcome, model) => !this.state[model] && END_OF_OUTCOME[outcome] !== this.ends[model],
      ).length;
      const line = this.figure.querySelector(".contradicted");
      line.hidden = count === 0;
      line.textContent = filled(this.data.contradicted, {
        count: whole(count),
        models: whole(valid),
      });
    }

    // The settings of a cell and the outcomes of its models.
    words(number) {
      const { seeds, outcomes, words, labels, cell, count, comma, last } = this.data;
      const models = this.outcomes.subarray(number * seeds, (number + 1) * seeds);
      const found = outcomes
        .map((_, outcome) => [models.filter((one) => one === outcome).length, words[outcome]])
        .filter(([some]) => some)
        .map(([some, outcome]) => filled(count, { count: whole(some), outcome }));
      const end = found.pop() ?? "";
      const list = found.length ? filled(last, { rest: found.join(comma), last: end }) : end;
      return filled(cell, { settings: labels[number], outcomes: list });
    }

    show(number) {
      this.cells[this.current]?.classList.remove("current");
      this.current = number;
      this.cells[number].classList.add("current");
      if (this.kept) this.keep(true);
      this.figure.querySelector(".focus").textContent = this.words(number);
      const { seeds, x, formulas } = this.data;
      this.formulas.forEach((formula, which) => (formula.hidden = which !== formulas[number]));
      const curves = this.figure.querySelector(".curves");
      const [, , top, bottom] = curves.dataset.frame.split(" ").map(Number);
      const room = curves.viewBox.baseVal.height - top - bottom;
      this.lines.forEach((line, place) => {
        const split = Math.floor(place / seeds);
        const start = ((number * seeds + (place % seeds)) * 2 + split) * x.length;
        const points = x.map((at, point) => [at, this.levels[start + point]]);
        const drawn = points.filter(([, level]) => level !== MISSING);
        const y = (level) => (top + (1 - level / (MISSING - 1)) * room).toFixed(1);
        line.setAttribute("points", drawn.map(([at, level]) => `${at},${y(level)}`).join(" "));
      });
    }

    move(event, number) {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        this.keep(!this.kept);
        this.uncover();
        return;
      }
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
      this.enter(target);
      this.uncover();
    }

    // Tab reaches one cell: the one that had the focus last.
    enter(number) {
      for (const cell of this.cells) cell.setAttribute("tabindex", "-1");
      this.cells[number].setAttribute("tabindex", "0");
      this.cells[number].focus({ preventScroll: number === this.current });
      this.show(number);
    }
  }

  startFigures("map", (figure) => new SweepMap(figure));
}
