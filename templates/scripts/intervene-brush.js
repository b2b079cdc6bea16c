// Weights that readers paint: the cells of one neuron in the figure of interventions.
//
// A stroke of the pointer is one change for undo. By keyboard a cell is chosen by its number.

"use strict";

{
  const { significant } = grokreel.numbers;
  const { filled } = grokreel.page;
  const { painted } = grokreel.interventions;
  const { cellAt, fitCells, paintWeights } = grokreel.intervene;

  const HEIGHT = 28; // CSS pixels of a cell

  class Brush {
    constructor(owner) {
      this.owner = owner;
      this.box = owner.find(".paint");
      this.canvas = owner.find(".paint canvas");
      this.stroke = null;
      this.box.addEventListener("toggle", () => owner.schedule());
      this.canvas.addEventListener("pointerdown", (event) => this.start(event));
      this.canvas.addEventListener("pointermove", (event) => this.hover(event));
      for (const end of ["pointerup", "pointercancel"]) {
        this.canvas.addEventListener(end, () => {
          this.stroke = null;
        });
      }
    }

    get neuron() {
      return Number(this.owner.find("select[name='neuron']").value);
    }

    get weight() {
      return Number(this.owner.find("input[name='weight']").value);
    }

    // The weights into and out of the chosen neuron, as they are now.
    weights() {
      const { cells, changed, data, network, pack, snapshot } = this.owner;
      const [into, out] = network.names.map((name) => (changed ?? pack).matrix(name, snapshot));
      const neuron = data.order[this.neuron];
      const [rows, columns] = cells;
      return [
        Array.from({ length: rows }, (_, place) => into[place * network.neurons + neuron]),
        Array.from({ length: columns }, (_, place) => out[neuron * columns + place]),
      ];
    }

    draw() {
      if (!this.box.open) return;
      const { cells, data } = this.owner;
      const limit = Number(this.owner.find("input[name='weight']").max);
      const columns = Math.max(...cells);
      const rows = this.weights().map((row) => [...row, ...Array(columns - row.length).fill(0)]);
      fitCells(this.canvas, columns, rows.length, this.box.clientWidth, HEIGHT);
      paintWeights(this.canvas, rows, limit);
      const value = significant(this.weight);
      this.owner.find(".weight span").textContent = filled(data.words.weight, { value });
      const side = this.owner.find("select[name='side']").value;
      this.owner.find("input[name='place']").max = cells[side === "i" ? 0 : 1] - 1;
    }

    // The changes with the weight at the place that is chosen by keyboard.
    withPlace() {
      const side = this.owner.find("select[name='side']").value;
      const input = this.owner.find("input[name='place']");
      const place = Math.max(0, Math.min(Number(input.max), Math.round(Number(input.value))));
      input.value = place;
      return painted(this.owner.history.changes, side, this.neuron, place, this.weight);
    }

    start(event) {
      const cell = cellAt(this.canvas, event);
      if (!cell || event.button !== 0) return;
      this.canvas.setPointerCapture(event.pointerId);
      this.stroke = cell;
      this.owner.history.push(this.owner.history.changes);
      this.extend(cell);
    }

    hover(event) {
      const cell = cellAt(this.canvas, event);
      if (cell && this.stroke) this.extend(cell);
      const value = cell && this.weights()[cell[1]][cell[0]];
      const side = this.owner.find(`option[value='${cell?.[1] ? "o" : "i"}']`).textContent;
      const known = value !== null && value !== undefined;
      const text = known ? `${side}, ${cell[0]}: ${significant(value)}` : "";
      this.owner.find(".pointed-weight").textContent = text;
    }

    // Paint all cells from the last one to this one, in the row where the stroke began.
    extend([column]) {
      const { cells, history } = this.owner;
      const [from, row] = this.stroke;
      const last = Math.min(cells[row] - 1, Math.max(from, column));
      let { changes } = history;
      for (let place = Math.min(from, column); place <= last; place += 1) {
        changes = painted(changes, row ? "o" : "i", this.neuron, place, this.weight);
      }
      history.replace(changes);
      this.stroke = [column, row];
      this.owner.changeAll();
    }
  }

  grokreel.intervene.Brush = Brush;
}
