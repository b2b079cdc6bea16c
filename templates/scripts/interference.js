// One sum or product as a sum of waves: two sliders choose the numbers, the timeline the step.
//
// At the last step the weights are those that the page holds. Those of other steps, and those that
// the reader has changed (intervene.js), come from the pack of the run, which is loaded when the
// figure comes near the window. Groups of neurons are always those of the last step.

"use strict";

{
  const { number, significant, whole } = grokreel.numbers;
  const {
    chosenStep, dataOf, decoded, filled, floats, startFigures, timelineOf, watchPlace, write,
  } = grokreel.page;
  const { nearest } = grokreel.steps;
  const { PairNetwork, moved } = grokreel.network;
  const { Interpolation, fittingScale, largestShare, marginOf, sharesOf } = grokreel.interference;

  const HEADROOM = 1.03; // of the largest share, as in gen/widgets/interference_scale.py

  class InterferenceFigure {
    // Show a figure as another one was: its numbers, what is held, and its step.
    constructor(figure, { places = null, held = "none", step = null } = {}) {
      Object.assign(this, { figure, step });
      this.sheet = figure.querySelector(".sheet");
      this.data = dataOf(figure);
      const { activation, numbers, parts, steps } = this.data;
      this.final = steps.length - 1;
      this.into = floats(this.data.into);
      this.out = floats(this.data.out);
      this.seen = decoded(this.data.seen);
      const task = { numbers, operation: "add", ordered: false, inputs: numbers };
      const model = { task, network: { circle: false, activation } };
      this.network = new PairNetwork(model, this.out.length / numbers);
      this.interpolation = new Interpolation(numbers, parts);
      this.pictures = [...figure.querySelectorAll(".chart > svg")];
      this.sliders = ["a", "b"].map((name) => this.find(`input[name='${name}']`));
      this.slider = this.find("input[name='step']");
      this.places = places ?? this.sliders.map((slider) => Number(slider.value));
      this.find(`.hold input[value='${held}']`).checked = true;
      this.retired = new AbortController();
      for (const tool of this.sheet.querySelectorAll(".tool")) tool.hidden = false;
      figure.querySelector(".hint").hidden = false;
      // The bar at the foot of the window has the steps of the model, if a chart or film is there.
      const led = timelineOf(figure) !== undefined;
      this.slider.closest("label").hidden = led || !this.loadable;
      this.listen();
      this.draw();
    }

    find(selector) {
      return this.sheet.querySelector(selector);
    }

    get loadable() {
      return this.sheet.dataset.pack !== undefined && (grokreel.packs?.supported ?? false);
    }

    get held() {
      return this.find(".hold input:checked").value;
    }

    get changed() {
      return grokreel.packs?.changed.get(this.sheet.dataset.pack);
    }

    listen() {
      const { signal } = this.retired;
      this.sheet.addEventListener("input", ({ target }) => this.input(target));
      document.addEventListener(
        "intervene",
        ({ detail }) => {
          if (detail === this.sheet.dataset.pack) this.schedule();
        },
        { signal },
      );
      const near = (is) => is && this.load();
      const visible = (is) => {
        this.visible = is;
        if (this.stale) this.schedule();
      };
      watchPlace(this.sheet, { near, visible }, signal);
      const size = new ResizeObserver(() => {
        this.shown = undefined;
        this.schedule();
      });
      size.observe(this.sheet);
      signal.addEventListener("abort", () => size.disconnect());
    }

    // Another figure of another run takes the place of this one.
    retire() {
      this.retired.abort();
      cancelAnimationFrame(this.pending);
    }

    async load() {
      if (this.loading || !this.loadable) return;
      this.loading = true;
      try {
        this.pack = await grokreel.packs.load(this.sheet.dataset.pack, this.sheet.dataset.packSrc);
        this.schedule();
      } catch (error) {
        this.loading = false;
        reportError(error);
      }
    }

    input(target) {
      const which = this.sliders.indexOf(target);
      if (which >= 0) {
        this.places = moved(this.places, which, Number(target.value), this.held, this.data.numbers);
        this.draw();
      } else if (target === this.slider) {
        this.follow(this.data.steps[Number(target.value)]);
        this.figure.dispatchEvent(new CustomEvent("lead", { detail: this.step }));
      }
    }

    // Show the snapshot nearest to a step.
    follow(step) {
      this.step = step;
      this.schedule();
    }

    schedule() {
      this.stale = true;
      if (!this.visible) return;
      this.pending ??= requestAnimationFrame(() => this.draw());
    }

    readSnapshot() {
      const { changed, data, final, network, pack } = this;
      const wanted = this.step === null ? final : nearest(data.steps, this.step);
      this.snapshot = pack ? wanted : final;
      this.altered = Boolean(pack && changed);
      if (this.snapshot === final && !this.altered) {
        network.first.set(this.into);
        network.out.set(this.out);
      } else network.read(this.altered ? changed : pack, this.snapshot);
    }

    // The scale of the axis as a part of that at the end. All pairs of the run fit into that of the
    // build. With changed weights this one may not, and then the scale is larger.
    scaleOf(shares, total) {
      const { altered, data: { height, reach, scales }, snapshot } = this;
      if (!altered) return scales[snapshot];
      return fittingScale(scales[snapshot], (HEADROOM * largestShare(shares, total, height)) / reach);
    }

    draw() {
      cancelAnimationFrame(this.pending);
      this.pending = undefined;
      this.stale = false;
      this.readSnapshot();
      const { data, interpolation, network, places, sliders, slider, snapshot } = this;
      const [a, b] = places;
      sliders.forEach((one, which) => {
        const text = data.written[places[which]];
        one.value = places[which];
        write(one.parentElement.querySelector(".value"), text);
        one.setAttribute("aria-valuetext", text);
      });
      slider.value = snapshot;
      const step = whole(data.steps[snapshot]);
      slider.setAttribute("aria-valuetext", step);
      write(slider.closest("label").querySelector(".value"), step);
      const answer = (a + b) % data.numbers;
      const [shares, total] = sharesOf(network, data.groups, a, b);
      this.scale = this.scaleOf(shares, total);
      const waves = shares.map((share) => interpolation.of(share));
      this.shown ??= this.pictures.filter((one) => one.getBoundingClientRect().width);
      for (const one of this.shown) this.redraw(one, answer, waves, shares, total);
      this.say(answer, total);
      this.sayScale();
    }

    say(answer, total) {
      const { data, places: [a, b], snapshot } = this;
      const { onAxis, words, written } = data;
      const [lead, next] = marginOf(total, answer);
      const known = {
        a: written[a],
        b: written[b],
        answer: written[answer],
        power_a: onAxis[a],
        power_b: onAxis[b],
        power_answer: onAxis[answer],
        lead: this.amount(lead),
        next: onAxis[next],
      };
      const sentence = filled(words[lead > 0 ? "right" : lead < 0 ? "wrong" : "level"], known);
      const seen = this.trainedOn(Math.min(a, b), Math.max(a, b)) ? words.seen : words.unseen;
      const at = filled(this.altered ? words.at_changed : words.at, { step: whole(data.steps[snapshot]) });
      const said = snapshot === this.final && !this.altered ? [sentence, seen] : [at, sentence, seen];
      write(this.find(".said"), said.join(words.between));
    }

    // Say how far the axis reaches at this step, unless that is as at the end.
    sayScale() {
      const { data, scale } = this;
      const [end] = this.pictures.map(({ dataset }) => Number(dataset.tick));
      const values = { here: significant(scale * end), end: significant(end) };
      write(this.find(".scale"), scale === 1 ? "" : filled(data.words.scale, values));
    }

    redraw(picture, answer, waves, shares, total) {
      const { data, scale } = this;
      const { left, right, tick } = picture.dataset;
      const unit = picture.dataset.unit / scale;
      const apart = (right - left) / (data.numbers - 1);
      const x = (value) => (Number(left) + value * apart).toFixed(1);
      picture.querySelectorAll(".group").forEach((group, place) => {
        const y = (value) => (group.dataset.middle - value * unit).toFixed(1);
        const points = Array.from(waves[place], (value, at) => `${x(at / data.parts)} ${y(value)}`);
        group.querySelector(".wave").setAttribute("d", `M${points.join("L")}`);
        this.mark(group, shares[place], answer, x, y);
        this.writeTicks(group, scale * tick);
      });
      const row = picture.querySelector(".total");
      const y = (value) => (row.dataset.middle - value * unit).toFixed(1);
      const bars = total.map((logit, value) => `M${x(value)} ${y(0)}V${y(logit)}`);
      row.querySelector(".bars").setAttribute("d", bars.join(""));
      const best = total.indexOf(Math.max(...total));
      this.place(row.querySelector(".ring"), x(best), y(total[best]));
      this.mark(row, total, answer, x, y);
      this.writeTicks(row, data.height * scale * tick);
      const line = picture.querySelector("line.answer");
      for (const end of ["x1", "x2"]) line.setAttribute(end, x(answer));
      const name = picture.querySelector("text.answer");
      const part = answer / (data.numbers - 1);
      name.setAttribute("x", x(answer));
      name.setAttribute("text-anchor", part < 0.1 ? "start" : part > 0.9 ? "end" : "middle");
      write(name, data.onAxis[answer]);
    }

    // Draw the dots of a row, the dot of the right answer and its margin.
    mark(row, values, answer, x, y) {
      const { words, onAxis } = this.data;
      const dots = Array.from(values, (logit, value) => `M${x(value)} ${y(logit)}h0`);
      row.querySelector(".dots").setAttribute("d", dots.join(""));
      this.place(row.querySelector(".at"), x(answer), y(values[answer]));
      const [lead] = marginOf(values, answer);
      const text = filled(words[lead > 0 ? "leads" : lead < 0 ? "trails" : "levels"], {
        c: onAxis[answer],
        lead: this.amount(lead),
      });
      write(row.querySelector(".ahead"), text);
    }

    // The values at the ticks above and below zero.
    writeTicks(row, value) {
      const [above, below] = row.querySelectorAll(".tick");
      write(above, significant(value));
      write(below, significant(-value));
    }

    place(circle, x, y) {
      circle.setAttribute("cx", x);
      circle.setAttribute("cy", y);
    }

    amount(margin) {
      const size = Math.abs(margin);
      return number(size, size < 10 ? 2 : 1);
    }

    // Whether the pair was in the training set: one bit for each pair a <= b, sorted by a, then b.
    trainedOn(a, b) {
      const pair = a * this.data.numbers - (a * (a - 1)) / 2 + (b - a);
      return (this.seen[pair >> 3] >> (7 - (pair & 7))) & 1;
    }
  }

  startFigures("interference", (figure) => {
    let current = new InterferenceFigure(figure, { step: chosenStep(figure) });
    figure.addEventListener("follow", ({ detail }) => current.follow(detail));
    figure.addEventListener("reseed", () => {
      const former = current;
      former.retire();
      current = new InterferenceFigure(figure, former);
    });
  });
}
