// The layer of marks that stay where they are and change their shape, such as the outcome of every
// network of a sweep, with a legend that counts them.

"use strict";

{
  const { whole } = grokreel.numbers;
  const { around, kinds, paintLit } = grokreel.layers;

  const NEAR = 4; // how far the pointer may be from the edge of a mark

  class MarksPainter {
    constructor(layer, { scene, pack }) {
      this.layer = layer;
      this.reader = grokreel.values.reader(layer.values, scene, pack);
      this.runs = [{ colour: null, first: 0, last: layer.places.length }];
    }

    paint(context, frame, palette, light) {
      const { legend, places, radius } = this.layer;
      const { data } = this.reader.at(frame);
      const transform = context.getTransform();
      paintLit(context, this.runs, this.reader, light, (first, last) => {
        for (let i = first; i < last; i += 1) {
          this.mark(context, transform, Math.round(data[i]), places[i], radius, palette);
        }
      });
      for (const [kind, ...place] of legend.places) {
        this.mark(context, transform, kind, place, legend.radius, palette);
      }
      context.setTransform(transform);
      this.count(context, data, palette);
    }

    // A shape of radius 1 at a place.
    mark(context, { a, d, e, f }, kind, [x, y], radius, palette) {
      context.setTransform(a * radius, 0, 0, d * radius, a * x + e, d * y + f);
      for (const { path, colour, width } of this.shapes[kind]) {
        if (width === null) {
          context.fillStyle = palette(colour);
          context.fill(path);
        } else {
          context.strokeStyle = palette(colour);
          context.lineWidth = width;
          context.lineCap = "round";
          context.lineJoin = "round";
          context.stroke(path);
        }
      }
    }

    get shapes() {
      this.made ??= this.layer.kinds.map(({ shapes }) =>
        shapes.map(({ path, colour, width }) => ({ path: new Path2D(path), colour, width })),
      );
      return this.made;
    }

    // The number of marks of each kind, beside its mark in the legend.
    count(context, data, palette) {
      const { across, down, places, size } = this.layer.legend;
      const counts = this.layer.kinds.map(() => 0);
      for (const value of data) counts[Math.round(value)] += 1;
      context.font = palette.font("Semibold", size);
      context.textAlign = "left";
      context.fillStyle = palette("ink");
      for (const [kind, x, y] of places) {
        context.fillText(whole(counts[kind]), x + across, y + down);
      }
    }

    // The nearest mark.
    find(x, y, frame) {
      const { places, radius } = this.layer;
      let [found, least] = [-1, radius + NEAR];
      places.forEach(([left, top], i) => {
        const distance = Math.hypot(left - x, top - y);
        if (distance <= least) [found, least] = [i, distance];
      });
      return found < 0 ? null : { places: [found], ...this.entry(found, frame) };
    }

    // A mark: `name` says what its cell is, `outcome` is the key of its kind.
    entry(number, frame) {
      const { cells, kinds: all, places, radius, seeds } = this.layer;
      return {
        name: cells[Math.floor(number / seeds.length)],
        axes: [["seed", seeds[number % seeds.length]]],
        value: null,
        outcome: all[Math.round(this.reader.at(frame).data[number])].key,
        place: around(...places[number], radius),
      };
    }
  }

  kinds.marks = MarksPainter;
}
