// The bar below the page: plays, pauses, and shows where the training of a model stands.
//
// There is one bar; it belongs to the model whose figures fill most of the window. In the document
// it follows one of them, the one that fills most or has the focus, so that Tab leads from there to it.

{
  const SPEEDS = [0.5, 1, 2];

  const APART = 8; // pixels between two labels

  const DOT = 5; // pixels from the middle of a mark's dot to the edge of its button

  // Where the button of a mark begins and ends: with its label right of the dot, and left of it.
  const sidesOf = (button) => {
    const { offsetLeft, offsetWidth } = button;
    return [
      [offsetLeft - DOT, offsetLeft - DOT + offsetWidth],
      [offsetLeft + DOT - offsetWidth, offsetLeft + DOT],
    ];
  };

  // A side for each label, 0 for the right, such that all stand inside and apart in one row.
  const chosen = (spans, inside, before = -Infinity) => {
    if (!spans.length) return [];
    const [first, ...others] = spans;
    for (const side of [0, 1]) {
      const [start, end] = first[side];
      if (start < before + APART || !inside(first[side])) continue;
      const rest = chosen(others, inside, end);
      if (rest) return [side, ...rest];
    }
    return null;
  };

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
          figure.addEventListener("focusin", () => this.come(timeline, figure));
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
      this.track.append(this.slider, this.marks);
      this.bar.append(this.button, this.track, this.output, this.speed);
      document.body.append(this.bar);
      this.button.addEventListener("click", () => this.timeline.toggle());
      this.slider.addEventListener("input", () => {
        this.timeline.pause();
        this.timeline.seek(Number(this.slider.value));
      });
      this.speed.addEventListener("click", () => this.faster());
      this.slider.addEventListener("keydown", (event) => this.timeline.key(event));
      this.button.addEventListener("keydown", (event) => this.timeline.key(event));
    }

    // Turns to the model that is seen most, unless somebody is at work with the one that is shown.
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
        this.follows(this.led(timeline).reduce((a, b) => (this.height(b) > this.height(a) ? b : a)));
      }
      this.appear(most > 0 || busy);
    }

    led(timeline) {
      return timeline.followers.filter(({ alone }) => !alone).map(({ figure }) => figure);
    }

    height(figure) {
      return this.seen.get(figure) ?? 0;
    }

    // A figure has got the focus: the bar is there, and the next that Tab leads to.
    come(timeline, figure) {
      if (timeline !== this.timeline && this.timeline.playing) return;
      if (!this.led(timeline).includes(figure)) return;
      this.show(timeline);
      this.follows(figure);
      this.appear(true);
    }

    // Where the bar is in the document; on the screen it stays at the foot of the window.
    follows(figure) {
      const focused = this.bar.contains(document.activeElement);
      if (!focused && figure.nextElementSibling !== this.bar) figure.after(this.bar);
    }

    appear(there) {
      this.bar.hidden = !there;
      document.body.classList.toggle("timed", there);
    }

    show(timeline) {
      if (this.timeline === timeline) return;
      this.timeline = timeline;
      this.settle();
    }

    // Takes over the range and the marks of the model.
    settle() {
      const { first, last, marks } = this.timeline;
      Object.assign(this.slider, { min: first, max: last, step: 1 });
      this.marks.replaceChildren(...marks.map((mark) => this.mark(mark, first, last)));
      this.arrange();
      this.follow();
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
      button.setAttribute("aria-label", this.timeline.filled(this.words.to, { name, step: at }));
      button.addEventListener("click", () => {
        this.timeline.pause();
        this.timeline.seek(at);
      });
      return button;
    }

    // Labels stand to the right or to the left of their dots so that none covers another; where no
    // choice of sides does that, each has a row of its own.
    arrange() {
      const buttons = [...this.marks.children];
      const { width } = this.marks.getBoundingClientRect();
      const spans = buttons.map((button) => sidesOf(button));
      const inside = ([start, end]) => start >= 0 && end <= width;
      const sides = chosen(spans, inside);
      buttons.forEach((button, row) => {
        const left = sides ? sides[row] : !inside(spans[row][0]);
        button.classList.toggle("left", Boolean(left));
        button.style.setProperty("--row", sides ? 0 : row);
      });
      this.track.style.setProperty("--rows", sides ? 1 : buttons.length);
    }

    follow() {
      const { playing, step, first, last, said, stalled, words } = this.timeline;
      this.slider.value = step;
      this.slider.style.setProperty("--part", (step - first) / (last - first));
      this.output.textContent = stalled ? words.loading : said;
      this.slider.setAttribute("aria-valuetext", this.timeline.described);
      this.button.setAttribute("aria-label", playing ? words.pause : words.play);
      this.button.classList.toggle("playing", playing);
      const speed = this.timeline.speed === 0.5 ? "½×" : `${this.timeline.speed}×`;
      this.speed.textContent = speed;
      this.speed.setAttribute("aria-label", this.timeline.filled(words.speed, { speed }));
    }

    faster() {
      const place = SPEEDS.indexOf(this.timeline.speed);
      this.timeline.hasten(SPEEDS[(place + 1) % SPEEDS.length]);
    }
  }

  globalThis.grokreel = { ...globalThis.grokreel, TimelineBar };
}
