// Layers of markers that move, and of bars that change their length.

"use strict";

{
  const { around, colourRuns, kinds, paintLit, valueAt } = grokreel.layers;

  const NEAR_POINT = 8; // how far the pointer may be from the rim of a marker
  const NEAR_BAR = 4;
  const LIT = 1.5; // how much larger a lit marker or bar is

  class PointsPainter {
    constructor(layer, { scene, pack }) {
      this.layer = layer;
      this.reader = grokreel.values.reader(layer.points, scene, pack);
      [this.count] = this.reader.at(0).shape;
      this.runs = colourRuns(layer.colours, this.count);
    }

    // The points of a colour have their rims below all of them.
    paint(context, frame, palette, light) {
      const { data } = this.reader.at(frame);
      const { rim } = this.layer;
      paintLit(context, this.runs, this.reader, light, (first, last, colour, lit) => {
        const radius = this.layer.radius * (lit ? LIT : 1);
        if (rim) this.fill(context, data, first, last, radius + rim, palette("ground"));
        this.fill(context, data, first, last, radius, palette(colour));
      });
    }

    fill(context, data, first, last, radius, colour) {
      context.fillStyle = colour;
      if (this.layer.marker) this.markers(context, data, first, last, radius);
      else {
        context.beginPath();
        for (let i = first; i < last; i += 1) {
          const [x, y] = [data[2 * i], data[2 * i + 1]];
          if (Number.isNaN(x + y)) continue;
          context.moveTo(x + radius, y);
          context.arc(x, y, radius, 0, 2 * Math.PI);
        }
        context.fill();
      }
    }

    // A shape of radius 1 at each point.
    markers(context, data, first, last, radius) {
      this.shape ??= new Path2D(this.layer.marker);
      for (let i = first; i < last; i += 1) {
        const [x, y] = [data[2 * i], data[2 * i + 1]];
        if (Number.isNaN(x + y)) continue;
        context.save();
        context.translate(x, y);
        context.scale(radius, radius);
        context.fill(this.shape);
        context.restore();
      }
    }

    find(x, y, frame) {
      const { data } = this.reader.at(frame);
      const { radius } = this.layer;
      let [found, least] = [-1, radius + NEAR_POINT];
      for (let i = 0; i < this.count; i += 1) {
        const distance = Math.hypot(data[2 * i] - x, data[2 * i + 1] - y);
        if (distance <= least) [found, least] = [i, distance];
      }
      if (found < 0) return null;
      return {
        places: [found],
        axes: this.reader.meaning([found]),
        value: valueAt(this.reader, frame, found, this.count),
        place: around(data[2 * found], data[2 * found + 1], radius),
        name: this.reader.name,
      };
    }
  }

  // Bars of one colour, up or down from the middles of their bases.
  class BarsPainter {
    constructor(layer, { scene, pack }) {
      this.layer = layer;
      this.reader = grokreel.values.reader(layer.ends, scene, pack);
      const { shape, data } = grokreel.values.reader(layer.bases, scene, pack).at(0);
      this.bases = Array.from({ length: shape[0] }, (_, i) => [data[2 * i], data[2 * i + 1]]);
      this.runs = colourRuns([layer.colour], this.bases.length);
    }

    paint(context, frame, palette, light) {
      const { bases } = this;
      const { width } = this.layer;
      const { data } = this.reader.at(frame);
      paintLit(context, this.runs, this.reader, light, (first, last, colour, lit) => {
        context.fillStyle = palette(colour);
        const wide = lit ? LIT * width : width;
        for (let i = first; i < last; i += 1) {
          const [x, base] = bases[i];
          context.fillRect(x - wide / 2, Math.min(base, data[i]), wide, Math.abs(data[i] - base));
        }
      });
    }

    find(x, y, frame) {
      const { bases } = this;
      const { width } = this.layer;
      const { data } = this.reader.at(frame);
      let [found, least] = [-1, width / 2 + NEAR_BAR];
      bases.forEach(([middle, base], i) => {
        const [top, bottom] = [Math.min(base, data[i]), Math.max(base, data[i])];
        const across = Math.abs(x - middle);
        const beside = y < top - NEAR_BAR || y > bottom + NEAR_BAR;
        if (!beside && across <= least) [found, least] = [i, across];
      });
      if (found < 0) return null;
      const [middle, base] = bases[found];
      const [end, left] = [data[found], middle - width / 2];
      return {
        places: [found],
        axes: this.reader.meaning([found]),
        value: valueAt(this.reader, frame, found, bases.length),
        place: { x: left, y: Math.min(base, end), width, height: Math.abs(end - base) },
        name: this.reader.name,
      };
    }
  }

  Object.assign(kinds, { bars: BarsPainter, points: PointsPainter });
}
