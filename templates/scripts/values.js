// Values of a layer: what a figure computes from a view of its pack or an array of its scene.
//
// A spec names the source, operations on it, and what each axis of the result means:
//
//   {"view": "W_in", "frames": null, "ops": [["transpose", [1, 0]]], "axes": [["neuron", null], …]}
//
// An axis that was several ones, such as that of all weights, has a list: [["neuron", […]], …].
//
// Operations are prepared once. A frame fills the arrays that were made then, so it allocates
// nothing.

"use strict";

{
  const sizeOf = (shape) => shape.reduce((product, length) => product * length, 1);

  // Operations that place data in the drawing. The data themselves are what is before them.
  const PLACING = new Set(["clip", "affine", "against", "base", "frames"]);

  // Visit all entries of an array: `visit(indices, place)` in the order of the data.
  const forEachIndex = (shape, visit) => {
    const indices = shape.map(() => 0);
    for (let place = 0; place < sizeOf(shape); place += 1) {
      visit(indices, place);
      for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
        indices[axis] += 1;
        if (indices[axis] < shape[axis]) break;
        indices[axis] = 0;
      }
    }
  };

  // A stage that copies: entry i of the result is entry source[i] of the input.
  const gather = (shape, source) => ({
    shape,
    source,
    run: (from, to) => {
      for (let i = 0; i < to.length; i += 1) to[i] = from[source[i]];
    },
  });

  // A stage that computes each entry, with its index on the last axis.
  const each = (shape, compute) => {
    const last = shape.at(-1) ?? 1;
    return {
      shape,
      run: (from, to) => {
        for (let i = 0; i < to.length; i += 1) to[i] = compute(from[i], i % last);
      },
    };
  };

  const selected = (shape, axis, chosen, result) => {
    const source = new Int32Array(sizeOf(result));
    const inner = sizeOf(shape.slice(axis + 1));
    const outer = sizeOf(shape.slice(0, axis));
    let place = 0;
    for (let i = 0; i < outer; i += 1) {
      for (const one of chosen) {
        for (let j = 0; j < inner; j += 1) source[place++] = (i * shape[axis] + one) * inner + j;
      }
    }
    return gather(result, source);
  };

  const replaced = (shape, axis, lengths) => [
    ...shape.slice(0, axis),
    ...lengths,
    ...shape.slice(axis + 1),
  ];

  const transposed = (shape, order) => {
    const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
    const result = order.map((axis) => shape[axis]);
    const source = new Int32Array(sizeOf(shape));
    forEachIndex(result, (indices, place) => {
      source[place] = indices.reduce((sum, index, axis) => sum + index * strides[order[axis]], 0);
    });
    return gather(result, source);
  };

  const fourier = (shape, numbers, frequencies) => {
    const waves = frequencies.flatMap((k) =>
      [Math.cos, Math.sin].map((wave) =>
        Float64Array.from({ length: numbers }, (_, n) => {
          // Half of the numbers make one wave for each of the others, but a single one here.
          const factor = (2 * k === numbers ? 1 : 2) / numbers;
          return factor * wave((2 * Math.PI * ((k * n) % numbers)) / numbers);
        }),
      ),
    );
    return {
      shape: [...shape.slice(0, -1), waves.length],
      run: (from, to) => {
        for (let place = 0, start = 0; place < to.length; start += numbers) {
          for (let w = 0; w < waves.length; w += 1, place += 1) {
            let sum = 0;
            for (let n = 0; n < numbers; n += 1) sum += from[start + n] * waves[w][n];
            to[place] = sum;
          }
        }
      },
    };
  };

  // The values on a circle, and `parts - 1` places between each two, by waves of few periods; in
  // Python `interpolate` in gen/analysis/interference.py. The weight of a value depends on the
  // distance alone.
  const smooth = (shape, parts) => {
    const numbers = shape.at(-1);
    const places = (numbers - 1) * parts + 1;
    const below = numbers % 2 ? Math.sin : Math.tan;
    const weights = Float64Array.from({ length: places }, (_, distance) => {
      if (distance % parts === 0) return distance === 0 ? 1 : 0;
      const angle = (Math.PI * distance) / parts;
      return Math.sin(angle) / (numbers * below(angle / numbers));
    });
    return {
      shape: [...shape.slice(0, -1), places],
      run: (from, to) => {
        for (let place = 0; place < to.length; place += 1) {
          const start = Math.floor(place / places) * numbers;
          const at = place % places;
          let sum = 0;
          for (let n = 0; n < numbers; n += 1) sum += weights[Math.abs(at - n * parts)] * from[start + n];
          to[place] = sum;
        }
      },
    };
  };

  // A stage that makes points: each entry gets a coordinate before it.
  const against = (shape, positions) => ({
    shape: [...shape, 2],
    run: (from, to) => {
      for (let i = 0; i < from.length; i += 1) {
        to[2 * i] = positions[i % positions.length];
        to[2 * i + 1] = from[i];
      }
    },
  });

  // The same with one coordinate for all entries of a frame.
  const overFrames = (shape, positions) => ({
    shape: [...shape, 2],
    run: (from, to, frame) => {
      for (let i = 0; i < from.length; i += 1) {
        to[2 * i] = positions[frame];
        to[2 * i + 1] = from[i];
      }
    },
  });

  const affine = (shape, scale, offset) => {
    if (typeof scale === "number" && typeof offset === "number") {
      return each(shape, (value) => value * scale + offset);
    }
    const [scales, offsets] = [scale, offset].map((given) =>
      Float64Array.from({ length: shape.at(-1) }, (_, i) => (given.length ? given[i] : given)),
    );
    return each(shape, (value, i) => value * scales[i] + offsets[i]);
  };

  const hypot = (shape) => ({
    shape: [...shape.slice(0, -1), shape.at(-1) / 2],
    run: (from, to) => {
      for (let i = 0; i < to.length; i += 1) to[i] = Math.hypot(from[2 * i], from[2 * i + 1]);
    },
  });

  // Each operation: shape and arguments to a stage.
  const OPERATIONS = {
    take: (shape, axis, chosen) =>
      selected(shape, axis, chosen, replaced(shape, axis, [chosen.length])),
    pick: (shape, axis, chosen) => selected(shape, axis, [chosen], replaced(shape, axis, [])),
    transpose: transposed,
    fourier,
    smooth,
    hypot,
    clip: (shape, low, high) => each(shape, (value) => Math.min(high, Math.max(low, value))),
    affine,
    against,
    base: (shape, base) => against(shape, [base]),
    frames: overFrames,
    reshape: (shape, wanted) => gather(wanted, Int32Array.from({ length: sizeOf(shape) }, (_, i) => i)),
  };

  // Neighbouring copies are one: what the second takes from the first, it takes from the source.
  const merged = (stages) => {
    const kept = [];
    for (const stage of stages) {
      const before = kept.at(-1);
      if (stage.source && before?.source) {
        kept[kept.length - 1] = gather(stage.shape, stage.source.map((i) => before.source[i]));
      } else kept.push(stage);
    }
    return kept;
  };

  // A chain of operations: `run(data, frame)` returns {shape, data}, the same object at every call.
  const chainOf = (shape, ops) => {
    let last = shape;
    const stages = ops.map(([name, ...given]) => {
      if (!Object.hasOwn(OPERATIONS, name)) throw new Error(`there is no operation ${name}`);
      const stage = OPERATIONS[name](last, ...given);
      last = stage.shape;
      return stage;
    });
    const steps = merged(stages).map((stage) => ({
      run: stage.run,
      to: new Float32Array(sizeOf(stage.shape)),
    }));
    const result = { shape: last, data: null };
    return (data, frame) => {
      result.data = data;
      for (const { run, to } of steps) {
        run(result.data, to, frame);
        result.data = to;
      }
      return result;
    };
  };

  // What a spec takes its values from: the shape, and the data of a frame.
  const sourceOf = ({ view, array, frames }, scene, pack) => {
    if (view === undefined) {
      const { shape } = scene.arrays[array];
      return { shape, of: (frame) => scene.array(array, frame) };
    }
    if (!pack) throw new Error(`the scene shows the view ${view} and has no pack`);
    const { rows, columns } = pack.view(view);
    return {
      shape: [rows, columns],
      of: (frame) => pack.matrix(view, frames ? frames[frame] : frame),
    };
  };

  // The values of a spec in each frame.
  class Reader {
    constructor(spec, scene, pack) {
      const { ops, axes = [], view } = spec;
      this.source = sourceOf(spec, scene, pack);
      // What each axis is for: a list of [name, indices].
      this.axes = axes.map((axis) => (axis ? (Array.isArray(axis[0]) ? axis : [axis]) : []));
      this.name = view ?? null;
      this.values = chainOf(this.source.shape, ops);
      let computed = ops.length;
      while (computed > 0 && PLACING.has(ops[computed - 1][0])) computed -= 1;
      this.data = chainOf(this.source.shape, ops.slice(0, computed));
    }

    // The result: {shape, data}. The next call overwrites it.
    at(frame) {
      return this.values(this.source.of(frame), frame);
    }

    // The result before the last operations, which clip it and place it in the drawing.
    before(frame) {
      return this.data(this.source.of(frame), frame);
    }

    // The axis of the result that is for something, such as "neuron"; -1 if none is.
    axisOf(name) {
      return this.axes.findIndex((meanings) => meanings.some(([one]) => one === name));
    }

    // The index of what stands at a place on an axis of the result, such as neuron 5. An axis that
    // is for several things has one for each.
    indexAt(axis, place, name = this.axes[axis][0][0]) {
      const [, chosen] = this.axes[axis].find(([one]) => one === name);
      return chosen ? chosen[place] : place;
    }

    // The meaning of an entry, such as [["neuron", 5], ["number", 12]], without unknown axes.
    meaning(places) {
      return places.flatMap((place, axis) =>
        (this.axes[axis] ?? []).map(([name]) => [name, this.indexAt(axis, place, name)]),
      );
    }
  }

  const reader = (spec, scene, pack) => new Reader(spec, scene, pack);

  grokreel.values = { reader, sizeOf };
}
