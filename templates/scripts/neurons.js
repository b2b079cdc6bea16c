// Neurons to choose from: the chosen one's weights at a step, and the waves in them.

{
  const { whole } = globalThis.grokreel.numbers;

  const bytes = (text) => Int8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  class NeuronsFigure {
    // Shows the step that is asked for, or the last one.
    constructor(figure, asked) {
      this.figure = figure;
      this.data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
      this.weights = bytes(this.data.weights);
      this.large = figure.querySelector(".large");
      this.slider = figure.querySelector("input[name='step']");
      this.choices = [...figure.querySelectorAll("input[type='radio']")];
      for (const choice of this.choices) choice.hidden = false;
      this.slider.closest("label").hidden = false;
      this.follow(asked ?? this.data.at.at(-1));
    }

    // What the reader has done: another step, which the timeline of the model is told, or another
    // neuron.
    input(target) {
      if (target === this.slider) {
        this.follow(this.data.at[Number(this.slider.value)]);
        this.figure.dispatchEvent(new CustomEvent("lead", { detail: this.step }));
      } else this.draw();
    }

    // Shows the snapshot nearest to a step.
    follow(step) {
      const off = this.data.at.map((at) => Math.abs(at - step));
      this.step = step;
      this.slider.value = off.indexOf(Math.min(...off));
      this.draw();
    }

    // One way of a neuron at a step: 0 is in, 1 is out.
    values(frame, way, neuron) {
      const { neurons, numbers, units } = this.data;
      const start = ((frame * 2 + way) * neurons + neuron) * numbers;
      const unit = units[frame][way];
      return Array.from(this.weights.subarray(start, start + numbers), (value) => value * unit);
    }

    // How strong the wave of every frequency is, as gen.analysis.fourier.components has it.
    amplitudes(values) {
      const count = values.length;
      return Array.from({ length: count >> 1 }, (_, place) => {
        const turn = (2 * Math.PI * (place + 1)) / count;
        const cosine = values.reduce((sum, value, at) => sum + value * Math.cos(turn * at), 0);
        const sine = values.reduce((sum, value, at) => sum + value * Math.sin(turn * at), 0);
        const alternates = 2 * (place + 1) === count;
        return (Math.hypot(cosine, sine) * (alternates ? 1 : 2)) / count;
      });
    }

    draw() {
      const frame = Number(this.slider.value);
      const chosen = this.choices.find((choice) => choice.checked);
      this.tell(frame);
      this.large.className = `large ${chosen.closest("label").className}`;
      const waves = this.large.querySelectorAll(".wave .line");
      const bars = this.large.querySelectorAll(".bars .line");
      for (const way of [0, 1]) {
        const values = this.values(frame, way, Number(chosen.value));
        waves[way].setAttribute("d", this.wave(values));
        const tall = this.amplitudes(values).map(
          (value, place) => `M${place + 1} 0V${this.within(-value)}`,
        );
        bars[way].setAttribute("d", tall.join(""));
      }
      for (const choice of this.choices) {
        const values = this.values(frame, 0, Number(choice.value));
        const line = choice.closest("label").querySelector(".line");
        line.setAttribute("d", this.wave(values));
      }
    }

    // Which step the snapshot is of, and which step it stands for.
    tell(frame) {
      const label = this.slider.closest("label");
      const exact = this.data.at[frame] === this.step;
      const wanted = whole(this.step);
      label.querySelector(".value").textContent = this.data.steps[frame];
      label.querySelector(".near").textContent = exact ? "" : this.data.near.replace("{step}", wanted);
    }

    wave(values) {
      return `M${values.map((value, number) => `${number} ${this.within(-value)}`).join("L")}`;
    }

    within(value) {
      const { limit } = this.data;
      return Math.max(-limit, Math.min(limit, value)).toFixed(3);
    }
  }

  for (const figure of document.querySelectorAll("figure.neurons:not([data-live])")) {
    figure.dataset.live = "";
    let current = new NeuronsFigure(figure);
    figure.addEventListener("input", ({ target }) => current.input(target));
    figure.addEventListener("follow", ({ detail }) => current.follow(detail));
    figure.addEventListener("reseed", () => {
      current = new NeuronsFigure(figure, current.step);
    });
  }
}
