// What is lit in all live figures of a model: one neuron, or one number of the clock.
//
// Pointing at an entry previews it, leaving restores what was lit before. What is pinned stays lit
// while the steps change, and is kept in the address, as "neuron=5".

"use strict";

{
  const { given, keepInAddress } = grokreel.page;

  // Axes with indices that mean the same in all figures of a model; of an entry on several of
  // them, the first is lit.
  const LINKED = ["neuron", "number", "token", "dimension", "head", "input"];

  const equal = (one, other) => one?.axis === other?.axis && one?.index === other?.index;

  // What an entry with these axes lights: {axis, index}, or null.
  const lightOf = (axes) => {
    for (const axis of LINKED) {
      const found = axes.find(([name]) => name === axis);
      if (found) return { axis, index: found[1] };
    }
    return null;
  };

  // Whether a run has what is lit: a view with this axis, and the index on it.
  const exists = ({ axis, index }, pack) =>
    [...pack.views.values()].some(
      ({ axes, rows, columns }) =>
        (axes[0] === axis && index < rows) || (axes[1] === axis && index < columns),
    );

  // The pinned light of an address; `parameterOf(axis)` is the name of its parameter.
  const pinIn = (search, parameterOf) => {
    for (const axis of LINKED) {
      const text = given(parameterOf(axis), search);
      if (text !== null && /^\d{1,6}$/.test(text)) return { axis, index: Number(text) };
    }
    return null;
  };

  // The light of one model. Its figures have a method `relight()`.
  class Link {
    constructor(parameterOf) {
      this.parameterOf = parameterOf;
      this.figures = new Set();
      this.preview = null;
      this.pin = pinIn(location.search, parameterOf);
    }

    get light() {
      return this.preview ?? this.pin;
    }

    // Light something for the time being; null restores what is pinned.
    show(light) {
      if (equal(light, this.preview)) return;
      this.preview = light;
      this.update();
    }

    isPinned(light) {
      return light !== null && equal(light, this.pin);
    }

    // Pin a light, or let go of it.
    toggle(light) {
      this.setPin(this.isPinned(light) ? null : light);
    }

    letGo() {
      this.preview = null;
      this.setPin(null);
    }

    setPin(pin) {
      this.pin = pin;
      for (const axis of LINKED) {
        keepInAddress(this.parameterOf(axis), pin?.axis === axis ? pin.index : null);
      }
      this.update();
    }

    // Let go of what another run, which a figure shows now, does not have.
    settle(pack) {
      if (this.preview && !exists(this.preview, pack)) this.show(null);
      if (this.pin && !exists(this.pin, pack)) this.setPin(null);
    }

    update() {
      for (const figure of this.figures) figure.relight();
    }
  }

  const links = new Map();

  // The link of a timeline's model.
  const linkOf = (timeline) => {
    if (!links.has(timeline)) {
      links.set(timeline, new Link(timeline.parameterOf));
    }
    return links.get(timeline);
  };

  grokreel.linking = { Link, exists, lightOf, linkOf, links, pinIn };
}
