// Layers of lines that grow.

"use strict";

{
  const { around, colourRuns, paintLit, valueAt, kinds } = grokreel.layers;
  const { LIT, MARK, NEAR, nearestPoint, setPen, trace } = grokreel.lines;

  // Frame f shows the points of frames 0 to f.
  class PenPainter {
    constructor(layer, { scene, pack }) {
      this.layer = layer;
      this.scene = scene;
      this.reader = grokreel.values.reader(layer.points, scene, pack);
      this.frames = scene.steps.length;
      [this.lines] = this.reader.at(0).shape;
      this.runs = colourRuns(layer.colours, this.lines);
    }

    // The points of all frames, line by line; read at the first use.
    get places() {
      if (this.read) return this.read;
      const { frames, lines } = this;
      this.read = new Float32Array(2 * lines * frames);
      for (let frame = 0; frame < frames; frame += 1) {
        const { data } = this.reader.at(frame);
        for (let line = 0; line < lines; line += 1) {
          const place = 2 * (line * frames + frame);
          this.read[place] = data[2 * line];
          this.read[place + 1] = data[2 * line + 1];
        }
      }
      this.together = this.moveTogether();
      return this.read;
    }

    // Whether all lines have the same x in each frame, which grows. Then a frame is the left part
    // of a picture of the whole lines.
    moveTogether() {
      const { frames, lines, read } = this;
      for (let i = 0; i < lines * frames; i += 1) {
        const frame = i % frames;
        if (read[2 * i] !== read[2 * frame]) return false;
        if (frame > 0 && read[2 * i] <= read[2 * i - 2]) return false;
      }
      return true;
    }

    paint(context, frame, palette, light) {
      if (frame < 1) return;
      const { layer, places, reader } = this;
      setPen(context, layer.width);
      paintLit(context, this.runs, reader, light, (first, last, colour, lit) => {
        if (lit || !this.together) {
          context.strokeStyle = palette(colour);
          context.lineWidth = lit ? LIT * layer.width : layer.width;
          this.stroke(context, places, first, last, frame + 1);
        } else if (first === 0) this.copy(context, frame, palette);
      });
    }

    stroke(context, places, first, last, count) {
      context.beginPath();
      for (let line = first; line < last; line += 1) {
        trace(context, places, line * this.frames, line * this.frames + count);
      }
      context.stroke();
    }

    // Copy the left part of the whole lines, up to the frame, and end it with round caps.
    copy(context, frame, palette) {
      const transform = context.getTransform();
      this.drawSheet(transform, palette);
      const { sheet, left, places } = this;
      const end = Math.round(transform.a * places[2 * frame] + transform.e);
      const width = Math.min(sheet.width, end - left);
      if (width > 0) {
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.drawImage(sheet, 0, 0, width, sheet.height, left, this.top, width, sheet.height);
        context.setTransform(transform);
      }
      if (this.layer.width > 1) this.caps(context, frame, palette);
    }

    caps(context, frame, palette) {
      const radius = this.layer.width / 2;
      for (const { colour, first, last } of this.runs) {
        context.fillStyle = palette(colour);
        context.beginPath();
        for (let line = first; line < last; line += 1) {
          const place = 2 * (line * this.frames + frame);
          const [x, y] = [this.places[place], this.places[place + 1]];
          context.moveTo(x + radius, y);
          context.arc(x, y, radius, 0, 2 * Math.PI);
        }
        context.fill();
      }
    }

    // Draw the whole lines on a canvas of their own, again only after the colours or the scale of
    // the figure have changed.
    drawSheet({ a, d, e, f }, palette) {
      const key = `${palette.version} ${a} ${d} ${e} ${f}`;
      if (this.key === key) return;
      this.key = key;
      const { left, top, right, bottom } = this.bounds();
      this.left = Math.floor(left * a + e);
      this.top = Math.floor(top * d + f);
      this.sheet ??= document.createElement("canvas");
      this.sheet.width = Math.ceil(right * a + e) - this.left;
      this.sheet.height = Math.ceil(bottom * d + f) - this.top;
      const brush = this.sheet.getContext("2d");
      brush.setTransform(a, 0, 0, d, e - this.left, f - this.top);
      setPen(brush, this.layer.width);
      for (const { colour, first, last } of this.runs) {
        brush.strokeStyle = palette(colour);
        this.stroke(brush, this.places, first, last, this.frames);
      }
    }

    // The part of the drawing that the lines cover, in CSS pixels.
    bounds() {
      const { places, scene } = this;
      const margin = this.layer.width;
      let [left, top, right, bottom] = [scene.width, scene.height, 0, 0];
      for (let i = 0; i < places.length; i += 2) {
        const [x, y] = [places[i], places[i + 1]];
        if (Number.isNaN(x + y)) continue;
        [left, right] = [Math.min(left, x - margin), Math.max(right, x + margin)];
        [top, bottom] = [Math.min(top, y - margin), Math.max(bottom, y + margin)];
      }
      return {
        left: Math.max(0, left),
        top: Math.max(0, top),
        right: Math.max(left + 1, Math.min(scene.width, right)),
        bottom: Math.max(top + 1, Math.min(scene.height, bottom)),
      };
    }

    // The frames up to one whose points may be the nearest to x: [start, end], without the end.
    // Where all lines have the same x, these are few.
    framesNear(x, frame) {
      if (!this.together) return [0, frame + 1];
      const at = (one) => this.places[2 * one];
      let [start, last] = [0, frame];
      while (start < frame && at(start + 1) < x - NEAR) start += 1;
      while (last > start && at(last - 1) > x + NEAR) last -= 1;
      return [start, last + 1];
    }

    // Also returns the frame of the point that was found, which is past.
    find(x, y, frame) {
      const { frames, lines, places } = this;
      const [start, end] = this.framesNear(x, frame);
      const shape = { lines, stride: frames, start, count: end - start, closed: false };
      const found = nearestPoint(places, shape, x, y);
      if (!found) return null;
      const place = 2 * (found.line * frames + found.point);
      return {
        places: [found.line],
        axes: this.reader.meaning([found.line]),
        value: valueAt(this.reader, found.point, found.line, lines),
        place: around(places[place], places[place + 1], MARK),
        name: this.reader.name,
        frame: found.point,
      };
    }
  }

  kinds.pen = PenPainter;
}
