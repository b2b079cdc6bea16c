// Neurons to choose from: the weights of one neuron at a step, and the waves in them.

"use strict";

{
  const { whole } = grokreel.numbers;
  const { chosenStep, dataOf, decoded, filled, startFigures } = grokreel.page;

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
    // Show the given step, or the last one.
    constructor(figure, step) {
      this.figure = figure;
      this.data = dataOf(figure);
      this.weights = new Int8Array(decoded(this.data.weights).buffer);
      this.large = figure.querySelector(".large");
      this.slider = figure.querySelector("input[name='step']");
      this.choices = [...figure.querySelectorAll("input[type='radio']")];
      for (const choice of this.choices) choice.hidden = false;
      this.slider.closest("label").hidden = false;
      this.follow(step ?? this.data.at.at(-1));
    }

    // The reader chose another neuron, or another step, which the model's timeline takes over.
    input(target) {
      if (target === this.slider) {
        this.follow(this.data.at[Number(this.slider.value)]);
        this.figure.dispatchEvent(new CustomEvent("lead", { detail: this.step }));
      } else this.draw();
    }

    // Show the snapshot nearest to a step.
    follow(step) {
      this.step = step;
      this.slider.value = grokreel.steps.nearest(this.data.at, step);
      this.draw();
    }

    // The weights into (0) or out of (1) a neuron in a snapshot.
    values(frame, way, neuron) {
      const { neurons, numbers, units } = this.data;
      const start = ((frame * 2 + way) * neurons + neuron) * numbers;
      const unit = units[frame][way];
      return Array.from(this.weights.subarray(start, start + numbers), (value) => value * unit);
    }

    draw() {
      const frame = Number(this.slider.value);
      const chosen = this.choices.find((choice) => choice.checked);
      this.writeStep(frame);
      this.large.className = `large ${chosen.closest("label").className}`;
      const waves = this.large.querySelectorAll(".wave .line");
      const bars = this.large.querySelectorAll(".bars .line");
      for (const way of [0, 1]) {
        const values = this.values(frame, way, Number(chosen.value));
        waves[way].setAttribute("d", this.wave(values));
        const tall = amplitudes(values).map(
          (value, index) => `M${index + 1} 0V${this.within(-value)}`,
        );
        bars[way].setAttribute("d", tall.join(""));
      }
      for (const choice of this.choices) {
        const values = this.values(frame, 0, Number(choice.value));
        const line = choice.closest("label").querySelector(".line");
        line.setAttribute("d", this.wave(values));
      }
    }

    // Write the step of the snapshot and, where that differs, the step of the timeline.
    writeStep(frame) {
      const label = this.slider.closest("label");
      const exact = this.data.at[frame] === this.step;
      const near = filled(this.data.near, { step: whole(this.step) });
      label.querySelector(".value").textContent = this.data.steps[frame];
      label.querySelector(".near").textContent = exact ? "" : near;
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
    let current = new NeuronsFigure(figure, chosenStep(figure));
    figure.addEventListener("input", ({ target }) => current.input(target));
    figure.addEventListener("follow", ({ detail }) => current.follow(detail));
    figure.addEventListener("reseed", () => {
      current = new NeuronsFigure(figure, current.step);
    });
  });

  grokreel.neurons = { amplitudes };
}
