// The figure of interventions: readers silence neurons or waves and paint weights, and see which
// pairs of numbers the network still answers rightly, at the step of the timeline.
//
// The weights come from the pack of the run, which is loaded when the figure comes near the window.
// All figures of the model show the changes: they find the changed pack in `grokreel.packs.changed`
// and get an event `intervene` on the document.

"use strict";

{
  const { percent, significant, whole } = grokreel.numbers;
  const {
    chosenStep, dataOf, filled, given, keepInAddress, parameterOf, startFigures, timelineOf, watchPlace,
  } = grokreel.page;
  const { nearest } = grokreel.steps;
  const { PairNetwork, moved } = grokreel.network;
  const { ChangedPack, History, readCut, toggled } = grokreel.interventions;
  const { Brush, cellAt, drawLogits, fitCells, paintMap } = grokreel.intervene;

  const LONGEST = 1500; // letters of changes in the address; more are not kept there

  class InterveneFigure {
    // Show a figure as another one was: its step, changes, places of a and b.
    constructor(figure, parameter, { step = null, cut = null, places = null } = {}) {
      Object.assign(this, { figure, parameter, step, cut });
      this.sheet = figure.querySelector(".sheet");
      this.data = dataOf(figure);
      this.sliders = ["a", "b"].map((name) => this.find(`input[name='${name}']`));
      this.places = places ?? this.sliders.map((slider) => Number(slider.value));
      this.name = this.sheet.dataset.pack;
      this.intact = new Map();
      this.retired = new AbortController();
      const near = (is) => is && this.load();
      const visible = (is) => {
        this.visible = is;
        this.schedule();
      };
      watchPlace(this.sheet, { near, visible }, this.retired.signal);
      if (cut) this.load();
    }

    find(selector) {
      return this.sheet.querySelector(selector);
    }

    async load() {
      if (this.loading || !this.name || !grokreel.packs.supported) return;
      this.loading = true;
      try {
        const pack = await grokreel.packs.load(this.name, this.sheet.dataset.packSrc);
        if (!this.retired.signal.aborted) this.begin(pack);
      } catch (error) {
        this.loading = false;
        reportError(error);
      }
    }

    // The figure shows another run from now on: its former run is as it was.
    retire() {
      this.retired.abort();
      cancelAnimationFrame(this.pending);
      if (this.changed) this.announce(null);
    }

    begin(pack) {
      this.pack = pack;
      const name = pack.model.network.circle ? ["A", "B"] : ["W_in", "W_out"];
      const [into, out] = name.map((one) => pack.view(one));
      this.known = { ...this.data, numbers: Math.max(into.rows, out.columns) };
      this.cells = [into.rows, out.columns];
      this.network = new PairNetwork(pack.model, into.columns);
      this.history = new History(readCut(this.cut, this.known));
      this.map = document.createElement("canvas");
      this.map.setAttribute("aria-hidden", "true");
      this.find(".map svg").replaceWith(this.map);
      this.brush = new Brush(this);
      for (const tool of this.sheet.querySelectorAll(".tool")) tool.hidden = false;
      // The bar at the foot of the window has the steps of the model, if a chart or film is there.
      this.find(".step").hidden = timelineOf(this.figure) !== undefined;
      this.point(null);
      this.listen();
      this.step ??= pack.steps.at(-1);
      this.follow(this.step);
      this.changeAll();
    }

    listen() {
      const { map, sheet } = this;
      sheet.addEventListener("input", ({ target }) => this.input(target));
      sheet.addEventListener("click", ({ target }) => this.press(target.closest("button")));
      map.addEventListener("pointermove", (event) => this.point(cellAt(map, event)));
      map.addEventListener("pointerleave", () => this.point(null));
      map.addEventListener("click", (event) => {
        const cell = cellAt(map, event);
        if (cell) this.choose([cell[0], map.height - 1 - cell[1]]);
      });
      const size = new ResizeObserver(() => this.schedule());
      size.observe(this.find(".answers"));
      this.retired.signal.addEventListener("abort", () => size.disconnect());
    }

    input(target) {
      const slider = this.sliders.indexOf(target);
      if (slider >= 0) this.move(slider, Number(target.value));
      else if (target.name === "step") {
        this.follow(this.pack.steps[Number(target.value)]);
        this.figure.dispatchEvent(new CustomEvent("lead", { detail: this.step }));
      } else this.schedule();
    }

    press(button) {
      if (!button) return;
      const { history } = this;
      const { cut, do: order } = button.dataset;
      if (cut) this.apply(this.pressed(cut));
      if (order === "reset") this.apply(new Set());
      if (order === "set") this.apply(this.brush.withPlace());
      if (order === "undo") history.undo();
      if (order === "redo") history.redo();
      if (order === "undo" || order === "redo") this.changeAll();
    }

    // The changes after a press on a button. A neuron of a silenced frequency speaks again, while
    // the others of it stay silent; a silenced frequency contains its neurons.
    pressed(cut) {
      const { history, data } = this;
      const members = (k) =>
        data.frequencies.flatMap((one, neuron) => (one === k && k > 0 ? [`n${neuron}`] : []));
      const k = data.frequencies[Number(cut.slice(1))];
      let changes = new Set(history.changes);
      if (cut[0] === "n" && changes.delete(`k${k}`)) {
        for (const neuron of members(k)) changes.add(neuron);
      }
      changes = toggled(changes, cut);
      if (cut[0] === "k") for (const neuron of members(Number(cut.slice(1)))) changes.delete(neuron);
      return changes;
    }

    apply(changes) {
      this.history.push(changes);
      this.changeAll();
    }

    // The changes are others now: tell all figures, keep them in the address, and draw.
    changeAll() {
      const { data, history, known, pack } = this;
      const { changes } = history;
      const changed = changes.size ? new ChangedPack(pack, changes, known) : null;
      if (changed || this.changed) this.announce(changed);
      const text = [...changes].join(",");
      const short = [...changes].filter((change) => !change.includes(".")).join(",");
      this.cut = text.length > LONGEST ? short : text;
      // At most once in 250 ms: browsers limit such changes.
      clearTimeout(this.keeping);
      this.keeping = setTimeout(() => keepInAddress(this.parameter, this.cut || null), 250);
      for (const button of this.sheet.querySelectorAll("[data-cut]")) {
        const { cut } = button.dataset;
        const k = cut[0] === "n" ? data.frequencies[Number(cut.slice(1))] : 0;
        button.setAttribute("aria-pressed", changes.has(cut) || changes.has(`k${k}`));
      }
      const allowed = { undo: history.canUndo, redo: history.canRedo, reset: changes.size > 0 };
      for (const [order, can] of Object.entries(allowed)) {
        const button = this.find(`[data-do='${order}']`);
        // A disabled button loses the focus, so the next one gets it.
        if (!can && document.activeElement === button) this.find("[data-cut]").focus();
        button.disabled = !can;
      }
      this.schedule();
    }

    announce(changed) {
      this.changed = changed;
      if (changed) grokreel.packs.changed.set(this.name, changed);
      else grokreel.packs.changed.delete(this.name);
      document.dispatchEvent(new CustomEvent("intervene", { detail: this.name }));
    }

    // Move a (0) or b (1); the other follows if the reader holds their sum or difference.
    move(which, place) {
      const hold = this.find(".hold input:checked").value;
      this.choose(moved(this.places, which, place, hold, this.network.numbers));
    }

    choose(places) {
      this.places = places;
      this.schedule();
    }

    // Show the snapshot nearest to a step.
    follow(step) {
      this.step = step;
      this.schedule();
    }

    schedule() {
      if (!this.pack || !this.visible) return;
      this.pending ??= requestAnimationFrame(() => {
        this.pending = undefined;
        this.draw();
      });
    }

    draw() {
      const { changed, map, network, pack } = this;
      const snapshot = nearest(pack.steps, this.step);
      this.snapshot = snapshot;
      this.find("input[name='step']").value = snapshot;
      this.find(".step .value").textContent = whole(pack.steps[snapshot]);
      if (!this.intact.has(snapshot)) {
        network.read(pack, snapshot);
        this.intact.set(snapshot, network.answer());
      }
      network.read(changed ?? pack, snapshot);
      this.side = fitCells(map, network.numbers, network.numbers, this.find(".map").clientWidth);
      const right = network.answer();
      paintMap(map, network);
      this.find(".answers .axis").style.width = map.style.width;
      this.say(right, this.intact.get(snapshot));
      this.drawSum();
      this.brush.draw();
    }

    say(right, before) {
      const { words, exact } = this.data;
      const { pairs } = this.network;
      const share = (count) => filled(words.percent, { number: percent(count / pairs) });
      const values = { step: whole(this.pack.steps[this.snapshot]), right: whole(right), pairs: whole(pairs) };
      const said = filled(this.changed ? words.changed : words.whole, {
        ...values,
        percent: share(right),
        before: whole(before),
        percent_before: share(before),
      });
      this.find(".said").textContent = said;
      const known = exact[this.snapshot];
      const kind = known === null ? "digits_unknown" : known === before ? "digits_same" : "digits";
      const off = known === null ? 0 : Math.abs(known - before);
      this.find(".digits").textContent = filled(words[kind], {
        ...values,
        exact: known === null ? "" : whole(known),
        error: whole(off),
      });
    }

    // The sentence about a pair.
    sentence([a, b]) {
      const { words, written } = this.data;
      const { given, numbers } = this.network;
      const [answer, right] = [given[a * numbers + b], this.network.rightAnswer(a, b)];
      return filled(answer === right ? words.right : words.wrong, {
        a: written[a],
        b: written[b],
        answer: written[right],
        given: written[answer],
      });
    }

    point(cell) {
      const text = cell ? this.sentence([cell[0], this.map.height - 1 - cell[1]]) : this.data.words.choose_cell;
      this.find(".pointed").textContent = text;
    }

    drawSum() {
      const { network, places, side } = this;
      const { words, written } = this.data;
      const [a, b] = places;
      this.sliders.forEach((slider, which) => {
        const text = written[places[which]];
        slider.value = places[which];
        slider.setAttribute("aria-valuetext", text);
        slider.parentElement.querySelector(".value").textContent = text;
      });
      const logits = network.logits(a, b);
      const given = network.given[a * network.numbers + b];
      const largest = drawLogits(this.find(".logits"), logits, network.rightAnswer(a, b), given);
      const size = filled(words.logits, { largest: significant(largest) });
      this.find(".answer").textContent = `${this.sentence(places)}${words.between}${size}`;
      const chosen = this.find(".chosen");
      chosen.hidden = false;
      chosen.style.left = `${a * side}px`;
      chosen.style.top = `${(network.numbers - 1 - b) * side}px`;
      chosen.style.width = chosen.style.height = `${side}px`;
    }
  }

  const figures = document.querySelectorAll("figure.intervene");

  startFigures("intervene", (figure) => {
    const { model } = figure.dataset;
    const parameter = parameterOf("cut", model, figures.length > 1);
    const cut = given(parameter);
    let current = new InterveneFigure(figure, parameter, { cut, step: chosenStep(figure) });
    figure.addEventListener("follow", ({ detail }) => current.follow(detail));
    grokreel.palette.watch(() => current.schedule());
    // Other seeds have neurons of their own, but the same changes can be tried.
    figure.addEventListener("reseed", () => {
      const former = current;
      former.retire();
      current = new InterveneFigure(figure, parameter, former);
    });
  });
}
