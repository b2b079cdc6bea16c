// A network that the reader trains in the page: settings, slices of training, and the pictures.
//
// Training runs on the main thread, because pages that are opened from a folder have no workers:
// some milliseconds in every animation frame, so that the page goes on responding. It waits while
// the page is hidden or the figure is out of view.

"use strict";

{
  const { percent, whole } = grokreel.numbers;
  const { dataOf, filled, startFigures, watchPlace } = grokreel.page;
  const { OwnRun } = grokreel.training;

  const SLICE = 8; // milliseconds of training in an animation frame

  const MOST_SEED = 999999;

  // The last frame of a scene that is not after a step.
  const frameAt = (steps, step) => {
    const after = steps.findIndex((one) => one > step);
    return after < 0 ? steps.length - 1 : Math.max(0, after - 1);
  };

  // A drawing of a scene, for one run after the other.
  class Drawing {
    constructor(box, scene, words) {
      Object.assign(this, { box, scene, words });
      this.canvas = document.createElement("canvas");
      grokreel.layers.fillBox(box, scene, this.canvas);
    }

    show(run) {
      const { scene, words } = this;
      this.run = run;
      run.show(scene);
      this.painters = scene.layers.map((layer) =>
        grokreel.layers.create(layer, { scene, pack: run, words }),
      );
    }

    // Draw the frame of a step, with whole device pixels.
    paint(step) {
      const { canvas, painters, scene } = this;
      const { width, height } = canvas.getBoundingClientRect();
      if (!width) return;
      const [across, down] = [width, height].map((side) => Math.round(side * devicePixelRatio));
      grokreel.layers.resize(canvas, across, down);
      grokreel.layers.paintFrame(canvas, scene, painters, frameAt(scene.steps, step), null);
    }
  }

  class TrainHere {
    constructor(figure) {
      this.figure = figure;
      this.data = dataOf(figure);
      this.words = this.data.words;
      const find = (selector) => figure.querySelector(selector);
      this.fields = [...figure.querySelectorAll(".settings :is(input, select)")];
      this.seed = find("input[name='seed']");
      this.button = find("button.train");
      this.slider = find("input[name='step']");
      this.state = find(".state");
      this.boxes = [...figure.querySelectorAll(".live")];
      this.drawings = [];
      this.playing = this.visible = false;
      find(".off")?.remove();
      find(".bench").hidden = false;
      for (const field of this.fields) field.addEventListener("change", () => this.reset());
      this.button.addEventListener("click", () => this.press());
      find("button.reset").addEventListener("click", () => this.reset());
      this.slider.addEventListener("input", () => this.scrub());
      this.reset();
      this.observe();
    }

    observe() {
      const { figure } = this;
      const near = (is) => is && this.load();
      const visible = (is) => {
        this.visible = is;
        this.schedule();
      };
      watchPlace(figure, { near, visible });
      new ResizeObserver(() => this.draw()).observe(figure);
      grokreel.palette?.watch(() => this.draw());
    }

    // Load the scenes; without them there is the chart.
    async load() {
      if (this.loading) return;
      this.loading = true;
      const loaded = this.boxes.map(async (box) => {
        const scene = await grokreel.scenes.load(box.dataset.scene, box.dataset.sceneSrc);
        const drawing = new Drawing(box, scene, this.words);
        drawing.show(this.run);
        this.drawings.push(drawing);
      });
      for (const { status, reason } of await Promise.allSettled(loaded)) {
        if (status === "rejected") reportError(reason);
      }
      this.draw();
    }

    value(name) {
      const field = this.fields.find((each) => each.name === name);
      return field ? Number(field.value) : undefined;
    }

    // Begin a run with the settings of the reader, at step 0.
    reset() {
      this.playing = false;
      const seed = Math.min(MOST_SEED, Math.max(0, Math.round(Number(this.seed.value) || 0)));
      this.seed.value = seed;
      const { optimiser } = this.data;
      const settings = {
        ...this.data,
        seed,
        optimiser: {
          ...optimiser,
          learningRate: this.value("learning_rate"),
          weightDecay: this.value("weight_decay") ?? optimiser.weightDecay,
          l1: this.value("l1") ?? optimiser.l1,
        },
      };
      this.run = new OwnRun(settings, this.value("steps"));
      for (const drawing of this.drawings) drawing.show(this.run);
      this.slider.value = 0;
      this.say("ready");
    }

    // Train, pause, go on; at the end, train the next seed.
    press() {
      if (this.run.ended) {
        this.seed.value = (Number(this.seed.value) + 1) % (MOST_SEED + 1);
        this.reset();
      }
      this.playing = !this.playing;
      this.say(this.playing ? "training" : "paused");
      this.schedule();
    }

    // The reader goes to a step of the run, no further than it has come.
    scrub() {
      const place = Math.min(Number(this.slider.value), this.run.count - 1);
      if (this.playing) {
        this.playing = false;
        this.say("paused");
      }
      this.draw(place);
    }

    schedule() {
      if (this.playing && this.visible) this.pending ??= requestAnimationFrame(() => this.slice());
    }

    // Train for some milliseconds; a new snapshot is drawn.
    slice() {
      this.pending = undefined;
      if (!this.playing || !this.visible) return;
      const { run } = this;
      const end = performance.now() + SLICE;
      let changed = false;
      while (!run.ended && performance.now() < end) changed = run.advance() || changed;
      if (run.ended) {
        this.playing = false;
        this.say(run.failed ? "failed" : "ended");
      } else if (changed) this.draw(run.count - 1);
      this.schedule();
    }

    // Say what state the run is in, on the button and to screen readers.
    say(state) {
      const { button, run, words } = this;
      const { test } = run.scores.at(-1);
      const seed = Number(this.seed.value);
      const values = { seed, step: whole(run.step), test: this.share(test) };
      this.state.textContent = filled(words[state], values);
      const label = { ready: "start", training: "pause", paused: "resume" }[state] ?? "again";
      button.textContent = filled(words[label], { seed: (seed + 1) % (MOST_SEED + 1) });
      this.figure.dataset.state = state;
      this.draw(run.count - 1);
    }

    share(value) {
      return filled(this.words.percent, { number: percent(value) });
    }

    // Draw a snapshot, that of the slider if none is given.
    draw(place = Number(this.slider.value)) {
      const { run, slider, words } = this;
      slider.max = run.steps.length - 1;
      slider.disabled = run.count < 2;
      slider.value = place;
      const step = run.steps[place];
      const { train, test } = run.scores[place];
      const values = { step: whole(step), train: this.share(train), test: this.share(test) };
      slider.setAttribute("aria-valuetext", filled(words.step, values));
      this.figure.querySelector(".now").textContent = filled(words.now, values);
      this.drawAccuracy(step);
      for (const drawing of this.drawings) drawing.paint(step);
      this.sayFactors();
    }

    // Curves of both accuracies over the steps of the run, and a line at the step.
    drawAccuracy(step) {
      const { figure, run } = this;
      const last = run.steps.at(-1);
      for (const split of ["train", "test"]) {
        const points = run.scores.map(
          (score, place) => `${run.steps[place] / last} ${(1 - score[split]).toFixed(4)}`,
        );
        figure.querySelector(`.accuracy path.${split}`).setAttribute("d", `M${points.join("L")}`);
      }
      figure.querySelector(".accuracy path.at").setAttribute("d", `M${step / last} 0V1`);
      figure.querySelector(".axis .last").textContent = whole(last);
    }

    // Say which views are drawn smaller than they are.
    sayFactors() {
      const note = this.figure.querySelector(".smaller");
      const texts = this.data.views.flatMap(({ name }) => {
        const factor = this.run.factor(name);
        if (factor === 1) return [];
        return filled(this.words.smaller, { view: name, share: `1/${1 / factor}` });
      });
      note.hidden = texts.length === 0;
      note.textContent = texts.join(" ");
    }
  }

  startFigures("train-here", (figure) => new TrainHere(figure));
}
