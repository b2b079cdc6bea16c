// One timeline for each model of a page: films, charts, neurons and the bar show its step.
//
// A step that the reader chose is kept in the address. With `prefers-reduced-motion`, playing jumps
// from one mark to the next. With `loops`, playing starts again at the end. A figure of a formula has
// a timeline of its own, over places in the place of steps, and `timeline-places.js`
// adds a control to the figure.

"use strict";

{
  const { LedChart, LedFilm, SceneFigure, TimelineBar, kindOf } = grokreel.timeline;
  const { whole } = grokreel.numbers;
  const { filled, given, keepInAddress, parameterOf } = grokreel.page;
  const { advanced, slowZones } = grokreel.pace;
  const { indexOf, nearest, valueAt } = grokreel.steps;

  const STAY = 1600; // milliseconds at each mark with reduced motion

  const PATIENCE = 300; // milliseconds of waiting for a film before the bar shows it

  const LONGEST_TICK = 0.1; // seconds; limits the jump after the page was hidden

  class Timeline {
    constructor(model, figures, several, words) {
      const [places = null] = figures.map(({ dataset }) => dataset.places && JSON.parse(dataset.places));
      Object.assign(this, { model, places, words });
      this.parameterOf = (name) => parameterOf(name, model, several);
      this.parameter = this.parameterOf("step");
      this.speed = 1;
      this.loops = this.playing = this.touched = this.waits = false;
      this.waited = 0;
      this.held = null;
      this.marks = [];
      this.calm = matchMedia("(prefers-reduced-motion: reduce)");
      this.followers = figures.map((figure) => this.followerFor(figure));
      this.settle();
      this.step = this.exact = this.last;
      const wanted = given(this.parameter);
      if (wanted?.trim() && Number.isFinite(Number(wanted))) this.seek(Number(wanted));
      else this.update();
    }

    followerFor(figure) {
      const followers = { scene: SceneFigure, film: LedFilm, chart: LedChart, widget: LedFigure };
      return new followers[kindOf(figure)](figure, this);
    }

    // Let another follower show the figure of one.
    exchange(follower, other) {
      this.followers = this.followers.map((one) => (one === follower ? other : one));
      this.settle();
      this.update();
    }

    // Read from the followers: the steps that can be shown, the pace, the marks, and the curve.
    settle() {
      if (!this.followers) return;
      const films = this.followers.filter((follower) => follower.pace);
      const finest = films.sort((a, b) => b.steps.length - a.steps.length)[0];
      const ends = this.followers.filter(({ steps }) => steps).flatMap(({ steps }) => [steps[0], steps.at(-1)]);
      this.first = Math.min(...ends);
      this.last = Math.max(...ends);
      const even = Array.from({ length: 201 }, (_, place) =>
        Math.round(this.first + ((this.last - this.first) * place) / 200),
      );
      this.steps = finest?.steps ?? even;
      this.pace = finest?.pace ?? 30;
      const timings = this.followers.map(({ timing }) => timing ?? {});
      this.marks = timings.find(({ marks }) => marks)?.marks ?? [];
      this.curve = timings.find(({ curve }) => curve)?.curve ?? {};
      this.zones = slowZones(this.steps, this.marks);
      if (this.bar?.timeline === this) this.bar.settle();
    }

    get place() {
      return nearest(this.steps, this.step);
    }

    // Whether films run; with reduced motion they jump.
    get running() {
      return this.playing && !this.calm.matches;
    }

    // Whether a visible film has no data yet.
    get late() {
      return this.followers.some((follower) => follower.late);
    }

    // Whether playing has waited so long that the bar shows it.
    get stalled() {
      return this.waited > PATIENCE;
    }

    get stepText() {
      return this.textAt(this.step);
    }

    // The step, or the text of a place.
    textAt(step) {
      return this.places?.texts[step] ?? filled(this.words.step, { step: whole(step) });
    }

    // Where playing stays with reduced motion: at marks, or after each quarter of places.
    get stops() {
      const { last, first, marks, places } = this;
      if (places) return [0.25, 0.5, 0.75].map((part) => first + part * (last - first));
      return marks.map(({ at }) => at);
    }

    // The step and the last mark reached, for screen readers.
    get description() {
      const reached = this.marks.filter(({ at }) => at <= this.step).at(-1);
      return reached ? `${this.stepText}, ${reached.name}` : this.stepText;
    }

    // Go to the nearest step that can be shown.
    seek(step) {
      this.held = null;
      this.goTo(step);
      if (!this.playing) this.keepStep();
    }

    goTo(step) {
      this.touched = true;
      this.exact = this.step = this.snapped(step);
      this.update();
    }

    snapped(step) {
      return this.steps[nearest(this.steps, step)];
    }

    // Show a step temporarily; `restore` goes back to the step before.
    preview(step) {
      const { exact, touched } = this;
      this.held ??= { exact, touched, step: this.step };
      this.goTo(step);
    }

    restore() {
      if (!this.held) return;
      Object.assign(this, this.held, { held: null });
      this.update();
    }

    update() {
      for (const follower of this.followers) follower.follow();
      if (this.bar?.timeline === this) this.bar.follow();
    }

    toggle() {
      if (this.playing) this.pause();
      else this.play();
    }

    // Play from one step to another: by default from here to the end, at the end from the start.
    play(from, to = this.last) {
      this.restore();
      this.from = from ?? this.first;
      this.until = to;
      from ??= this.step >= this.last || !this.touched ? this.first : this.step;
      for (const other of timelines) if (other !== this) other.pause();
      this.playing = true;
      this.bar?.show(this);
      this.seek(from);
      if (this.calm.matches) this.jump();
      else this.frame = requestAnimationFrame((now) => this.advance(now, now));
    }

    pause(at = this.step) {
      if (!this.playing) return;
      this.playing = this.waits = false;
      this.waited = 0;
      cancelAnimationFrame(this.frame);
      clearTimeout(this.waiting);
      this.seek(at);
    }

    setSpeed(speed) {
      this.speed = speed;
      this.update();
    }

    setLoops(loops) {
      this.loops = loops;
      this.update();
    }

    // Move on by the time that has passed, unless a film has no data.
    advance(before, now) {
      this.waits = this.late;
      this.waited = this.waits ? this.waited + now - before : 0;
      const passed = this.waits ? 0 : Math.min(LONGEST_TICK, (now - before) / 1000);
      this.exact = Math.min(this.until, this.ahead(passed));
      if (this.exact >= this.until && !this.loops) {
        this.pause(this.until);
        return;
      }
      if (this.exact >= this.until) this.exact = this.from;
      this.step = this.onScreen() ?? this.snapped(this.exact);
      this.update();
      // Figures that paint do it in this animation frame, not in the next one.
      for (const follower of this.followers) follower.paint?.();
      this.frame = requestAnimationFrame((later) => this.advance(now, later));
    }

    // The step on the screen of the most visible film.
    onScreen() {
      const films = this.followers.filter(({ shown }) => shown !== undefined);
      return films.sort((a, b) => b.seen - a.seen)[0]?.shown;
    }

    // The step that playing reaches after some seconds.
    ahead(seconds) {
      const { steps, exact, pace, speed, zones } = this;
      return valueAt(steps, advanced(indexOf(steps, exact), seconds * speed, pace, zones));
    }

    // Go to the next mark after a pause. A mark between two steps counts as the nearer one.
    jump() {
      const stops = this.stops.map((at) => this.snapped(at)).sort((a, b) => a - b);
      const next = stops.find((at) => at > this.step && at < this.until);
      this.waiting = setTimeout(() => {
        if (this.late) this.jump();
        else if (next === undefined && !this.loops) this.pause(this.until);
        else {
          const end = this.snapped(this.until);
          this.seek(next ?? (this.step < end ? end : this.from));
          this.jump();
        }
      }, STAY / this.speed);
    }

    // Handle a key while the bar or a figure of the model has the focus.
    key(event) {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const move = {
        ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1,
        PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity,
      }[event.key];
      if (event.key === " " && event.target.matches("input, [role='slider']")) this.toggle();
      else if (move === undefined) return;
      else {
        this.restore();
        this.pause();
        const place = Math.min(this.steps.length - 1, Math.max(0, this.place + move));
        this.seek(this.steps[place]);
      }
      event.preventDefault();
    }

    // Keep the step in the address, at most once in 250 ms: browsers limit such changes.
    keepStep() {
      const { step } = this;
      clearTimeout(this.keeping);
      this.keeping = setTimeout(() => keepInAddress(this.parameter, step), 250);
    }
  }

  // A figure with its own slider: it gets `follow` events, and sends `lead` events.
  class LedFigure {
    constructor(figure, timeline) {
      this.figure = figure;
      this.timeline = timeline;
      figure.addEventListener("lead", ({ detail }) => {
        timeline.pause();
        timeline.seek(detail);
      });
    }

    // An unused timeline sends no events, except at the end of a preview.
    follow() {
      const { touched } = this.timeline;
      if (!touched && !this.led) return;
      this.led = touched;
      this.figure.dispatchEvent(new CustomEvent("follow", { detail: this.timeline.step }));
    }
  }

  // Turn a marked phrase of the text into a button that plays its range of steps.
  const makePlayable = (span) => {
    const timeline = timelines.find(({ model }) => model === span.dataset.model);
    if (!timeline) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plays";
    button.append(...span.childNodes);
    button.addEventListener("click", () => {
      timeline.pause();
      timeline.play(Number(span.dataset.from), Number(span.dataset.to));
    });
    span.replaceChildren(button);
  };

  const timelines = [];
  const words = JSON.parse(document.getElementById("timeline-words").textContent);
  const figures = [...document.querySelectorAll("figure[data-model]")].filter(
    (figure) => figure.querySelector("script.timing") || figure.matches(".neurons, .intervene, .interference"),
  );
  const models = [...new Set(figures.map((figure) => figure.dataset.model))].filter((model) =>
    figures.some((figure) => figure.dataset.model === model && figure.querySelector("script.timing")),
  );
  const ledBy = (model) => figures.filter((figure) => figure.dataset.model === model);
  const trained = models.filter((model) => ledBy(model).every(({ dataset }) => !dataset.places));
  for (const model of models) {
    const several = trained.length > 1 || !trained.includes(model);
    timelines.push(new Timeline(model, ledBy(model), several, words));
  }
  const shared = timelines.filter(({ places }) => !places);
  if (shared.length) new TimelineBar(shared, words);
  document.querySelectorAll("span.stretch").forEach(makePlayable);

  grokreel.timelines = timelines;
}
