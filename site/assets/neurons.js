// Neurons to choose from: the chosen one's weights at a step, and the waves in them.

const bytes = (text) => Int8Array.from(atob(text), (letter) => letter.charCodeAt(0));

class NeuronsFigure {
  constructor(figure) {
    this.figure = figure;
    this.data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    this.weights = bytes(this.data.weights);
    this.large = figure.querySelector(".large");
    this.slider = figure.querySelector("input[name='step']");
    this.choices = [...figure.querySelectorAll("input[type='radio']")];
    for (const choice of this.choices) choice.hidden = false;
    this.slider.closest("label").hidden = false;
    figure.addEventListener("input", (event) => {
      if (event.target === this.slider) this.lead();
      this.draw();
    });
    figure.addEventListener("follow", ({ detail }) => this.follow(detail));
    this.draw();
  }

  // Tells the timeline of the model, where there is one, and does what it says.
  lead() {
    const detail = this.data.at[Number(this.slider.value)];
    this.figure.dispatchEvent(new CustomEvent("lead", { detail }));
  }

  follow(step) {
    const off = this.data.at.map((at) => Math.abs(at - step));
    const frame = String(off.indexOf(Math.min(...off)));
    if (this.slider.value === frame) return;
    this.slider.value = frame;
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
    const { limit, steps } = this.data;
    const within = (value) => Math.max(-limit, Math.min(limit, value)).toFixed(3);
    this.large.className = `large ${chosen.closest("label").className}`;
    this.slider.closest("label").querySelector(".value").textContent = steps[frame];
    const waves = this.large.querySelectorAll(".wave .line");
    const bars = this.large.querySelectorAll(".bars .line");
    for (const way of [0, 1]) {
      const values = this.values(frame, way, Number(chosen.value));
      const points = values.map((value, number) => `${number} ${within(-value)}`);
      waves[way].setAttribute("d", `M${points.join("L")}`);
      const tall = this.amplitudes(values).map((value, place) => `M${place + 1} 0V${within(-value)}`);
      bars[way].setAttribute("d", tall.join(""));
    }
  }
}

for (const figure of document.querySelectorAll("figure.neurons")) {
  new NeuronsFigure(figure);
}
