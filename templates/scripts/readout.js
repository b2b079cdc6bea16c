// Values of a live figure beside the pointer, at the finger, or at a cursor that keys move.
//
// Above the canvas are a frame around the entry and a box with its value. For keyboards and screen
// readers each figure has a slider that is not visible: its text is what the box says.

"use strict";

{
  const { number, significant } = grokreel.numbers;
  const { filled } = grokreel.page;
  const { entriesOf, moved, withoutDoubles } = grokreel.entries;
  const { lightOf, linkOf } = grokreel.linking;

  const GAP = 8; // CSS pixels between an entry and its box
  const UNDER_FINGER = 28;
  const TOUCH = [6, 12]; // how far from a finger entries are looked for, in CSS pixels
  const MOST_DIGITS = 4; // decimals; smaller numbers are written with significant digits

  // A value with the digits that it has: `unit` is the difference of neighbouring values.
  const digitsOf = (value, unit) => {
    const order = Math.floor(Math.log10(unit));
    const rounded = Math.round(value / 10 ** order) * 10 ** order;
    if (-order <= MOST_DIGITS) {
      const decimals = Math.max(0, -order);
      return number(Number(rounded.toFixed(decimals)), decimals);
    }
    const count = rounded ? Math.max(1, Math.floor(Math.log10(Math.abs(rounded))) - order + 1) : 1;
    return significant(rounded, count);
  };

  // The text of a light or an axis: "neuron 5".
  const axisText = (words, axis, index) =>
    filled(words.entry, { axis: words.axes[axis] ?? axis, index });

  const valueText = (words, value, unit) =>
    Array.isArray(value)
      ? filled(words.pair, { x: digitsOf(value[0], unit), y: digitsOf(value[1], unit) })
      : digitsOf(value, unit);

  // The text of an entry: "W_in · neuron 5 · number 12: −0.43".
  const textOf = (words, { name, axes, wave, value, unit, outcome }) => {
    const parts = [
      ...(name ? [name] : []),
      ...axes.map(([axis, index]) => axisText(words, axis, index)),
      ...(wave ? [words[wave]] : []),
    ];
    const written = outcome ? words.outcomes[outcome] : valueText(words, value, unit);
    return parts.length ? filled(words.value, { place: parts.join(" · "), value: written }) : written;
  };

  // The text of an entry for the eye: the names of matrices as figures write them, W with an index.
  const showText = (box, text, name) => {
    const [, letter, index] = /^([A-Za-z])_([A-Za-z0-9]+)$/.exec(name ?? "") ?? [];
    const at = letter ? text.indexOf(name) : -1;
    box.textContent = text;
    if (at < 0) return;
    const [italic, low] = [document.createElement("i"), document.createElement("sub")];
    italic.textContent = letter;
    low.textContent = index;
    box.replaceChildren(text.slice(0, at), italic, low, text.slice(at + name.length));
  };

  // How far a place is from a point; 0 inside of it.
  const away = (x, y, place) =>
    Math.hypot(
      Math.max(place.x - x, 0, x - place.x - place.width),
      Math.max(place.y - y, 0, y - place.y - place.height),
    );

  // Where a box stands: above its place or, without room, below, and inside of the width.
  const besides = (place, box, width, gap) => {
    const middle = place.x + place.width / 2 - box.width / 2;
    const left = Math.max(0, Math.min(width - box.width, middle));
    const above = place.y - gap - box.height;
    return { left, top: above >= 0 ? above : place.y + place.height + gap };
  };

  class Readout {
    constructor(scene) {
      this.scene = scene; // the SceneFigure
      this.words = JSON.parse(document.getElementById("readout-words").textContent);
      this.link = linkOf(scene.timeline);
      this.all = [];
      this.at = null; // {entries, places, frame}: the entry in the box
      this.cursor = { layer: 0, places: [0, 0] };
      this.build();
      this.listen();
    }

    build() {
      const make = (tag, name) => {
        const element = document.createElement(tag);
        element.className = name;
        return element;
      };
      this.spot = make("div", "spot");
      this.box = make("div", "readout");
      this.twin = make("input", "twin");
      this.note = make("p", "pins");
      this.said = make("span", "");
      this.button = make("button", "");
      Object.assign(this.twin, { type: "range", min: 0, step: 1, hidden: true });
      this.twin.setAttribute("aria-label", this.words.name);
      this.button.type = "button";
      this.button.textContent = this.words.let_go;
      this.note.append(this.said, " ", this.button);
      this.note.hidden = this.spot.hidden = this.box.hidden = true;
      for (const element of [this.spot, this.box]) element.setAttribute("aria-hidden", "true");
      this.scene.live.after(this.twin);
      this.scene.button.after(this.note);
    }

    listen() {
      const { live } = this.scene;
      this.retired = new AbortController();
      const { signal } = this.retired;
      const on = (target, type, act) => target.addEventListener(type, act, { signal });
      on(live, "pointermove", (event) => this.move(event));
      on(live, "pointerdown", (event) => this.touch(event));
      on(live, "pointerleave", () => this.leave());
      on(live, "pointercancel", () => this.leave());
      on(live, "click", (event) => this.press(event));
      on(document, "pointerdown", ({ target }) => live.contains(target) || this.leave());
      on(document, "keydown", (event) => this.escape(event));
      on(this.twin, "keydown", (event) => this.key(event));
      on(this.twin, "input", () => this.jump(Number(this.twin.value)));
      on(this.twin, "focus", () => this.enter());
      on(this.twin, "blur", () => this.leave());
      on(this.button, "click", (event) => this.release(event));
    }

    // The figure shows another scene: find its entries, and put the box above its canvas.
    settle() {
      const { live, painters, pack, scene } = this.scene;
      this.found = painters.map((painter) => entriesOf(painter, scene, pack));
      this.all = withoutDoubles(this.found.filter(Boolean));
      this.shapes = this.all.map(({ shape }) => shape);
      this.starts = [];
      let count = 0;
      for (const entries of this.all) {
        this.starts.push(count);
        count += entries.count;
      }
      live.append(this.spot, this.box);
      live.classList.toggle("readable", count > 0);
      this.twin.hidden = count === 0;
      this.twin.max = Math.max(0, count - 1);
      this.at = null;
      this.start();
      this.link.figures.add(this);
      if (pack) this.link.settle(pack);
      this.relight();
    }

    // Put the cursor on the first entry of what is pinned, or on the first of all.
    start() {
      const { pin } = this.link;
      const has = ([axis, index]) => axis === pin?.axis && index === pin.index;
      this.cursor = this.all.length ? this.placesOf(0) : null;
      for (let i = 0; pin && i < Number(this.twin.max); i += 1) {
        const { layer, places } = this.placesOf(i);
        if (!this.all[layer].axesOf(places).some(has)) continue;
        this.cursor = { layer, places };
        return;
      }
    }

    placesOf(count) {
      const layer = this.starts.findLastIndex((start) => start <= count);
      return { layer, places: this.all[layer].placesOf(count - this.starts[layer]) };
    }

    // The entry at a pointer: {entries, places, frame}. Of several, the nearest; the frame is
    // another than that of the figure on lines that grow.
    entryAt({ clientX, clientY }, finger) {
      const { frame } = this;
      const { live, painters, scene } = this.scene;
      const { left, top, width } = live.getBoundingClientRect();
      const scale = scene.width / width;
      const [x, y] = [(clientX - left) * scale, (clientY - top) * scale];
      const hit = (toX, toY) => {
        let [nearest, least] = [null, Infinity];
        painters.forEach((painter, place) => {
          const entries = this.found[place];
          const one = entries && painter.find(toX, toY, frame);
          if (!one) return;
          const distance = away(toX, toY, one.place);
          if (distance > least) return;
          const places = one.places.slice(0, entries.shape.length);
          [nearest, least] = [{ entries, places, frame: one.frame }, distance];
        });
        return nearest;
      };
      const exact = hit(x, y);
      if (exact || !finger) return exact;
      for (const radius of TOUCH) {
        for (let turn = 0; turn < 8; turn += 1) {
          const angle = (Math.PI * turn) / 4;
          const reach = radius * scale;
          const near = hit(x + reach * Math.cos(angle), y + reach * Math.sin(angle));
          if (near) return near;
        }
      }
      return null;
    }

    // A mouse previews while it moves. A finger that moves across does, too; up and down it scrolls.
    move(event) {
      if (!this.scene.ready) return;
      const finger = event.pointerType !== "mouse";
      this.point(this.entryAt(event, finger), finger ? UNDER_FINGER : GAP);
    }

    point(entry, gap = GAP) {
      this.gap = gap;
      this.at = entry;
      this.link.show(entry ? lightOf(entry.entries.axesOf(entry.places)) : null);
      this.write();
    }

    // Note what the press of a finger begins with; not every browser says it of a click.
    touch({ pointerType }) {
      this.finger = pointerType !== "mouse";
      this.before = this.at;
    }

    // A press pins what is lit, or lets go of it; on the ground it lets go. A finger that reads
    // another entry of what is pinned does not let go.
    press(event) {
      if (!this.scene.ready) return;
      const { before, finger } = this;
      const entry = this.entryAt(event, finger);
      const light = entry && lightOf(entry.entries.axesOf(entry.places));
      this.point(entry, finger ? UNDER_FINGER : GAP);
      if (!light) {
        if (this.link.pin) this.link.letGo();
        return;
      }
      const same = entry.entries === before?.entries && `${entry.places}` === `${before.places}`;
      if (!finger || same || !this.link.isPinned(light)) this.link.toggle(light);
      if (finger && !this.link.isPinned(light)) this.leave();
      this.write();
    }

    leave() {
      if (this.at) this.point(null);
    }

    // The button that lets go is hidden with its line. If a key pressed it, the focus moves on.
    release({ detail }) {
      this.link.letGo();
      if (detail === 0) this.twin.focus({ preventScroll: true });
    }

    escape(event) {
      if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
      if (this.at) this.point(null);
      if (this.link.pin) this.link.letGo();
    }

    // The slider has the focus.
    enter() {
      if (this.cursor) this.show();
    }

    show() {
      const { layer, places } = this.cursor;
      this.point({ entries: this.all[layer], places });
    }

    jump(count) {
      this.cursor = this.placesOf(count);
      this.show();
    }

    key(event) {
      if (event.altKey || event.ctrlKey || event.metaKey || !this.cursor) return;
      const way = {
        ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
        Home: [-Infinity, 0], End: [Infinity, 0], PageUp: [0, -Infinity], PageDown: [0, Infinity],
      }[event.key];
      if (way) {
        this.cursor = moved(this.shapes, this.cursor, ...way);
        this.show();
      } else if (event.key === "Enter") {
        const { layer, places } = this.cursor;
        const light = lightOf(this.all[layer].axesOf(places));
        this.show();
        if (light) this.link.toggle(light);
      } else return;
      event.preventDefault();
    }

    get light() {
      return this.link.light;
    }

    get frame() {
      return this.scene.frame;
    }

    // Another thing is lit or pinned.
    relight() {
      const { pin } = this.link;
      const shown = pin !== null && this.scene.scene !== null && this.all.length > 0;
      this.note.hidden = !shown;
      if (shown) this.said.textContent = filled(this.words.pinned, { entry: this.textOfPin() });
      this.scene.repaint();
      this.speak();
    }

    textOfPin() {
      const { axis, index } = this.link.pin;
      return axisText(this.words, axis, index);
    }

    // The figure has painted a frame.
    follow() {
      if (this.at) this.write();
      else this.speak();
    }

    // Write and place the box.
    write() {
      const { at, box, frame, spot } = this;
      box.hidden = spot.hidden = !at;
      this.speak();
      if (!at) return;
      const { live, scene } = this.scene;
      const entry = at.entries.at(at.places, at.frame ?? frame);
      showText(box, this.stepText(at.frame) + textOf(this.words, entry), entry.name);
      const scale = live.clientWidth / scene.width;
      const place = Object.fromEntries(
        Object.entries(entry.place).map(([name, value]) => [name, value * scale]),
      );
      const size = { width: box.offsetWidth, height: box.offsetHeight };
      const { left, top } = besides(place, size, live.clientWidth, this.gap);
      box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
      spot.style.transform = `translate(${place.x}px, ${place.y}px)`;
      spot.style.width = `${place.width}px`;
      spot.style.height = `${place.height}px`;
    }

    // The step of an entry of a former frame, before its text.
    stepText(past) {
      const { scene, timeline } = this.scene;
      if (past === undefined || past === this.frame) return "";
      return `${timeline.textAt(scene.steps[past])} · `;
    }

    // Write what the cursor is on into the slider, for screen readers; not while the figure moves.
    speak() {
      const { cursor, twin } = this;
      if (!cursor || this.scene.timeline.playing) return;
      const entries = this.all[cursor.layer];
      twin.value = this.starts[cursor.layer] + entries.numberOf(cursor.places);
      const entry = textOf(this.words, entries.at(cursor.places, this.frame));
      const pinned = this.link.isPinned(lightOf(entries.axesOf(cursor.places)));
      const note = pinned ? filled(this.words.pinned, { entry: this.textOfPin() }) : "";
      twin.setAttribute("aria-valuetext", [entry, note].filter(Boolean).join(", "));
    }

    remove() {
      this.retired.abort();
      this.link.figures.delete(this);
      for (const element of [this.box, this.spot, this.twin, this.note]) element.remove();
    }
  }

  Object.assign(grokreel, { Readout });
  grokreel.readout = { besides, digitsOf, textOf };
}
