// What a reader can read off a live figure: the entries of its layers, such as the cell of neuron 5
// and number 12, each with its value, and the place where the figure shows it.

"use strict";

{
  const { around } = grokreel.layers;
  const { sizeOf } = grokreel.values;

  const MARK = 4; // half the side of the place of a point without a size

  // Operations that give each value a place in the drawing. Those of the second kind make a point
  // of it: they append an axis of two coordinates.
  const MOVING = new Set(["clip", "affine"]);
  const POINTING = new Set(["against", "base", "frames"]);

  // The operations that give the data of a layer, in the order of its entries but not placed in
  // the drawing; null if there are none. A clip or factor before a Fourier transform is data.
  const dataOps = (ops) => {
    const computed = ops.findLastIndex(([name]) => name === "fourier" || name === "hypot");
    const kept = ops.slice(0, computed + 1);
    let appended = 0;
    for (const op of ops.slice(computed + 1)) {
      const [name, first] = op;
      if (POINTING.has(name)) appended += 1;
      else if (name === "reshape") kept.push(["reshape", first.slice(0, first.length - appended)]);
      else if (name === "transpose" && appended) return null;
      else if (!MOVING.has(name)) kept.push(op);
    }
    return kept;
  };

  // The parts of a layer that has entries: its values, and how many of their axes count entries.
  const GRIDS = {
    cells: ({ values }) => ({ spec: values, depth: 2 }),
    lines: ({ points }) => ({ spec: points, depth: 2 }),
    points: ({ points }) => ({ spec: points, depth: 1 }),
    pen: ({ points }) => ({ spec: points, depth: 1 }),
    bars: ({ ends }) => ({ spec: ends, depth: 1 }),
    marks: ({ values }) => ({ spec: values, depth: 1 }),
  };

  // The values of a layer, and its operations that are data; null if it shows no data with a
  // meaning. Arrays of a scene are places in the drawing, except in cells and marks; what these
  // places show is the layer's reading.
  const readingOf = (layer) => {
    if (layer.reading) return { spec: layer.reading.values, ops: layer.reading.values.ops };
    const { spec } = GRIDS[layer.type](layer);
    const meant = spec.view && spec.axes.some((axis) => axis);
    if (!meant && layer.type !== "cells" && layer.type !== "marks") return null;
    const ops = dataOps(spec.ops);
    return ops && { spec, ops };
  };

  // The entries of one layer. An entry is a list of places on the axes, such as [row, column].
  class LayerEntries {
    constructor(painter, { spec, ops, scene, pack }) {
      Object.assign(this, { painter, pack, scene, spec });
      this.data = grokreel.values.reader({ ...spec, ops }, scene, pack);
      this.layer = painter.layer;
      this.name = this.layer.reading?.name ?? spec.view ?? null;
      const { depth } = GRIDS[this.layer.type](this.layer);
      const { shape } = this.data.at(0);
      // A bar drawn as a line of two points has one value.
      this.shape = shape.slice(0, depth);
      this.pairs = shape.length > depth;
    }

    get count() {
      return sizeOf(this.shape);
    }

    // The places of the entry with a number, and the number of an entry at places.
    placesOf(number) {
      return this.shape.length === 1
        ? [number]
        : [Math.floor(number / this.shape[1]), number % this.shape[1]];
    }

    numberOf(places) {
      return this.shape.length === 1 ? places[0] : places[0] * this.shape[1] + places[1];
    }

    // The axes of an entry with the index on each: [["neuron", 5], ["number", 12]].
    axesOf(places) {
      const { reader } = this.painter;
      const axes = reader.meaning(places);
      const pair = places.length;
      return this.pairs && reader.axisOf("frequency") === pair
        ? [...axes, ["frequency", reader.indexAt(pair, 0, "frequency")]]
        : axes;
    }

    // Which wave of its frequency an entry is for: "cosine", "sine", or null.
    waveOf(places) {
      const { reader } = this.painter;
      const axis = reader.axisOf("frequency");
      if (axis < 0 || axis >= this.shape.length) return null;
      const indexAt = (place) => reader.indexAt(axis, place, "frequency");
      const place = places[axis];
      if (indexAt(place + 1) === indexAt(place)) return "cosine";
      return place > 0 && indexAt(place - 1) === indexAt(place) ? "sine" : null;
    }

    // What a frame shows of an entry: {axes, wave, name, value, unit, place}. `value` is a number,
    // or the two coordinates of a point; `unit` the difference of neighbouring integers of its data.
    // A mark has an `outcome` in the place of a value.
    at(places, frame) {
      const number = this.numberOf(places);
      if (this.layer.type === "marks") return this.painter.entry(number, frame);
      const { data } = this.data.at(frame);
      return {
        axes: this.axesOf(places),
        wave: this.waveOf(places),
        name: this.name,
        value: this.pairs ? [data[2 * number], data[2 * number + 1]] : data[number],
        unit: this.unitAt(frame),
        place: this.placeAt(places, frame),
      };
    }

    unitAt(frame) {
      const { frames, view, array } = this.spec;
      if (view) return this.pack.view(view).scales[frames ? frames[frame] : frame];
      const { scales } = this.scene.arrays[array];
      return scales[Math.min(frame, scales.length - 1)];
    }

    placeAt(places, frame) {
      const { layer, painter } = this;
      if (layer.type === "cells") {
        const { cell, gap, left, top } = layer;
        const side = cell - gap;
        return {
          x: left + places[1] * cell + gap, y: top + places[0] * cell + gap,
          width: side, height: side,
        };
      }
      const { shape, data } = painter.reader.at(frame);
      if (layer.type === "bars") {
        const [middle, base] = (painter.bases ?? layer.bases)[places[0]];
        const end = data[places[0]];
        return {
          x: middle - layer.width / 2, y: Math.min(base, end),
          width: layer.width, height: Math.abs(end - base),
        };
      }
      // Of a line with one value, the place is its end.
      const last = shape.length === 3 ? (places[1] ?? shape[1] - 1) : null;
      const entry = last === null ? places[0] : places[0] * shape[1] + last;
      return around(data[2 * entry], data[2 * entry + 1], layer.radius ?? MARK);
    }

    // A text for each entry that tells it from all others.
    keys() {
      return Array.from({ length: this.count }, (_, number) => {
        const places = this.placesOf(number);
        return JSON.stringify([this.name, this.axesOf(places), this.waveOf(places)]);
      });
    }
  }

  // The entries of a painter's layer; null if there are none.
  const entriesOf = (painter, scene, pack) => {
    const { layer } = painter;
    const reading = Object.hasOwn(GRIDS, layer?.type) ? readingOf(layer) : null;
    return reading && new LayerEntries(painter, { ...reading, scene, pack });
  };

  // Without layers whose entries are all in others, such as a line through points.
  const withoutDoubles = (all) => {
    let kept = all.map((entries) => ({ entries, keys: entries.keys() }));
    for (const one of [...kept]) {
      if (!one.entries.name) continue;
      const others = kept.filter((other) => other !== one);
      const known = new Set(others.flatMap(({ keys }) => keys));
      if (one.keys.every((key) => known.has(key))) kept = others;
    }
    return kept.map(({ entries }) => entries);
  };

  // The entry that an arrow key leads to, from entry `places` of layer `layer`: {layer, places}.
  // Beyond the last row is the first one of the next layer.
  const moved = (shapes, { layer, places }, across, down) => {
    const clamped = (place, length) => Math.min(length - 1, Math.max(0, place));
    const shape = shapes[layer];
    const flat = shape.length === 1;
    const columns = shape.at(-1);
    const column = clamped(places.at(-1) + across, columns);
    if (!down) return { layer, places: [...places.slice(0, -1), column] };
    const row = flat ? -1 : places[0] + down;
    if (!flat && row >= 0 && row < shape[0]) return { layer, places: [row, places[1]] };
    const next = clamped(layer + Math.sign(down), shapes.length);
    if (next === layer) return { layer, places };
    const there = shapes[next];
    const at = clamped(places.at(-1), there.at(-1));
    if (there.length === 1) return { layer: next, places: [at] };
    return { layer: next, places: [down > 0 ? 0 : there[0] - 1, at] };
  };

  grokreel.entries = { dataOps, entriesOf, moved, withoutDoubles };
}
