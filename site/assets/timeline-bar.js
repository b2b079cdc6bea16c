// The bar below the page: plays, pauses, and shows where the training of a model stands.
//
// There is one bar; it belongs to the model whose figures fill most of the window.

{
  const SPEEDS = [0.5, 1, 2];

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
        for (const { figure } of timeline.followers) observer.observe(figure);
      }
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
        timeline.followers.reduce((sum, { figure }) => sum + (this.seen.get(figure) ?? 0), 0),
      );
      const most = Math.max(...heights);
      const busy = this.timeline.playing || this.bar.contains(document.activeElement);
      if (most > 0 && !busy) this.show(this.timelines[heights.indexOf(most)]);
      this.bar.hidden = most === 0 && !busy;
      document.body.classList.toggle("timed", !this.bar.hidden);
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
      this.follow();
    }

    mark({ key, at, name }, first, last) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `mark ${key}`;
      const part = (at - first) / (last - first);
      button.style.setProperty("--part", part);
      button.classList.toggle("late", part > 0.6);
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

    follow() {
      const { playing, step, first, last, said, words } = this.timeline;
      this.slider.value = step;
      this.slider.style.setProperty("--part", (step - first) / (last - first));
      this.output.textContent = said;
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
