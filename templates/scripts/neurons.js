// Neurons to choose from: the weights of one neuron at a step, and the waves in them.
//
// The page holds the drawing of the last step. The weights are in the pack of the run, which is
// loaded when the figure comes near the window.

"use strict";

{
  const { whole } = grokreel.numbers;
  const { chosenStep, dataOf, filled, startFigures, watchPlace } = grokreel.page;

  // The amplitude of every frequency; `components` in gen/analysis/fourier.py does the same.
  const amplitudes = (values) => {
    const count = values.length;
    return Array.from({ length: count >> 1 }, (_, index) => {
      const angle = (2 * Math.PI * (index + 1)) / count;
      const cosine = values.reduce((sum, value, at) => sum + value * Math.cos(angle * at), 0);
      const sine = values.reduce((sum, value, at) => sum + value * Math.sin(angle * at), 0);
      const alternates = 2 * (index + 1) === count;
      return (Math.hypot(cosine, sine) * (alternates ? 1 : 2)) / count;
    });
  };

  class NeuronsFigure {
    // Show a figure as another one was: the row that is chosen, and the step.
    constructor(figure, { chosen = null, step = null } = {}) {
      Object.assign(this, { figure, step });
      this.sheet = figure.querySelector(".sheet");
      this.data = dataOf(figure);
      this.large = this.sheet.querySelector(".large");
      this.slider = this.sheet.querySelector("input[name='step']");
      this.choices = [...this.sheet.querySelectorAll("input[type='radio']")];
      const wanted = this.choices.find((choice) => choice.value === chosen);
      if (wanted) wanted.checked = true;
      this.retired = new AbortController();
      if (!this.loadable) return;
      for (const choice of this.choices) choice.hidden = false;
      this.slider.closest("label").hidden = false;
      this.listen();
      this.follow(step ?? this.data.at.at(-1));
    }

    get loadable() {
      return this.sheet.dataset.pack !== undefined && (grokreel.packs?.supported ?? false);
    }

    // The row of the chosen neuron.
    get chosen() {
      return this.choices.find((choice) => choice.checked)?.value;
    }

    listen() {
      const { signal } = this.retired;
      this.sheet.addEventListener("input", ({ target }) => this.input(target));
      const changed = ({ detail }) => detail === this.sheet.dataset.pack && this.schedule();
      document.addEventListener("intervene", changed, { signal });
      const near = (is) => is && this.load();
      const visible = (is) => {
        this.visible = is;
        if (this.stale) this.schedule();
      };
      watchPlace(this.sheet, { near, visible }, signal);
    }

    // Another figure of another run takes the place of this one.
    retire() {
      this.retired.abort();
      cancelAnimationFrame(this.pending);
    }

    async load() {
      if (this.loading) return;
      this.loading = true;
      try {
        this.pack = await grokreel.packs.load(this.sheet.dataset.pack, this.sheet.dataset.packSrc);
        this.schedule();
      } catch (error) {
        this.loading = false;
        reportError(error);
      }
    }

    // The reader chose another neuron, or another step, which the model's timeline takes over.
    input(target) {
      if (target === this.slider) {
        this.follow(this.data.at[Number(this.slider.value)]);
        this.figure.dispatchEvent(new CustomEvent("lead", { detail: this.step }));
      } else this.schedule();
    }

    // Show the snapshot nearest to a step.
    follow(step) {
      this.step = step;
      this.slider.value = grokreel.steps.nearest(this.data.at, step);
      this.writeStep(Number(this.slider.value));
      this.schedule();
    }

    // Draw in the next animation frame, or when the figure is next visible.
    schedule() {
      this.stale = true;
      if (this.visible && this.pack) this.pending ??= requestAnimationFrame(() => this.draw());
    }

    // The weights into (0) or out of (1) the neuron of a row.
    values(pack, frame, way, row) {
      const { numbers, order, views } = this.data;
      const matrix = pack.matrix(views[way], frame);
      const neuron = order[row];
      if (way) return Array.from(matrix.subarray(neuron * numbers, (neuron + 1) * numbers));
      return Array.from({ length: numbers }, (_, number) => matrix[number * order.length + neuron]);
    }

    draw() {
      this.pending = undefined;
      this.stale = false;
      const pack = grokreel.packs.changed.get(this.sheet.dataset.pack) ?? this.pack;
      const frame = Number(this.slider.value);
      const chosen = this.choices.find((choice) => choice.checked);
      this.large.className = `large ${chosen.closest("label").className}`;
      const waves = this.large.querySelectorAll(".wave .line");
      const bars = this.large.querySelectorAll(".bars .line");
      for (const way of [0, 1]) {
        const values = this.values(pack, frame, way, Number(chosen.value));
        waves[way].setAttribute("d", this.wave(values));
        const tall = amplitudes(values).map(
          (value, index) => `M${index + 1} 0V${this.within(-value)}`,
        );
        bars[way].setAttribute("d", tall.join(""));
      }
      for (const choice of this.choices) {
        const values = this.values(pack, frame, 0, Number(choice.value));
        const line = choice.closest("label").querySelector(".line");
        line.setAttribute("d", this.wave(values));
      }
    }

    // Write the step of the snapshot and, where that differs, the step of the timeline.
    writeStep(frame) {
      const label = this.slider.closest("label");
      const at = this.data.at[frame];
      const near = filled(this.data.near, { step: whole(this.step) });
      label.querySelector(".value").textContent = whole(at);
      label.querySelector(".near").textContent = at === this.step ? "" : near;
    }

    wave(values) {
      return `M${values.map((value, number) => `${number} ${this.within(-value)}`).join("L")}`;
    }

    within(value) {
      const { limit } = this.data;
      return Math.max(-limit, Math.min(limit, value)).toFixed(3);
    }
  }

  startFigures("neurons", (figure) => {
    let current = new NeuronsFigure(figure, { step: chosenStep(figure) });
    figure.addEventListener("follow", ({ detail }) => current.follow(detail));
    figure.addEventListener("reseed", () => {
      const former = current;
      former.retire();
      current = new NeuronsFigure(figure, former);
    });
  });

  grokreel.neurons = { amplitudes };
}
