// The run of a reader, in the place of a pack: figures of the model are painted from it.
//
// Scenes of a model are made for the run of the text. They list its neurons in an order that fits
// that run, and their axes reach as far as its weights. A run of a reader has neurons of its own,
// which have no names: here they are sorted by the same rule, and given the names of the neurons
// that stand in those places. So a scene draws them in their own order, at every step, in that of
// the latest snapshot. Where weights are drawn as places and are larger than the axes reach, all
// of them are drawn at a half, a quarter, … of their size, and the page says so.

"use strict";

{
  const { Training } = grokreel.training;

  const DIVERGED = 1e4; // times the first loss, as in gen/training/loop.py

  // The kinds of layers that draw values as places.
  const PLACED = new Set(["lines", "points", "labels", "pen", "bars"]);

  // The views that the layers of a scene draw as places.
  const placedViews = ({ layers }) =>
    layers
      .filter(({ type }) => PLACED.has(type))
      .flatMap(({ points, ends }) => (points ?? ends)?.view ?? []);

  // Neurons by the angle of their two input weights, or the largest first; `neuron_order` in
  // gen/analysis/neuron_groups.py.
  const neuronOrder = (weights, inputs, neurons, sort) => {
    const key = (n) => {
      if (sort === "angle") return Math.atan2(weights[neurons + n], weights[n]);
      let sum = 0;
      for (let input = 0; input < inputs; input += 1) sum += weights[input * neurons + n] ** 2;
      return -sum;
    };
    const keys = Float64Array.from({ length: neurons }, (_, n) => key(n));
    return Array.from(keys.keys()).sort((one, other) => keys[one] - keys[other] || one - other);
  };

  class OwnRun {
    // settings: those of `Training`, and of the configured model
    //   views: [{name, rows, columns, axes, reach}]; `reach` is the largest weight of its run
    //   steps: of its snapshots; names: its neurons in the order of figures; sort: the rule
    // last: the step at which the training ends
    constructor(settings, last) {
      const { names, sort, steps, views } = settings;
      Object.assign(this, { names, sort });
      this.steps = steps.filter((step) => step <= last);
      this.training = new Training(settings);
      this.views = new Map(
        views.map((view) => [
          view.name,
          { ...view, snapshots: [], largest: 0, values: new Float32Array(view.rows * view.columns) },
        ]),
      );
      this.into = views[0].name;
      this.neuronAxis = new Map(views.map(({ name, axes }) => [name, axes.indexOf("neuron")]));
      this.placed = new Set();
      this.scores = [];
      this.failed = false;
      this.record();
    }

    // How many snapshots there are.
    get count() {
      return this.scores.length;
    }

    get step() {
      return this.training.steps;
    }

    get ended() {
      return this.failed || this.count === this.steps.length;
    }

    // Take one step, and a snapshot where there is one; returns whether there was.
    advance() {
      this.training.step();
      if (this.step !== this.steps[this.count]) return false;
      this.record();
      return true;
    }

    record() {
      const { train, test } = this.training.score();
      this.scores.push({ train: train.accuracy, test: test.accuracy });
      this.firstLoss ??= train.loss;
      if (!(train.loss <= DIVERGED * this.firstLoss)) this.failed = true;
      for (const view of this.views.values()) {
        // A view of a network of halves is that of the first. B is A^T where it is not learned.
        const all = this.training.weights[view.name] ?? this.training.network.out;
        const weights = Float32Array.from(all.subarray(0, view.rows * view.columns));
        view.snapshots.push(weights);
        // relu answers a weight that is no number with 0, so the loss does not tell.
        if (!weights.every(Number.isFinite)) this.failed = true;
        for (const value of weights) view.largest = Math.max(view.largest, Math.abs(value) || 0);
      }
      const { rows, columns, snapshots } = this.views.get(this.into);
      this.order = neuronOrder(snapshots.at(-1), rows, columns, this.sort);
      this.places = this.names.map(() => 0);
      this.names.forEach((name, place) => {
        this.places[name] = this.order[place];
      });
    }

    // The neuron of this run that has a name of the scenes.
    neuron(name) {
      return this.places[name];
    }

    // Name the views that scenes draw as places.
    show(scene) {
      for (const name of placedViews(scene)) this.placed.add(name);
    }

    // By how much a view is drawn too small: 1, 1/2, 1/4, …
    factor(name) {
      const { largest, reach } = this.views.get(name);
      let factor = 1;
      while (this.placed.has(name) && largest * factor > reach) factor /= 2;
      return factor;
    }

    // --- What painters ask of a pack ---------------------------------------------------------

    view(name) {
      const view = this.views.get(name);
      if (!view) throw new Error(`the run has no view ${name}`);
      return view;
    }

    // All values of a view in a snapshot, row by row; 0 for one that is not taken yet. The array
    // is the same at every call.
    matrix(name, snapshot) {
      const { columns, rows, snapshots, values } = this.view(name);
      const weights = snapshots[snapshot];
      if (!weights) return values.fill(0);
      const factor = this.factor(name);
      const across = this.neuronAxis.get(name) === 1;
      for (let row = 0; row < rows; row += 1) {
        for (let column = 0; column < columns; column += 1) {
          const from = across
            ? row * columns + this.places[column]
            : this.places[row] * columns + column;
          values[row * columns + column] = weights[from] * factor;
        }
      }
      return values;
    }
  }

  Object.assign(grokreel.training, { OwnRun, neuronOrder, placedViews });
}
