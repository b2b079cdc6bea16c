// The layer of a matrix: a square for each value, on whole device pixels.

"use strict";

{
  const { kinds, litAxis } = grokreel.layers;

  const COVER = 0.7; // how much of the ground lies on what is not lit

  // The edges of `count` cells in device pixels, as `drawImage` scales an image of one pixel for
  // each cell: a pixel shows the cell at its middle. All cells are equal if that is possible.
  const cellEdges = (start, cell, count, scale, shift) => {
    const first = Math.round(start * scale + shift);
    const length = Math.round((start + count * cell) * scale + shift) - first;
    return Int32Array.from(
      { length: count + 1 },
      (_, i) => first + Math.ceil((i * length) / count - 0.5),
    );
  };

  class CellsPainter {
    constructor(layer, { scene, pack }) {
      this.layer = layer;
      this.reader = grokreel.values.reader(layer.values, scene, pack);
      [this.rows, this.columns] = this.reader.at(0).shape;
      this.xs = this.ys = new Int32Array(1);
      this.scaled = {};
    }

    paint(context, frame, palette, light) {
      const transform = context.getTransform();
      this.measure(transform);
      this.fill(frame, palette);
      const { image, xs, ys } = this;
      const [left, top] = [xs[0], ys[0]];
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.imageSmoothingEnabled = false;
      context.drawImage(image, left, top, xs[this.columns] - left, ys[this.rows] - top);
      context.imageSmoothingEnabled = true;
      if (this.gap) this.rule(context, palette);
      if (light) this.cover(context, palette, light);
      context.setTransform(transform);
    }

    // Find the edges of the cells for a scale of the canvas.
    measure({ a, d, e, f }) {
      const { scaled } = this;
      if (scaled.a === a && scaled.d === d && scaled.e === e && scaled.f === f) return;
      const { left, top, cell, gap } = this.layer;
      this.xs = cellEdges(left, cell, this.columns, a, e);
      this.ys = cellEdges(top, cell, this.rows, d, f);
      this.gap = gap ? Math.max(1, Math.round(gap * a)) : 0;
      this.scaled = { a, d, e, f };
    }

    // Write the colours of a frame into an image of one pixel for each cell.
    fill(frame, palette) {
      if (!this.image) this.makeImage();
      const { pixels, layer } = this;
      const bytes = palette.diverging(layer.levels);
      if (bytes !== this.bytes) {
        this.bytes = bytes;
        this.colours = new Uint32Array(bytes.buffer);
      }
      const { colours } = this;
      const { data } = this.reader.at(frame);
      const last = layer.levels - 1;
      const [factor, middle] = [last / 2 / layer.limit, last / 2 + 0.5];
      for (let i = 0; i < pixels.length; i += 1) {
        const level = data[i] * factor + middle;
        if (level >= 0) pixels[i] = colours[level > last ? last : level | 0];
        else pixels[i] = level < 0 ? colours[0] : 0; // NaN is transparent
      }
      this.brush.putImageData(this.imageData, 0, 0);
    }

    makeImage() {
      this.image = document.createElement("canvas");
      this.image.width = this.columns;
      this.image.height = this.rows;
      this.brush = this.image.getContext("2d");
      this.imageData = this.brush.createImageData(this.columns, this.rows);
      this.pixels = new Uint32Array(this.imageData.data.buffer);
    }

    // Hairlines at the left of each column and above each row, and behind the last ones.
    rule(context, palette) {
      const { xs, ys, gap, columns, rows } = this;
      context.fillStyle = palette("hairline");
      const [width, height] = [xs[columns] - xs[0] + gap, ys[rows] - ys[0] + gap];
      for (const x of xs) context.fillRect(x, ys[0], gap, height);
      for (const y of ys) context.fillRect(xs[0], y, width, gap);
    }

    // Cover the cells that are not lit.
    cover(context, palette, light) {
      const { reader, rows, columns, xs, ys } = this;
      if (litAxis(reader, light) < 0) return;
      context.globalAlpha = COVER;
      context.fillStyle = palette("ground");
      const [down, across] = [this.dimmed(0, rows, light), this.dimmed(1, columns, light)];
      for (const [top, bottom] of down) {
        for (const [left, right] of across) {
          const [width, height] = [xs[right] - xs[left], ys[bottom] - ys[top]];
          context.fillRect(xs[left], ys[top], width, height);
        }
      }
      context.globalAlpha = 1;
    }

    // Ranges of rows or columns that are not lit; all of them on an axis of another meaning.
    dimmed(axis, count, light) {
      if (!this.reader.axes[axis].some(([name]) => name === light.axis)) return [[0, count]];
      const ranges = [];
      for (let i = 0; i < count; i += 1) {
        if (this.reader.indexAt(axis, i, light.axis) === light.index) continue;
        if (ranges.at(-1)?.[1] === i) ranges.at(-1)[1] = i + 1;
        else ranges.push([i, i + 1]);
      }
      return ranges;
    }

    find(x, y, frame) {
      const { left, top, cell, gap } = this.layer;
      const [row, column] = [Math.floor((y - top) / cell), Math.floor((x - left) / cell)];
      if (row < 0 || row >= this.rows || column < 0 || column >= this.columns) return null;
      const side = cell - gap;
      return {
        places: [row, column],
        axes: this.reader.meaning([row, column]),
        value: this.reader.at(frame).data[row * this.columns + column],
        place: {
          x: left + column * cell + gap,
          y: top + row * cell + gap,
          width: side,
          height: side,
        },
        name: this.reader.name,
      };
    }
  }

  kinds.cells = CellsPainter;
  grokreel.layers.cellEdges = cellEdges;
}
