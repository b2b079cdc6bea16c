// Layers of text: labels of points, a text that changes, the ends of a colour bar, the step counter;
// and the progress bar.

"use strict";

{
  const { inLanguage, whole } = grokreel.numbers;
  const { filled } = grokreel.page;
  const { colourRuns, kinds, paintLit } = grokreel.layers;

  const DROP = 0.33; // from the middle of a label to its baseline, in font sizes
  const COUNTER_SIZE = 26; // as in gen/theme.py

  const nothing = () => null;

  // Short texts centred on moving points.
  class LabelsPainter {
    find = nothing;

    constructor(layer, { scene, pack }) {
      this.layer = layer;
      this.reader = grokreel.values.reader(layer.points, scene, pack);
      this.runs = colourRuns([layer.colour], layer.texts.length);
    }

    paint(context, frame, palette, light) {
      const { size, style, texts } = this.layer;
      const { data } = this.reader.at(frame);
      context.font = palette.font(style, size);
      context.textAlign = "center";
      paintLit(context, this.runs, this.reader, light, (first, last, colour) => {
        context.fillStyle = palette(colour);
        for (let i = first; i < last; i += 1) {
          context.fillText(texts[i], data[2 * i], data[2 * i + 1] + DROP * size);
        }
      });
    }
  }

  // One text for each frame, with its baseline at a point, no wider than in the film.
  class TextPainter {
    find = nothing;

    constructor(layer, { scene, pack }) {
      this.layer = layer;
      this.reader = grokreel.values.reader(layer.points, scene, pack);
    }

    paint(context, frame, palette) {
      const { across, at, colour, size, style, texts, widths } = this.layer;
      const { data } = this.reader.at(frame);
      context.font = palette.font(style, size);
      context.textAlign = across;
      context.fillStyle = palette(colour);
      const text = at[frame];
      if (!texts[text]) return;
      context.fillText(inLanguage(texts[text]), data[0], data[1], widths[text]);
    }
  }

  // The ends of a colour bar: the limit, and in a frame with values beyond it a sign that says so.
  class EndsPainter {
    find = nothing;

    constructor(layer, { scene, pack }) {
      this.layer = layer;
      this.readers = layer.matrices.map((spec) => grokreel.values.reader(spec, scene, pack));
    }

    paint(context, frame, palette) {
      const { baseline, ends, size } = this.layer;
      context.font = palette.font("Regular", size);
      context.fillStyle = palette("muted");
      this.beyond(frame).forEach((beyond, end) => {
        const { across, texts, widths, x } = ends[end];
        context.textAlign = across;
        context.fillText(inLanguage(texts[beyond]), x, baseline, widths[beyond]);
      });
    }

    // For the low and the high end, 1 if a value lies beyond it, else 0.
    beyond(frame) {
      let [low, high] = [0, 0];
      this.readers.forEach((reader, place) => {
        const reach = this.layer.reach[place];
        for (const value of reader.at(frame).data) {
          if (value > reach) high = 1;
          else if (value < -reach) low = 1;
        }
      });
      return [low, high];
    }
  }

  // The step in the words of the page. Its digits have equal widths, so that they do not jump.
  class CounterPainter {
    find = nothing;

    constructor(layer, { scene, words }) {
      this.layer = layer;
      this.steps = scene.steps;
      this.parts = words.step.split(/(\{step\})/);
      this.widths = new Map();
    }

    paint(context, frame, palette) {
      const { left, baseline } = this.layer;
      let x = left;
      for (const part of this.parts) {
        const isStep = part === "{step}";
        const text = isStep ? filled(part, { step: whole(this.steps[frame]) }) : part;
        context.font = palette.font(isStep ? "Semibold" : "Regular", COUNTER_SIZE);
        context.fillStyle = palette(isStep ? "ink" : "muted");
        x = isStep
          ? this.digits(context, text, x, baseline)
          : this.word(context, text, x, baseline);
      }
    }

    word(context, text, x, baseline) {
      context.textAlign = "left";
      context.fillText(text, x, baseline);
      return x + this.width(context, text);
    }

    digits(context, text, left, baseline) {
      let x = left;
      context.textAlign = "center";
      for (const glyph of text) {
        const width = this.width(context, /\d/.test(glyph) ? "0" : glyph);
        context.fillText(glyph, x + width / 2, baseline);
        x += width;
      }
      return x;
    }

    width(context, text) {
      const key = `${context.font} ${text}`;
      if (!this.widths.has(key)) this.widths.set(key, context.measureText(text).width);
      return this.widths.get(key);
    }
  }

  // The filled part of the progress bar, on whole device pixels.
  class ProgressPainter {
    find = nothing;

    constructor(layer, { scene }) {
      this.layer = layer;
      const { steps } = scene;
      const span = Math.max(1, steps.at(-1) - steps[0]);
      this.shares = steps.map((step) => (step - steps[0]) / span);
    }

    paint(context, frame, palette) {
      const { left, top, width, height } = this.layer;
      const { a } = context.getTransform();
      context.fillStyle = palette("ink");
      context.fillRect(left, top, Math.round(this.shares[frame] * width * a) / a, height);
    }
  }

  Object.assign(kinds, {
    counter: CounterPainter,
    ends: EndsPainter,
    labels: LabelsPainter,
    progress: ProgressPainter,
    text: TextPainter,
  });
}
