// The timeline bar at the bottom of the window: play, speed, loop, step, curves and seed of a model.
//
// There is one bar, of the model whose figures fill most of the window. In the document it stands
// behind the figure that is most visible or has the focus, so that Tab leads to it from there.

"use strict";

{
  const { whole } = grokreel.numbers;
  const { filled, svgElement } = grokreel.page;

  const SPEEDS = [0.5, 1, 2];

  // Two arrows in a ring, in a square of 24 units.
  const LOOP = "M4 12V10a3 3 0 0 1 3-3H19M16 4l3 3-3 3M20 12v2a3 3 0 0 1-3 3H5M8 20l-3-3 3-3";

  const GAP = 8; // pixels between two labels

  const DOT = 5; // pixels from the centre of a mark's dot to the edge of its button

  // Start and end of a mark's button, with its label to the right and to the left of the dot.
  const sidesOf = (button) => {
    const { offsetLeft, offsetWidth } = button;
    return [
      [offsetLeft - DOT, offsetLeft - DOT + offsetWidth],
      [offsetLeft + DOT - offsetWidth, offsetLeft + DOT],
    ];
  };

  // Choose a side for each label, 0 for the right, so that none overlap in one row; null if
  // that is impossible.
  const chooseSides = (spans, inside, before = -Infinity) => {
    if (!spans.length) return [];
    const [first, ...others] = spans;
    for (const side of [0, 1]) {
      const [start, end] = first[side];
      if (start < before + GAP || !inside(first[side])) continue;
      const rest = chooseSides(others, inside, end);
      if (rest) return [side, ...rest];
    }
    return null;
  };

  // The coordinates of a curve of [part, value] pairs, both from 0 to 1, in a square of 1 unit.
  const curvePoints = (pairs) => pairs.map(([part, value]) => `${part},${1 - value}`).join(" ");

  class TimelineBar {
    constructor(timelines, words) {
      this.timelines = timelines;
      this.words = words;
      this.seen = new Map();
      this.build();
      this.show(timelines[0]);
      this.bar.hidden = true;
      const observer = new IntersectionObserver((entries) => this.look(entries), {
        threshold: [0, 0.2, 0.4, 0.6, 0.8, 1],
      });
      for (const timeline of timelines) {
        timeline.bar = this;
        for (const { figure } of timeline.followers) {
          observer.observe(figure);
          figure.addEventListener("focusin", () => this.focusFigure(timeline, figure));
        }
      }
      new ResizeObserver(() => this.arrange()).observe(this.track);
    }

    build() {
      const { words } = this;
      const make = (name, classes, attributes = {}) => {
        const element = document.createElement(name);
        element.className = classes;
        for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
        return element;
      };
      this.bar = make("div", "timeline", { role: "region", "aria-label": words.name });
      this.button = make("button", "play", { type: "button" });
      this.slider = make("input", "", { type: "range", "aria-label": words.step_name });
      this.marks = make("div", "marks");
      this.track = make("div", "track");
      this.output = make("output", "");
      this.speed = make("button", "speed", { type: "button" });
      this.loop = make("button", "loop", { type: "button", "aria-label": words.loop });
      const icon = svgElement("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
      icon.append(svgElement("path", { d: LOOP }));
      this.loop.append(icon);
      this.curve = svgElement("svg", {
        class: "curve", viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true",
      });
      this.track.append(this.curve, this.slider, this.marks);
      this.choice = make("label", "seed-choice");
      this.seed = make("select", "");
      this.choice.append(make("span", ""), this.seed);
      this.choice.firstChild.textContent = words.seed;
      this.bar.append(this.button, this.track, this.output, this.choice, this.speed, this.loop);
      document.body.append(this.bar);
      this.button.addEventListener("click", () => this.timeline.toggle());
      this.slider.addEventListener("input", () => {
        const step = Number(this.slider.value); // a pause sets it
        this.timeline.pause();
        this.timeline.seek(step);
      });
      this.speed.addEventListener("click", () => this.faster());
      this.loop.addEventListener("click", () => this.timeline.setLoops(!this.timeline.loops));
      this.seed.addEventListener("change", () => this.chooseSeed());
      for (const one of [this.slider, this.button]) {
        one.addEventListener("keydown", (event) => this.timeline.key(event));
      }
    }

    // Show the most visible model, unless the reader is using the bar or the timeline plays.
    look(entries) {
      for (const { target, intersectionRect } of entries) {
        this.seen.set(target, intersectionRect.height);
      }
      const heights = this.timelines.map((timeline) =>
        this.led(timeline).reduce((sum, figure) => sum + this.height(figure), 0),
      );
      const most = Math.max(...heights);
      const busy = this.timeline.playing || this.bar.contains(document.activeElement);
      if (most > 0 && !busy) {
        const timeline = this.timelines[heights.indexOf(most)];
        this.show(timeline);
        this.placeBehind(this.led(timeline).reduce((a, b) => (this.height(b) > this.height(a) ? b : a)));
      }
      this.setVisible(most > 0 || busy);
    }

    led(timeline) {
      return timeline.followers.filter(({ alone }) => !alone).map(({ figure }) => figure);
    }

    height(figure) {
      return this.seen.get(figure) ?? 0;
    }

    // When a figure gets the focus, show the bar and make it the next element for Tab.
    focusFigure(timeline, figure) {
      if (timeline !== this.timeline && this.timeline.playing) return;
      if (!this.led(timeline).includes(figure)) return;
      this.show(timeline);
      this.placeBehind(figure);
      this.setVisible(true);
    }

    // Move the bar behind a figure in the document; on the screen it stays at the bottom.
    placeBehind(figure) {
      const focused = this.bar.contains(document.activeElement);
      if (!focused && figure.nextElementSibling !== this.bar) figure.after(this.bar);
    }

    setVisible(visible) {
      this.bar.hidden = !visible;
      document.body.classList.toggle("timed", visible);
    }

    show(timeline) {
      if (this.timeline === timeline) return;
      this.timeline = timeline;
      this.settle();
    }

    // Set the range, the curves and the marks of the model.
    settle() {
      const { curve, first, last, marks } = this.timeline;
      const lines = Object.entries(curve).map(([key, pairs]) =>
        svgElement("polyline", { class: `line ${key}`, points: curvePoints(pairs) }),
      );
      this.curve.replaceChildren(...lines);
      this.track.classList.toggle("curved", lines.length > 0);
      Object.assign(this.slider, { min: first, max: last, step: 1 });
      this.marks.replaceChildren(...marks.map((mark) => this.mark(mark, first, last)));
      this.offerSeeds();
      this.arrange();
      this.follow();
    }

    // Offer the seeds of the model, if readers can choose among them, and show the chosen one.
    offerSeeds() {
      const { chooser } = this.timeline;
      this.choice.hidden = !chooser;
      if (!chooser) return;
      if (this.offered !== chooser) {
        this.seed.replaceChildren(...chooser.seeds.map((seed) => new Option(seed, seed)));
        this.offered = chooser;
      }
      this.seed.value = chooser.wanted;
    }

    // The figure above the bar in the document keeps its place on the screen.
    chooseSeed() {
      const figure = this.bar.previousElementSibling;
      this.timeline.chooser.choose(this.seed.value, figure?.matches("figure") ? figure : null);
    }

    mark({ key, at, name }, first, last) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `mark ${key}`;
      const part = (at - first) / (last - first);
      button.style.setProperty("--part", part);
      const label = document.createElement("span");
      label.textContent = name;
      button.append(label);
      button.setAttribute("aria-label", filled(this.words.to, { name, step: whole(at) }));
      button.addEventListener("click", () => {
        this.timeline.pause();
        this.timeline.seek(at);
      });
      return button;
    }

    // Put labels to the right or left of their dots so that none overlap. If that is impossible,
    // each label gets its own row.
    arrange() {
      const buttons = [...this.marks.children];
      const { width } = this.marks.getBoundingClientRect();
      const spans = buttons.map((button) => sidesOf(button));
      const inside = ([start, end]) => start >= 0 && end <= width;
      const sides = chooseSides(spans, inside);
      buttons.forEach((button, row) => {
        const left = sides ? sides[row] : !inside(spans[row][0]);
        button.classList.toggle("left", Boolean(left));
        button.style.setProperty("--row", sides ? 0 : row);
      });
      this.track.style.setProperty("--rows", sides ? 1 : buttons.length);
    }

    follow() {
      const { playing, step, first, last, stepText, stalled, words } = this.timeline;
      this.slider.value = step;
      this.slider.style.setProperty("--part", (step - first) / (last - first));
      this.output.textContent = stalled ? words.loading : stepText;
      this.slider.setAttribute("aria-valuetext", this.timeline.description);
      this.button.setAttribute("aria-label", playing ? words.pause : words.play);
      this.button.classList.toggle("playing", playing);
      const speed = this.timeline.speed === 0.5 ? "½×" : `${this.timeline.speed}×`;
      this.speed.textContent = speed;
      this.speed.setAttribute("aria-label", filled(words.speed, { speed }));
      this.loop.setAttribute("aria-pressed", this.timeline.loops);
    }

    faster() {
      const place = SPEEDS.indexOf(this.timeline.speed);
      this.timeline.setSpeed(SPEEDS[(place + 1) % SPEEDS.length]);
    }
  }

  Object.assign(grokreel.timeline, { TimelineBar, chooseSides, curvePoints });
}
