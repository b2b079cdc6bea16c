// Interventions: what readers change in a network, with undo, and the pack with these changes.
//
// A change has a short name, as in the address `cut=n5,k23`:
//
//   n5        neuron 5 is silenced: its weights out are 0
//   k23       all neurons of frequency 23 are silenced
//   d         the double waves are taken away: in the weights into each neuron of frequency k, the
//             wave of 2k
//   i5.12.-250, o5.12.-250   the weight into or out of neuron 5 at place 12 is -2.5
//
// Neurons are counted in the order of the figures, which is not that of the pack.

"use strict";

{
  const { doubleFrequency, removeWave } = grokreel.network;

  const HUNDREDTHS = 100;
  const PAINTED = /^([io])(\d+)\.(\d+)\.(-?\d+)$/;

  // The changes of an address, without those that the network does not have. `frequencies` has
  // the frequency of every neuron, 0 for none; `numbers` is the number of cells of a neuron.
  const readCut = (text, { frequencies, numbers }) => {
    const known = (change) => {
      if (change === "d") return frequencies.some((k) => k > 0);
      const silenced = /^([nk])(\d+)$/.exec(change);
      if (silenced) {
        const number = Number(silenced[2]);
        return silenced[1] === "n"
          ? number < frequencies.length
          : number > 0 && frequencies.includes(number);
      }
      const [, , neuron, place] = PAINTED.exec(change) ?? [];
      return neuron !== undefined && Number(neuron) < frequencies.length && Number(place) < numbers;
    };
    return new Set((text ?? "").split(",").filter(known));
  };

  // A list of changes, and those before and after it.
  class History {
    constructor(changes = new Set()) {
      this.states = [changes];
      this.place = 0;
    }

    get changes() {
      return this.states[this.place];
    }

    get canUndo() {
      return this.place > 0;
    }

    get canRedo() {
      return this.place < this.states.length - 1;
    }

    push(changes) {
      this.states.splice(this.place + 1, Infinity, changes);
      this.place += 1;
    }

    // Other changes in the place of the last ones.
    replace(changes) {
      this.states[this.place] = changes;
    }

    undo() {
      if (this.canUndo) this.place -= 1;
    }

    redo() {
      if (this.canRedo) this.place += 1;
    }
  }

  // The changes with one more, or with one less.
  const toggled = (changes, change) => {
    const others = new Set(changes);
    if (!others.delete(change)) others.add(change);
    return others;
  };

  // The changes with a painted weight; an earlier one of that cell is gone.
  const painted = (changes, side, neuron, place, value) => {
    const cell = `${side}${neuron}.${place}.`;
    const others = [...changes].filter((change) => !change.startsWith(cell));
    return new Set([...others, `${cell}${Math.round(value * HUNDREDTHS)}`]);
  };

  // What changes mean for the weights, with neurons counted as in the pack.
  const meaningOf = (changes, { order, frequencies }) => {
    const silent = new Set();
    const cells = { i: [], o: [] };
    for (const change of changes) {
      const [kind, number] = [change[0], Number(change.slice(1))];
      if (kind === "n") silent.add(order[number]);
      if (kind === "k") {
        frequencies.forEach((k, row) => k === number && silent.add(order[row]));
      }
      const [, side, neuron, place, value] = PAINTED.exec(change) ?? [];
      if (side) {
        cells[side].push({
          neuron: order[Number(neuron)],
          place: Number(place),
          value: Number(value) / HUNDREDTHS,
        });
      }
    }
    return { silent, cells, doubles: changes.has("d") };
  };

  // A pack with changed weights, which figures read as they read a pack.
  class ChangedPack {
    constructor(pack, changes, known) {
      const { numbers } = pack.model.task;
      Object.assign(this, { pack, numbers, ...meaningOf(changes, known) });
      this.frequencies = known.frequencies.map((k, row) => [known.order[row], k]);
      this.names = pack.model.network.circle ? ["A", "B"] : ["W_in", "W_out"];
      this.shown = new Map();
    }

    get steps() {
      return this.pack.steps;
    }

    get views() {
      return this.pack.views;
    }

    get model() {
      return this.pack.model;
    }

    view(name) {
      return this.pack.view(name);
    }

    // The changed values of a view, row by row: the same array at every call.
    matrix(name, snapshot) {
      const values = this.pack.matrix(name, snapshot);
      if (!this.names.includes(name)) return values;
      const shown = this.shown.get(name) ?? { snapshot: -1, values: new Float32Array(values.length) };
      this.shown.set(name, shown);
      if (shown.snapshot === snapshot) return shown.values;
      shown.values.set(values);
      shown.snapshot = snapshot;
      if (name === this.names[0]) this.changeInto(shown.values, this.view(name));
      else this.changeOut(shown.values, this.view(name));
      return shown.values;
    }

    changeInto(values, { rows, columns }) {
      const { numbers } = this;
      for (const [neuron, k] of this.doubles ? this.frequencies : []) {
        const double = k && doubleFrequency(k, numbers);
        for (let row = 0; double && row + numbers <= rows; row += numbers) {
          removeWave(values, row * columns + neuron, columns, numbers, double);
        }
      }
      for (const { neuron, place, value } of this.cells.i) values[place * columns + neuron] = value;
    }

    changeOut(values, { columns }) {
      for (const { neuron, place, value } of this.cells.o) values[neuron * columns + place] = value;
      for (const neuron of this.silent) values.fill(0, neuron * columns, (neuron + 1) * columns);
    }
  }

  grokreel.interventions = { ChangedPack, History, painted, readCut, toggled };
}
