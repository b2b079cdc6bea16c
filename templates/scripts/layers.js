// Layers of a live figure: each kind has a painter, which draws a frame on a canvas and finds what
// is under the pointer. The kinds are in layer-cells.js, layer-lines.js, layer-points.js,
// layer-marks.js and layer-texts.js, and look as the layers of films in gen/drawing.
//
// A painter has two methods. Lengths are CSS pixels of the drawing; the transform of the context
// scales them to device pixels.
//
//   paint(context, frame, palette, light)   light: null, or {axis: "neuron", index: 5}. On layers
//     with this axis, everything else of it is dimmed.
//   find(x, y, frame)   null, or {places: [5], axes: [["neuron", 5]], value, name,
//     place: {x, y, width, height}}; `places` is where the entry stands on the axes of the layer

"use strict";

{
  const { inLanguage } = grokreel.numbers;

  const DIM = 0.15;

  const kinds = {};

  // The painter of a layer. `words.step` is the text of step counters, such as "Step {step}".
  const create = (layer, { scene, pack, words }) => {
    if (!Object.hasOwn(kinds, layer.type)) throw new Error(`there is no layer ${layer.type}`);
    return new kinds[layer.type](layer, { scene, pack, words });
  };

  // Put the background of a scene into an element, with numbers as the page writes them.
  const lay = (element, { background }) => {
    element.innerHTML = background;
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) texts.currentNode.data = inLanguage(texts.currentNode.data);
  };

  // Neighbours of one colour, which are painted as one path: [{colour, first, last}]; `last` is
  // not included.
  const colourRuns = (colours, count) => {
    const runs = [];
    for (let i = 0; i < count; i += 1) {
      const colour = colours.length === 1 ? colours[0] : colours[i];
      if (runs.at(-1)?.colour !== colour) runs.push({ colour, first: i, last: i });
      runs.at(-1).last = i + 1;
    }
    return runs;
  };

  // The axis of a layer's values that a light is on; -1 for a layer that is painted as usual.
  const litAxis = (reader, light) => (light ? reader.axisOf(light.axis) : -1);

  // Paint an element of each kind by `paint(first, last, colour, lit)`, which paints a range of
  // elements: all of them or, where a light is on, all pale and the lit ones above.
  const paintLit = (context, runs, reader, light, paint) => {
    const axis = litAxis(reader, light);
    if (axis >= 0) context.globalAlpha = DIM;
    for (const { colour, first, last } of runs) paint(first, last, colour, false);
    context.globalAlpha = 1;
    if (axis !== 0) return;
    for (const { colour, first, last } of runs) {
      for (let i = first; i < last; i += 1) {
        if (reader.indexAt(0, i, light.axis) === light.index) paint(i, i + 1, colour, true);
      }
    }
  };

  // The value of an entry before it was placed in the drawing: a number, or the two coordinates of
  // a point of the plane.
  const valueAt = (reader, frame, entry, entries) => {
    const { data } = reader.before(frame);
    if (data.length === entries) return data[entry];
    return data.length === 2 * entries ? [data[2 * entry], data[2 * entry + 1]] : null;
  };

  const around = (x, y, radius) => ({
    x: x - radius,
    y: y - radius,
    width: 2 * radius,
    height: 2 * radius,
  });

  // Show the background of a scene in a box, and above it a canvas for the layers.
  const fillBox = (box, scene, canvas) => {
    lay(box, scene);
    box.append(canvas);
    box.style.width = `${scene.width}px`;
    box.style.aspectRatio = `${scene.width} / ${scene.height}`;
  };

  // Set the size of a canvas, in device pixels; the same size again does not empty it.
  const resize = (canvas, width, height) => {
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
  };

  // Paint a frame of a scene on the whole of a canvas, by the painters of its layers.
  const paintFrame = (canvas, scene, painters, frame, light) => {
    const context = canvas.getContext("2d");
    context.setTransform(canvas.width / scene.width, 0, 0, canvas.height / scene.height, 0, 0);
    context.clearRect(0, 0, scene.width, scene.height);
    for (const painter of painters) painter.paint(context, frame, grokreel.palette, light);
  };

  grokreel.layers = {
    around, colourRuns, create, fillBox, kinds, litAxis, paintFrame, paintLit, resize, valueAt,
  };
}
