// Pictures of the figure of interventions: the map of answers, the logits, the weights of a neuron.

"use strict";

{
  const LEVELS = 127;

  // Give a canvas a pixel for each cell, and on the page whole pixels for each, so that all cells
  // are of one size. `height` is that of a cell; by default cells are square.
  const fitCells = (canvas, columns, rows, width, height = null) => {
    if (canvas.width !== columns) canvas.width = columns;
    if (canvas.height !== rows) canvas.height = rows;
    const side = Math.max(1, Math.floor((width * devicePixelRatio) / columns)) / devicePixelRatio;
    canvas.style.width = `${side * columns}px`;
    canvas.style.height = `${(height ?? side) * rows}px`;
    return side;
  };

  // The cell under a pointer: [column, row], counted from the top left; null outside.
  const cellAt = (canvas, { clientX, clientY }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const column = Math.floor(((clientX - left) / width) * canvas.width);
    const row = Math.floor(((clientY - top) / height) * canvas.height);
    const inside = column >= 0 && row >= 0 && column < canvas.width && row < canvas.height;
    return inside ? [column, row] : null;
  };

  // Right and wrong answers: a to the right, b up.
  const paintMap = (canvas, network) => {
    const { given, numbers } = network;
    const [right, wrong] = ["map-right", "failed"].map((name) =>
      grokreel.palettes.channels(grokreel.palette(name)),
    );
    const context = canvas.getContext("2d");
    const image = context.createImageData(numbers, numbers);
    for (let b = 0; b < numbers; b += 1) {
      for (let a = 0; a < numbers; a += 1) {
        const at = 4 * ((numbers - 1 - b) * numbers + a);
        const good = given[a * numbers + b] === network.rightAnswer(a, b);
        image.data.set(good ? right : wrong, at);
        image.data[at + 3] = 255;
      }
    }
    context.putImageData(image, 0, 0);
  };

  // The weights of a neuron: a row of those into it, and one of those out of it.
  const paintWeights = (canvas, rows, limit) => {
    const colours = grokreel.palette.diverging(LEVELS);
    const context = canvas.getContext("2d");
    const image = context.createImageData(rows[0].length, rows.length);
    const half = (LEVELS - 1) / 2;
    rows.flat().forEach((value, at) => {
      const level = Math.round(Math.max(-1, Math.min(1, value / limit)) * half + half);
      image.data.set(colours.subarray(4 * level, 4 * level + 4), 4 * at);
    });
    context.putImageData(image, 0, 0);
  };

  // Bars of all logits, as a share of the largest in size: all others, that of the right answer,
  // and that of the wrong one that is given.
  const drawLogits = (picture, logits, right, given) => {
    const largest = logits.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
    const bar = (c) => `M${c} 0V${(-logits[c] / (largest || 1)).toFixed(4)}`;
    const others = [...logits.keys()].filter((c) => c !== right && c !== given);
    picture.querySelector(".bars").setAttribute("d", others.map(bar).join(""));
    picture.querySelector(".bar.right").setAttribute("d", bar(right));
    picture.querySelector(".bar.wrong").setAttribute("d", given === right ? "" : bar(given));
    return largest;
  };

  grokreel.intervene = { cellAt, drawLogits, fitCells, paintMap, paintWeights };
}
