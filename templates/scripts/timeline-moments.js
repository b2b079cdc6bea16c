// Sentences that belong to steps, shown above a picture at these steps; and the figure that opens a
// page: it plays once, when the reader comes to it, and rests at every mark.
//
// With `prefers-reduced-motion`, or at an address that names a step, nothing plays by itself.

"use strict";

{
  const { given } = grokreel.page;

  const REST = 1500; // milliseconds at each mark of an opening

  // The place of the sentence of a step: the last that has begun, if it has not ended; or -1.
  const momentAt = (moments, step) => {
    const latest = Math.max(...moments.map(({ from }) => (from <= step ? from : -1)));
    return moments.findIndex(({ from, to }) => from === latest && step < to);
  };

  // A follower of the timeline that is no figure of its own.
  class Moments {
    alone = true;

    constructor(figure, timeline) {
      Object.assign(this, { figure, timeline });
      this.elements = [...figure.querySelectorAll(".moment")];
      this.moments = this.elements.map(({ dataset }) => ({
        from: Number(dataset.from),
        to: Number(dataset.to ?? Infinity),
      }));
      const strip = document.createElement("div");
      strip.className = "moments";
      strip.append(...this.elements);
      this.arrows = this.elements.map((element) => element.querySelector(".arrows"));
      figure.querySelector(".player")?.append(...this.arrows.filter(Boolean));
      const screen = figure.querySelector(".screen");
      if (screen && !figure.matches(".row > *")) screen.prepend(strip);
      else figure.querySelector("figcaption").before(strip);
      this.follow();
    }

    follow() {
      const now = momentAt(this.moments, this.timeline.step);
      this.elements.forEach((element, place) => {
        element.classList.toggle("now", place === now);
        element.setAttribute("aria-hidden", String(place !== now));
        this.arrows[place]?.classList.toggle("now", place === now);
      });
    }
  }

  class Opening {
    constructor(figure, timeline) {
      this.timeline = timeline;
      if (timeline.calm.matches || given(timeline.parameter)) return;
      timeline.keeps = false; // the address stays as the reader opened it
      timeline.goTo(timeline.first);
      const observer = new IntersectionObserver(
        ([entry]) => {
          if (!entry.isIntersecting) return;
          observer.disconnect();
          this.run();
        },
        { threshold: 0.5 },
      );
      observer.observe(figure.querySelector(".player"));
    }

    // Play from mark to mark, until the reader takes over.
    async run() {
      const { timeline } = this;
      const stops = timeline.marks.map(({ at }) => timeline.snapped(at));
      for (const stop of [...new Set([...stops, timeline.last])].sort((a, b) => a - b)) {
        if (timeline.playing || !(await this.played(stop))) break;
        if (stop !== timeline.last) await new Promise((done) => setTimeout(done, REST));
        if (timeline.step !== stop) break;
      }
      timeline.keeps = true;
    }

    // Play to a step; returns whether it was reached.
    async played(stop) {
      const { timeline } = this;
      if (timeline.step >= stop) return true;
      timeline.play(timeline.step, stop);
      while (timeline.playing) await new Promise(requestAnimationFrame);
      return timeline.step === stop;
    }
  }

  for (const timeline of grokreel.timelines ?? []) {
    for (const figure of document.querySelectorAll("figure[data-model]")) {
      if (figure.dataset.model !== timeline.model) continue;
      if (figure.querySelector(".moment")) timeline.followers.push(new Moments(figure, timeline));
      if (figure.matches("[data-opening]")) new Opening(figure, timeline);
    }
  }

  grokreel.moments = { momentAt };
}
