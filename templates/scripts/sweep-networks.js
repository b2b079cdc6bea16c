// What a sweep map tells of one cell: a small chart for each network, and a large one of the opened.

"use strict";

{
  const { whole } = grokreel.numbers;
  const { decoded, filled } = grokreel.page;
  const { NO_EVENT, networkByKey, placeOfStep, pointsOf } = grokreel.sweep;

  // The share of the frame that the name of an event needs on the left of its line.
  const ROOM = 0.25;

  // `events` has the methods preview(place), leave(), toggle(place), called when the reader does.
  class Networks {
    constructor(figure, data, events) {
      this.data = data;
      this.levels = decoded(data.curves);
      this.events = new Uint16Array(decoded(data.events).buffer);
      this.group = figure.querySelector(".networks");
      this.charts = [...this.group.querySelectorAll(".network")];
      this.opened = figure.querySelector(".opened");
      this.marks = figure.dataset.marks;
      this.charts.forEach((chart, place) => this.prepare(chart, place, events));
      this.stop(0);
    }

    prepare(chart, place, { preview, leave, toggle }) {
      chart.setAttribute("role", "button");
      chart.addEventListener("pointerenter", ({ pointerType }) => {
        if (pointerType !== "touch") preview(place);
      });
      chart.addEventListener("pointerleave", leave);
      chart.addEventListener("focus", () => {
        this.stop(place);
        preview(place);
      });
      chart.addEventListener("blur", leave);
      chart.addEventListener("click", () => toggle(place));
      chart.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          toggle(place);
          return;
        }
        const columns = Number(this.group.dataset.columns);
        const target = networkByKey(event.key, place, { columns, networks: this.charts.length });
        if (target === null) return;
        event.preventDefault();
        this.charts[target].focus();
      });
    }

    // Tab reaches one chart: the one that had the focus last.
    stop(place) {
      this.charts.forEach((chart, other) => (chart.tabIndex = other === place ? 0 : -1));
    }

    enter(place) {
      this.charts[place].focus();
    }

    levelsOf(cell, place, split) {
      const { seeds, x } = this.data;
      const start = ((cell * seeds.length + place) * 2 + split) * x.length;
      return this.levels.subarray(start, start + x.length);
    }

    // The step of each event of a model: memorising, generalising, diverging; or null.
    stepsOf(cell, place) {
      const { seeds, when } = this.data;
      const model = cell * seeds.length + place;
      const models = this.levels.length / (2 * this.data.x.length);
      const steps = [];
      for (let at = model; at < this.events.length; at += models) {
        steps.push(this.events[at] === NO_EVENT ? null : when[this.events[at]]);
      }
      return steps;
    }

    // The outcome of a model, and the steps of its events.
    sentences(cell, place, outcome) {
      const { labels, network: words, outcomes, seeds } = this.data;
      const named = { settings: labels[cell], seed: seeds[place], outcome: words.outcomes[outcome] };
      const first = filled(words.settings, named);
      if (outcomes[outcome] === "untrained") return first;
      const [memorised, generalised, broke = null] = this.stepsOf(cell, place);
      const known = `${memorised === null ? "" : "m"}${generalised === null ? "" : "g"}`;
      const which = { mg: "both", m: "memorised", g: "generalised", "": "neither" }[known];
      const steps = { memorised, generalised, step: broke };
      for (const [name, step] of Object.entries(steps)) steps[name] = whole(step ?? 0);
      const second = filled(broke === null ? words[which] : words.broke, steps);
      return `${first}${words.sentence}${second}`;
    }

    // Draw the charts of a cell. `outcomes` has a number for each of its models.
    draw(cell, outcomes) {
      this.charts.forEach((chart, place) => {
        const key = this.data.outcomes[outcomes[place]];
        chart.querySelector("use").setAttribute("href", `#${this.marks}-${key}`);
        chart.setAttribute("aria-label", this.sentences(cell, place, outcomes[place]));
        const small = chart.querySelector(".small");
        const { width, height } = small.viewBox.baseVal;
        this.drawLines(small, cell, place, [0, 0, width, height]);
      });
    }

    drawLines(chart, cell, place, box) {
      chart.querySelectorAll(".line").forEach((line, split) => {
        const levels = this.levelsOf(cell, place, split);
        line.setAttribute("points", pointsOf(this.data.x, levels, box));
      });
    }

    // Mark one chart, and show the large one of the opened network; null for none.
    mark(cell, marked, open, pinned) {
      this.charts.forEach((chart, place) => {
        chart.classList.toggle("marked", place === marked);
        chart.setAttribute("aria-pressed", place === pinned);
      });
      this.opened.hidden = open === null;
      if (open === null) return;
      const chart = this.opened.querySelector(".curves");
      const [left, right, top, bottom] = chart.dataset.frame.split(" ").map(Number);
      const { width, height } = chart.viewBox.baseVal;
      const wide = width - left - right;
      this.drawLines(chart, cell, open, [left, top, wide, height - top - bottom]);
      const steps = this.stepsOf(cell, open);
      chart.querySelectorAll(".event").forEach((event, which) => {
        const step = steps[which];
        event.setAttribute("visibility", step === null ? "hidden" : "visible");
        if (step === null) return;
        const part = placeOfStep(step, this.data.ends);
        event.setAttribute("transform", `translate(${(left + part * wide).toFixed(1)} 0)`);
        const name = event.querySelector("text");
        const before = part > ROOM;
        name.setAttribute("text-anchor", before ? "end" : "start");
        name.setAttribute("x", before ? -4 : 4);
      });
    }
  }

  grokreel.sweep.Networks = Networks;
}
