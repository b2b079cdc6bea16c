// The mathematics of a sweep map, without elements: outcomes, places, and what the reader has chosen.

"use strict";

{
  // A level for "no value", as in gen/widgets/sweep_curves.py.
  const MISSING = 255;

  // An event that did not happen, as in gen/widgets/sweep_data.py.
  const NO_EVENT = 65_535;

  // The final accuracies that agree with each outcome; see gen/analysis/sweep_outcomes.py.
  const END_OF_OUTCOME = [0, 0, 1, 2];

  // A press within this share of the distance between two dots hits a dot.
  const REACH = 0.45;

  // The number of an outcome by a model's extremes: smallest losses and largest ratio, in float32.
  const judged = ([train, test, ratio], thresholds) => {
    if (!(train <= Math.fround(thresholds.loss))) return 3;
    if (!(test <= Math.fround(thresholds.loss))) return 2;
    return ratio < Math.fround(thresholds.ratio) ? 1 : 0;
  };

  // Whether a model's final accuracies (0: generalises, 1: memorises, 2: never) contradict its
  // outcome.
  const contradicts = (outcome, end) => END_OF_OUTCOME[outcome] !== end;

  // The place of the dot at a point of a cell, or null between the dots.
  // x and y are 0 to 1, from the left and from the top.
  const dotAt = (x, y, dots) => {
    const side = Math.ceil(Math.sqrt(dots));
    const [column, row] = [Math.floor(x * side), Math.floor(y * side)];
    if (Math.min(column, row) < 0 || Math.max(column, row) >= side) return null;
    const away = Math.hypot(x * side - column - 0.5, y * side - row - 0.5);
    const place = row * side + column;
    return place < dots && away <= REACH ? place : null;
  };

  // The cell that a key leads to: itself at an edge, null for other keys. Cells are numbered
  // upwards in a column, then by columns, then by panels.
  const cellByKey = (key, number, { rows, columns, cells }) => {
    const row = number % rows;
    const targets = {
      ArrowRight: number + rows,
      ArrowLeft: number - rows,
      ArrowUp: row + 1 < rows ? number + 1 : number,
      ArrowDown: row > 0 ? number - 1 : number,
      PageDown: number + rows * columns,
      PageUp: number - rows * columns,
      Home: 0,
      End: cells - 1,
    };
    const target = targets[key];
    if (target === undefined) return null;
    return target >= 0 && target < cells ? target : number;
  };

  // The same for the charts of a cell's networks, which stand in lines.
  const networkByKey = (key, place, { columns, networks }) => {
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
    const ends = { Home: 0, End: networks - 1 };
    const target = key in steps ? place + steps[key] : ends[key];
    if (target === undefined) return null;
    return target >= 0 && target < networks ? target : place;
  };

  // The points of a polyline. `x` is 0 to 1; `box` is left, top, width and height.
  const pointsOf = (x, levels, [left, top, width, height]) =>
    x
      .map((part, point) => [part, levels[point]])
      .filter(([, level]) => level !== MISSING)
      .map(([part, level]) => {
        const y = top + (1 - level / (MISSING - 1)) * height;
        return `${(left + part * width).toFixed(1)},${y.toFixed(1)}`;
      })
      .join(" ");

  // The place of a step on the logarithmic axis between two steps, 0 to 1.
  const placeOfStep = (step, [begin, end]) => {
    const part = Math.log(Math.max(1, step) / begin) / Math.log(end / begin);
    return Math.min(1, Math.max(0, part));
  };

  // What the reader has chosen: a pinned cell, perhaps with one of its networks, and a preview.
  // A network is the place of its seed. Without pin and preview the last cell stays.
  class Choice {
    constructor(cell) {
      this.last = cell;
      this.pin = null;
      this.preview = null;
    }

    get cell() {
      return (this.preview ?? this.pin)?.cell ?? this.last;
    }

    // The opened network. While one is open, other cells show their network of the same seed.
    get open() {
      const { network = null } = this.pin ?? {};
      return network === null ? null : (this.preview?.network ?? network);
    }

    // The network whose dot and chart are marked.
    get marked() {
      return this.preview?.network ?? this.open;
    }

    show(cell, network = null) {
      this.preview = { cell, network };
      this.last = cell;
    }

    // End the preview: what is pinned is shown again.
    leave() {
      this.preview = null;
    }

    isPinned(cell) {
      return this.pin?.cell === cell;
    }

    // Press a cell or a dot in it. A second press lets go.
    press(cell, network = null) {
      const again = this.isPinned(cell) && (network === null || network === this.pin.network);
      const { network: open = null } = this.pin ?? {};
      this.last = cell;
      this.preview = null;
      this.pin = again ? null : { cell, network: network ?? open };
    }

    // Open a network of the cell that is shown; a second time closes it, and its cell stays pinned.
    toggleNetwork(network) {
      const { cell } = this;
      const again = this.isPinned(cell) && this.pin.network === network;
      this.preview = null;
      this.pin = { cell, network: again ? null : network };
    }

    letGo() {
      this.last = this.cell;
      this.pin = null;
      this.preview = null;
    }
  }

  // The pin as text of the address: the cell's number, and the seed of an opened network.
  const pinText = (pin, seeds) =>
    pin && (pin.network === null ? `${pin.cell}` : `${pin.cell}-${seeds[pin.network]}`);

  // The pin of such a text, or null if there is no such cell or network.
  const pinOf = (text, seeds, cells) => {
    const found = /^(\d{1,6})(?:-(\d{1,16}))?$/.exec(text ?? "");
    if (!found || Number(found[1]) >= cells) return null;
    const network = found[2] === undefined ? null : seeds.indexOf(Number(found[2]));
    return network === -1 ? null : { cell: Number(found[1]), network };
  };

  grokreel.sweep = {
    Choice,
    MISSING,
    NO_EVENT,
    cellByKey,
    contradicts,
    dotAt,
    judged,
    networkByKey,
    pinOf,
    pinText,
    placeOfStep,
    pointsOf,
  };
}
