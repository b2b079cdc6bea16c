// The control of a figure in which no training runs: a slider beside its button, and what it stands at.
//
// Such a figure has a timeline of its own, over places in the place of steps: the numbers that a
// formula runs through. Playing stops when the figure leaves the window.

"use strict";

{
  const { startFigures, timelineOf } = grokreel.page;

  class PlaceBar {
    constructor(timeline) {
      const [{ figure }] = timeline.followers;
      Object.assign(this, { figure, timeline, seen: new Map() });
      timeline.bar = this;
      this.build();
      this.settle();
      new IntersectionObserver((entries) => this.look(entries), { threshold: [0, 0.5, 1] }).observe(figure);
    }

    build() {
      const { name, texts } = this.timeline.places;
      this.bar = document.createElement("div");
      this.slider = document.createElement("input");
      this.output = document.createElement("output");
      this.bar.className = "places track";
      this.slider.type = "range";
      this.slider.setAttribute("aria-label", name);
      this.output.style.minWidth = `${Math.max(...Object.values(texts).map(({ length }) => length))}ch`;
      this.bar.append(this.slider, this.output);
      this.figure.querySelector(".player").append(this.bar);
      this.slider.addEventListener("input", () => {
        const place = Number(this.slider.value); // a pause sets it
        this.timeline.pause();
        this.timeline.seek(place);
      });
      this.slider.addEventListener("keydown", (event) => this.timeline.key(event));
    }

    // Note how much of the figure is in the window; out of it nothing plays.
    look(entries) {
      for (const { target, intersectionRect } of entries) this.seen.set(target, intersectionRect.height);
      if (entries.length && !this.seen.get(this.figure)) this.timeline.pause();
    }

    // The bar of a model shows one of several timelines; this one has its own.
    show() {}

    settle() {
      const { first, last } = this.timeline;
      Object.assign(this.slider, { min: first, max: last, step: 1 });
      this.follow();
    }

    follow() {
      const { first, last, stalled, step, stepText, words } = this.timeline;
      this.slider.value = step;
      this.slider.style.setProperty("--part", (step - first) / Math.max(1, last - first));
      this.slider.setAttribute("aria-valuetext", stepText);
      this.output.textContent = stalled ? words.loading : stepText;
    }
  }

  startFigures("film[data-places]", (figure) => new PlaceBar(timelineOf(figure)));
}
