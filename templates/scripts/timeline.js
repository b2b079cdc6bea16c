// One timeline for each model of a page. It stands at a step; films, charts and the bar follow.
//
// The step, once somebody has chosen one, is kept in the address. Where readers ask for less motion,
// playing goes from one mark to the next, and nothing moves between.

{
  const { LedChart, LedFilm, TimelineBar, nearest } = globalThis.grokreel;

  const STAY = 1600; // milliseconds at each mark, where motion is reduced

  const PATIENCE = 300; // milliseconds of waiting for a film, after which the bar says so

  const LONGEST_TICK = 0.1; // seconds; a page that was hidden goes on where it was

  class Timeline {
    constructor(model, figures, parameter, words) {
      Object.assign(this, { model, parameter, words });
      this.speed = 1;
      this.playing = this.touched = this.waits = false;
      this.waited = 0;
      this.held = null;
      this.marks = [];
      this.calm = matchMedia("(prefers-reduced-motion: reduce)");
      this.followers = figures.map((figure) => this.followed(figure));
      this.settle();
      this.step = this.exact = this.last;
      const asked = new URLSearchParams(location.search).get(parameter);
      if (asked !== null && asked.trim() && Number.isFinite(Number(asked))) this.seek(Number(asked));
      else this.tell();
    }

    followed(figure) {
      if (figure.classList.contains("film")) return new LedFilm(figure, this);
      if (figure.classList.contains("plot")) return new LedChart(figure, this);
      return new LedFigure(figure, this);
    }

    // Reads what the followers know: the steps that can be shown, how fast, and what happens when.
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
      this.marks = this.followers.find(({ timing }) => timing)?.timing.marks ?? [];
      this.bar?.timeline === this && this.bar.settle();
    }

    get place() {
      return nearest(this.steps, this.step);
    }

    // Whether films run; where motion is reduced they only jump.
    get running() {
      return this.playing && !this.calm.matches;
    }

    // Whether a film that is looked at is not there yet, while films play.
    get late() {
      return this.followers.some((follower) => follower.late);
    }

    // Whether playing has waited so long that readers should know why.
    get stalled() {
      return this.waited > PATIENCE;
    }

    get said() {
      return this.filled(this.words.step, { step: this.step });
    }

    // The step, and what has happened at it, for those who do not see the figures.
    get described() {
      const happened = this.marks.filter(({ at }) => at <= this.step).at(-1);
      return happened ? `${this.said}, ${happened.name}` : this.said;
    }

    filled(text, values) {
      return text.replace(/\{(\w+)\}/g, (_, name) => {
        const value = values[name];
        return typeof value === "number" ? value.toLocaleString(document.documentElement.lang) : value;
      });
    }

    // Goes to the step that can be shown nearest to the one asked for.
    seek(step) {
      this.held = null;
      this.stand(step);
      if (!this.playing) this.remember();
    }

    stand(step) {
      this.touched = true;
      this.exact = this.step = this.snapped(step);
      this.tell();
    }

    snapped(step) {
      return this.steps[nearest(this.steps, step)];
    }

    // Shows a step for a while: `restore` goes back to where the timeline stood before.
    preview(step) {
      const { exact, touched } = this;
      this.held ??= { exact, touched, step: this.step };
      this.stand(step);
    }

    restore() {
      if (!this.held) return;
      Object.assign(this, this.held, { held: null });
      this.tell();
    }

    tell() {
      for (const follower of this.followers) follower.follow();
      if (this.bar?.timeline === this) this.bar.follow();
    }

    toggle() {
      if (this.playing) this.pause();
      else this.play();
    }

    // Plays from a step to another: from here to the end, and from the start where here is the end.
    play(from, to = this.last) {
      this.restore();
      from ??= this.step >= this.last || !this.touched ? this.first : this.step;
      for (const other of timelines) if (other !== this) other.pause();
      this.until = to;
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

    hasten(speed) {
      this.speed = speed;
      this.tell();
    }

    // Goes on by the time that has passed, unless a film has to be waited for.
    advance(before, now) {
      this.waits = this.late;
      this.waited = this.waits ? this.waited + now - before : 0;
      const passed = this.waits ? 0 : Math.min(LONGEST_TICK, (now - before) / 1000);
      this.exact = Math.min(this.until, this.ahead(passed));
      if (this.exact >= this.until) {
        this.pause(this.until);
        return;
      }
      this.step = this.onScreen() ?? this.snapped(this.exact);
      this.tell();
      this.frame = requestAnimationFrame((later) => this.advance(now, later));
    }

    // The step of the frame that is on the screen, by the film that fills most of the window.
    onScreen() {
      const films = this.followers.filter(({ shown }) => shown !== undefined);
      return films.sort((a, b) => b.seen - a.seen)[0]?.shown;
    }

    // Where playing will have come to in some seconds.
    ahead(seconds) {
      const { steps, exact } = this;
      const after = Math.max(1, steps.findIndex((step) => step > exact));
      if (exact >= steps.at(-1)) return steps.at(-1);
      const part = (exact - steps[after - 1]) / (steps[after] - steps[after - 1]);
      const place = after - 1 + Math.max(0, part) + seconds * this.pace * this.speed;
      const whole = Math.floor(place);
      if (whole >= steps.length - 1) return steps.at(-1);
      return steps[whole] + (place - whole) * (steps[whole + 1] - steps[whole]);
    }

    // A mark between two steps that can be shown counts as the nearer one, as `seek` has it.
    jump() {
      const stops = this.marks.map(({ at }) => this.snapped(at)).sort((a, b) => a - b);
      const next = stops.find((at) => at > this.step && at < this.until);
      this.waiting = setTimeout(() => {
        if (this.late) this.jump();
        else if (next === undefined) this.pause(this.until);
        else {
          this.seek(next);
          this.jump();
        }
      }, STAY / this.speed);
    }

    // Keys that lead while the bar or a figure of the model has the focus.
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

    // Keeps the step in the address; not every place has one to keep.
    remember() {
      const { step } = this;
      clearTimeout(this.noting);
      this.noting = setTimeout(() => {
        const address = new URL(location.href);
        address.searchParams.set(this.parameter, step);
        try {
          history.replaceState(history.state, "", address);
        } catch {
          // The figures stand at the step all the same.
        }
      }, 250);
    }
  }

  // A figure with a slider of its own: it is told the step, and tells when it is led.
  class LedFigure {
    constructor(figure, timeline) {
      this.figure = figure;
      this.timeline = timeline;
      figure.addEventListener("lead", ({ detail }) => {
        timeline.pause();
        timeline.seek(detail);
      });
    }

    // Also after a preview, at a timeline that has not been touched otherwise.
    follow() {
      const { touched } = this.timeline;
      if (!touched && !this.led) return;
      this.led = touched;
      this.figure.dispatchEvent(new CustomEvent("follow", { detail: this.timeline.step }));
    }
  }

  // Words of the text that play what they speak of.
  const awaken = (span) => {
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
    (figure) => figure.querySelector("script.timing") || figure.classList.contains("neurons"),
  );
  const models = [...new Set(figures.map((figure) => figure.dataset.model))].filter((model) =>
    figures.some((figure) => figure.dataset.model === model && figure.querySelector("script.timing")),
  );
  for (const model of models) {
    const led = figures.filter((figure) => figure.dataset.model === model);
    const parameter = models.length > 1 ? `step-${model}` : "step";
    timelines.push(new Timeline(model, led, parameter, words));
  }
  if (timelines.length) new TimelineBar(timelines, words);
  document.querySelectorAll("span.stretch").forEach(awaken);

  globalThis.grokreel = { ...globalThis.grokreel, timelines };
}
