// Packs and scenes: the data of live figures, as script files that a page loads when it needs them.
//
// A pack holds the snapshots of one run, a scene the layers of one figure. Their files call
// `grokreel.packs.add` or `grokreel.scenes.add`; a page opened from a folder can load nothing else.
// Numbers are integers of 8 or 16 bits, stored as differences from snapshot to snapshot (from
// frame to frame), packed by gzip and written in base64. All of a scene is packed once more, as JSON.

"use strict";

{
  const { floats, runScript, unpacked, unpacks } = grokreel.page;

  // The lowest integer stands for "not a number".
  const NOT_A_NUMBER = { 8: -128, 16: -32768 };
  const INTEGERS = { 8: Int8Array, 16: Int16Array };

  // Read tables of integers that stand one after the other. A table has `count` rows of `size`
  // integers; each row but the first is the difference to the one before, modulo 2 ** bits.
  const readTables = (buffer, tables) => {
    const total = tables.reduce((sum, { bits, count, size }) => sum + (bits / 8) * count * size, 0);
    if (buffer.byteLength !== total) {
      throw new Error(`there are ${buffer.byteLength} bytes of data in the place of ${total}`);
    }
    let start = 0;
    return tables.map(({ bits, count, size }) => {
      const end = start + (bits / 8) * count * size;
      const integers = new INTEGERS[bits](buffer.slice(start, end));
      for (let i = size; i < integers.length; i += 1) integers[i] += integers[i - size];
      start = end;
      return integers;
    });
  };

  // Snapshots of the views of one run.
  class Pack {
    constructor({ steps, views, model = null }, buffer) {
      Object.assign(this, { steps, model });
      const tables = readTables(
        buffer,
        views.map(({ bits, rows, columns }) => ({ bits, count: steps.length, size: rows * columns })),
      );
      this.views = new Map(
        views.map(({ name, rows, columns, axes, bits, scales }, place) => {
          const integers = tables[place].map((n) => (n === NOT_A_NUMBER[bits] ? 0 : n));
          const values = new Float32Array(rows * columns);
          const shown = { snapshot: -1, values };
          return [name, { rows, columns, axes, bits, integers, scales: floats(scales), shown }];
        }),
      );
    }

    view(name) {
      const view = this.views.get(name);
      if (!view) throw new Error(`the pack has no view ${name}`);
      return view;
    }

    // All values of a view, row by row. The array is the same at every call and holds the last
    // snapshot that was asked for.
    matrix(name, snapshot) {
      const { integers, scales, shown } = this.view(name);
      if (shown.snapshot === snapshot) return shown.values;
      const { values } = shown;
      const scale = scales[snapshot];
      const start = snapshot * values.length;
      for (let i = 0; i < values.length; i += 1) values[i] = integers[start + i] * scale;
      shown.snapshot = snapshot;
      return values;
    }
  }

  // A figure: size, steps of the frames, background, layers, and arrays of its own.
  class Scene {
    constructor({ width, height, steps, pace, pack, background, layers, arrays }, buffer) {
      Object.assign(this, { width, height, steps, pace, pack, background, layers });
      const sizes = arrays.map(({ shape }) => shape.slice(1).reduce((one, other) => one * other, 1));
      const tables = readTables(
        buffer,
        arrays.map(({ bits, shape }, place) => ({ bits, count: shape[0], size: sizes[place] })),
      );
      this.arrays = arrays.map(({ bits, shape, scales, offsets }, place) => ({
        bits,
        shape: shape.slice(1),
        frames: shape[0],
        integers: tables[place],
        scales: floats(scales),
        offsets: floats(offsets),
        shown: { frame: -1, values: new Float32Array(sizes[place]) },
      }));
    }

    // The values of an array in a frame, in one array as in `matrix`; NaN where there is none. What
    // never changes is stored once.
    array(index, wanted) {
      const { bits, frames, integers, scales, offsets, shown } = this.arrays[index];
      const frame = frames === 1 ? 0 : wanted;
      if (shown.frame === frame) return shown.values;
      const { values } = shown;
      const [scale, offset, none] = [scales[frame], offsets[frame], NOT_A_NUMBER[bits]];
      const start = frame * values.length;
      for (let i = 0; i < values.length; i += 1) {
        const integer = integers[start + i];
        values[i] = integer === none ? NaN : integer * scale + offset;
      }
      shown.frame = frame;
      return values;
    }
  }

  // The packs or the scenes of a page by name.
  class Registry {
    constructor(Kind) {
      this.Kind = Kind;
      this.raw = new Map();
      this.loaded = new Map();
    }

    // Whether this browser can decompress data. Without that, the films stay.
    get supported() {
      return unpacks();
    }

    // Called by the file, with an object or with the packed JSON of one.
    add(name, raw) {
      this.raw.set(name, raw);
    }

    // Load and decode an entry, once for every name. A page that holds the data itself has added
    // it before, so no file is loaded. After a failure the next call tries again.
    load(name, src) {
      if (!this.loaded.has(name)) {
        const entry = this.read(name, src);
        this.loaded.set(name, entry);
        entry.catch(() => this.loaded.delete(name));
      }
      return this.loaded.get(name);
    }

    async read(name, src) {
      if (!this.supported) throw new Error("this browser cannot decompress data");
      if (!this.raw.has(name)) await runScript(src);
      const held = this.raw.get(name);
      if (!held) throw new Error(`${src} does not hold ${name}`);
      const raw = typeof held === "string" ? await unpacked(held).json() : held;
      const buffer = await (raw.data ? unpacked(raw.data) : new Response()).arrayBuffer();
      this.raw.delete(name);
      return new this.Kind(raw, buffer);
    }
  }

  grokreel.packs = new Registry(Pack);
  // The packs of runs that the reader has changed, by name; see interventions.js.
  grokreel.packs.changed = new Map();
  grokreel.scenes = new Registry(Scene);
}
