// Layers of lines that change from frame to frame.

"use strict";

{
  const { around, colourRuns, kinds, litAxis, paintLit, valueAt } = grokreel.layers;

  const NEAR = 12; // how far the pointer may be from a line, in CSS pixels
  const LIT = 2; // how much wider a lit line is
  const MARK = 4; // half the side of the place of a point on a line

  // Add a polyline to the path: the points first to last (not included) of (x, y) pairs. It is
  // broken where a coordinate is NaN.
  const trace = (context, data, first, last) => {
    let down = false;
    for (let i = first; i < last; i += 1) {
      const [x, y] = [data[2 * i], data[2 * i + 1]];
      if (Number.isNaN(x + y)) down = false;
      else if (down) context.lineTo(x, y);
      else {
        context.moveTo(x, y);
        down = true;
      }
    }
  };

  // The squared distance from (x, y) to the segment between two points of a list, and the nearer
  // end; NaN if one of them is.
  const toSegment = (data, one, other, x, y) => {
    const [fromX, fromY] = [data[2 * one], data[2 * one + 1]];
    const [alongX, alongY] = [data[2 * other] - fromX, data[2 * other + 1] - fromY];
    const length = alongX * alongX + alongY * alongY;
    const share = length ? ((x - fromX) * alongX + (y - fromY) * alongY) / length : 0;
    const inside = Math.min(1, Math.max(0, share));
    const [awayX, awayY] = [fromX + inside * alongX - x, fromY + inside * alongY - y];
    return { distance: awayX * awayX + awayY * awayY, point: inside < 0.5 ? one : other };
  };

  // The point of the nearest of `lines` polylines within NEAR: {line, point}; null if there is
  // none. Line l has `count` points from l * stride + start.
  const nearestPoint = (data, { lines, stride, start = 0, count, closed }, x, y) => {
    let [found, least] = [null, NEAR * NEAR];
    for (let line = 0; line < lines; line += 1) {
      const first = line * stride + start;
      const segments = closed ? count : Math.max(1, count - 1);
      for (let i = 0; i < segments; i += 1) {
        const { distance, point } = toSegment(data, first + i, first + ((i + 1) % count), x, y);
        if (distance < least || (distance === least && !found)) {
          [found, least] = [{ line, point: point - first + start }, distance];
        }
      }
    }
    return found;
  };

  const setPen = (context, width) => {
    context.lineWidth = width;
    context.lineCap = "round";
    context.lineJoin = "round";
  };

  class LinesPainter {
    constructor(layer, { scene, pack }) {
      this.layer = layer;
      this.reader = grokreel.values.reader(layer.points, scene, pack);
      [this.lines, this.count] = this.reader.at(0).shape;
      this.runs = colourRuns(layer.colours, this.lines);
    }

    paint(context, frame, palette, light) {
      const { data } = this.reader.at(frame);
      const { width } = this.layer;
      setPen(context, width);
      paintLit(context, this.runs, this.reader, light, (first, last, colour, lit) => {
        context.strokeStyle = palette(colour);
        context.lineWidth = lit ? LIT * width : width;
        this.stroke(context, data, first, last);
      });
      if (litAxis(this.reader, light) === 1) this.dots(context, data, palette, light);
    }

    stroke(context, data, first, last) {
      const { count } = this;
      context.beginPath();
      for (let line = first; line < last; line += 1) {
        trace(context, data, line * count, (line + 1) * count);
        if (this.layer.closed) context.closePath();
      }
      context.stroke();
    }

    // Where the light is on one point of every line, dots.
    dots(context, data, palette, light) {
      const radius = LIT * this.layer.width;
      for (const { colour, first, last } of this.runs) {
        context.fillStyle = palette(colour);
        context.beginPath();
        for (let i = first * this.count; i < last * this.count; i += 1) {
          if (this.reader.indexAt(1, i % this.count, light.axis) !== light.index) continue;
          const [x, y] = [data[2 * i], data[2 * i + 1]];
          context.moveTo(x + radius, y);
          context.arc(x, y, radius, 0, 2 * Math.PI);
        }
        context.fill();
      }
    }

    find(x, y, frame) {
      const { count, lines } = this;
      const { data } = this.reader.at(frame);
      const shape = { lines, stride: count, count, closed: this.layer.closed };
      const found = nearestPoint(data, shape, x, y);
      if (!found) return null;
      const entry = found.line * count + found.point;
      return {
        places: [found.line, found.point],
        axes: this.reader.meaning([found.line, found.point]),
        value: valueAt(this.reader, frame, entry, lines * count),
        place: around(data[2 * entry], data[2 * entry + 1], MARK),
        name: this.reader.name,
      };
    }
  }

  kinds.lines = LinesPainter;
  grokreel.lines = { LIT, MARK, NEAR, nearestPoint, setPen, trace };
}
