// An interactive map of a sweep: sliders set the thresholds of the outcomes, a cell shows the curves
// of its networks, a press pins the cell and opens one network. The address keeps the pin.

"use strict";

{
  const { significant, whole } = grokreel.numbers;
  const { dataOf, decoded, filled, floats, keepInAddress, startFigures, svgElement } = grokreel.page;
  const { Choice, Networks, cellByKey, contradicts, dotAt, judged, pinOf, pinText } = grokreel.sweep;

  // The distance between a cell and its charts or the edge of the window, and the height of the
  // timeline's bar, in pixels.
  const SPACE = 12;
  const BAR = 64;

  // Where the pointer was last. Scrolling moves cells below a pointer that rests.
  let pointer = null;
  document.addEventListener("pointermove", ({ clientX, clientY }) => {
    pointer = { clientX, clientY };
  });
  const hasMoved = ({ clientX, clientY }) =>
    clientX !== pointer?.clientX || clientY !== pointer?.clientY;

  class SweepMap {
    constructor(figure, parameter) {
      this.figure = figure;
      this.parameter = parameter;
      this.data = dataOf(figure);
      this.state = decoded(this.data.state);
      this.judged = decoded(this.data.judged);
      this.extremes = floats(this.data.extremes);
      this.cells = [...figure.querySelectorAll(".cell")].sort(
        (one, other) => one.dataset.cell - other.dataset.cell,
      );
      this.thresholds = { loss: this.data.loss, ratio: this.data.ratio };
      this.outcomes = new Uint8Array(this.state.length);
      this.formulas = [...figure.querySelectorAll(".formulas span")];
      this.uses = this.cells.map((cell) => [...cell.querySelectorAll("use")]);
      this.choice = new Choice(this.data.focus);
      this.ring = svgElement("circle", { class: "ring" });
      this.networks = new Networks(figure, this.data, {
        preview: (place) => this.change(() => this.choice.show(this.choice.cell, place)),
        leave: () => this.change(() => this.choice.leave()),
        toggle: (place) => {
          this.change(() => this.choice.toggleNetwork(place));
          this.uncover();
        },
      });
      this.cells.forEach((cell, number) => this.prepareCell(cell, number));
      this.prepareRelease();
      this.prepareSliders();
      this.classify();
      this.open();
      figure.querySelector(".hint").hidden = false;
    }

    // Pin what the address names, and scroll to it; a heading in the address comes first, and where
    // the reader was when the page was loaded again.
    open() {
      const given = new URLSearchParams(location.search).get(this.parameter);
      this.choice.pin = pinOf(given, this.data.seeds, this.cells.length);
      this.update();
      this.stop(this.choice.cell);
      const [{ type } = {}] = performance.getEntriesByType("navigation");
      if (!this.choice.pin || location.hash || type !== "navigate") return;
      const show = () => {
        if (scrollY > 0) return; // The reader has begun to scroll.
        this.cells[this.choice.cell].scrollIntoView({ block: "center", behavior: "instant" });
        this.uncover();
      };
      // Figures above the map may change their height until the page is loaded.
      if (document.readyState === "complete") show();
      else addEventListener("load", show, { once: true });
    }

    prepareCell(cell, number) {
      cell.setAttribute("role", "button");
      const preview = (event) => {
        if (event.pointerType === "touch" || !hasMoved(event)) return;
        this.change(() => this.choice.show(number, this.dotUnder(event, number)));
      };
      cell.addEventListener("pointerenter", preview);
      cell.addEventListener("pointermove", preview);
      cell.addEventListener("pointerleave", () => this.change(() => this.choice.leave()));
      cell.addEventListener("pointerdown", ({ pointerType }) => {
        this.touched = pointerType === "touch";
      });
      cell.addEventListener("focus", () => {
        this.stop(number);
        this.change(() => this.choice.show(number));
      });
      cell.addEventListener("blur", () => this.change(() => this.choice.leave()));
      // Dots are too small for a finger, which opens networks by their charts.
      cell.addEventListener("click", (event) => {
        cell.focus({ preventScroll: true });
        this.change(() =>
          this.choice.press(number, this.touched ? null : this.dotUnder(event, number)),
        );
        this.uncover();
      });
      cell.addEventListener("keydown", (event) => this.move(event, number));
    }

    // The place of the dot under the pointer, or null.
    dotUnder({ clientX, clientY }, number) {
      const box = this.cells[number].querySelector("rect").getBoundingClientRect();
      const [x, y] = [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
      return dotAt(x, y, this.data.seeds.length);
    }

    prepareRelease() {
      this.figure.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !this.choice.pin) return;
        const inside = event.target.closest(".networks");
        this.change(() => this.choice.letGo());
        if (inside) this.cells[this.choice.cell].focus();
      });
    }

    // Scroll as far as needed to see the pinned cell and its charts together.
    uncover() {
      if (!this.choice.pin) return;
      const cell = this.cells[this.choice.cell].getBoundingClientRect();
      const told = this.figure.querySelector(".told").getBoundingClientRect();
      const beside = told.right <= cell.left || cell.right <= told.left;
      const under = cell.bottom + SPACE - told.top;
      const bar = document.body.classList.contains("timed") ? BAR : 0;
      const below = Math.min(told.bottom + bar - innerHeight, cell.top - SPACE);
      if (beside && below > 0) scrollBy(0, below);
      if (!beside && under > 0 && cell.top < told.bottom) scrollBy(0, under);
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
          this.update();
        });
        write();
      }
    }

    classify() {
      const { outcomes, seeds } = this.data;
      const { marks } = this.figure.dataset;
      const counts = outcomes.map(() => 0);
      this.outcomes.forEach((_, model) => {
        const extremes = this.extremes.subarray(3 * model, 3 * model + 3);
        const found = this.state[model] || judged(extremes, this.thresholds);
        counts[found] += 1;
        this.outcomes[model] = found;
        const use = this.uses[Math.floor(model / seeds.length)][model % seeds.length];
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
        (outcome, model) => !this.state[model] && contradicts(outcome, this.judged[model]),
      ).length;
      const line = this.figure.querySelector(".contradicted");
      line.hidden = count === 0;
      line.textContent = filled(this.data.contradicted, {
        count: whole(count),
        models: whole(valid),
      });
    }

    outcomesOf(number) {
      const seeds = this.data.seeds.length;
      return this.outcomes.subarray(number * seeds, (number + 1) * seeds);
    }

    // The settings of a cell and the outcomes of its models.
    words(number) {
      const { outcomes, words, labels, cell, count, comma, last } = this.data;
      const models = this.outcomesOf(number);
      const found = outcomes
        .map((_, outcome) => [models.filter((one) => one === outcome).length, words[outcome]])
        .filter(([some]) => some)
        .map(([some, outcome]) => filled(count, { count: whole(some), outcome }));
      const end = found.pop() ?? "";
      const list = found.length ? filled(last, { rest: found.join(comma), last: end }) : end;
      return filled(cell, { settings: labels[number], outcomes: list });
    }

    // Change the choice, and show it if it is another one.
    change(act) {
      const key = () => JSON.stringify([this.choice.cell, this.choice.marked, this.choice.pin]);
      const [before, pin] = [key(), this.choice.pin];
      act();
      if (this.choice.pin !== pin) {
        keepInAddress(this.parameter, pinText(this.choice.pin, this.data.seeds));
      }
      if (key() !== before) this.update();
    }

    update() {
      const { cell: number, marked, open, pin } = this.choice;
      this.cells.forEach((cell, other) => {
        cell.classList.toggle("current", other === number);
        cell.setAttribute("aria-pressed", pin?.cell === other);
      });
      this.figure.classList.toggle("kept", pin !== null);
      this.markDot(marked === null ? null : this.uses[number][marked]);
      const outcomes = this.outcomesOf(number);
      this.figure.querySelector(".focus").textContent =
        open === null
          ? this.words(number)
          : this.networks.sentences(number, open, outcomes[open]);
      const { formulas } = this.data;
      this.formulas.forEach((formula, which) => (formula.hidden = which !== formulas[number]));
      this.networks.draw(number, outcomes);
      this.networks.mark(number, marked, open, pin?.cell === number ? pin.network : null);
    }

    // Draw a ring around a dot.
    markDot(dot) {
      this.ring.remove();
      if (!dot) return;
      for (const axis of ["x", "y"]) this.ring.setAttribute(`c${axis}`, dot.getAttribute(axis));
      this.ring.setAttribute("r", 5.5);
      dot.after(this.ring);
    }

    move(event, number) {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        if (this.choice.isPinned(number)) this.networks.enter(this.choice.pin.network ?? 0);
        else this.change(() => this.choice.press(number));
        this.uncover();
        return;
      }
      const { rows, columns } = this.data;
      const target = cellByKey(event.key, number, { rows, columns, cells: this.cells.length });
      if (target === null) return;
      event.preventDefault();
      this.cells[target].focus({ preventScroll: target === number });
      this.uncover();
    }

    // Tab reaches one cell: the one that had the focus last.
    stop(number) {
      for (const cell of this.cells) cell.setAttribute("tabindex", "-1");
      this.cells[number].setAttribute("tabindex", "0");
    }
  }

  const maps = document.querySelectorAll("figure.map");

  startFigures("map", (figure) => {
    const id = figure.id.replace(/^figure-/, "");
    new SweepMap(figure, maps.length > 1 ? `cell-${id}` : "cell");
  });
}
