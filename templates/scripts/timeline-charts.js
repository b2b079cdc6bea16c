// Charts on a timeline: a line at its step, and a dot and the value of every curve there.
//
// Moving a mouse over a chart previews a step. Pressing, dragging, touch and keys move the timeline.

"use strict";

{
  const { percent, significant } = grokreel.numbers;
  const { dataOf, filled, svgElement, write } = grokreel.page;

  // The value of a curve at a step, interpolated along the drawn line; null where it has none.
  const curveValue = ({ steps, values }, step, scale) => {
    const after = steps.findIndex((one) => one >= step);
    if (after < 0 || (after === 0 && steps[0] > step)) return null;
    if (steps[after] === step) return values[after];
    const [low, high] = [values[after - 1], values[after]];
    if (low === null || high === null) return null;
    const part = (step - steps[after - 1]) / (steps[after] - steps[after - 1]);
    if (scale === "log" && low > 0 && high > 0) return low * (high / low) ** part;
    return low + part * (high - low);
  };

  // One pair of axes in a chart, and its curves.
  class LedPlot {
    constructor(group, curves) {
      const data = group.dataset;
      this.scale = data.scale;
      for (const name of ["left", "right", "top", "bottom", "firstStep", "lastStep", "low", "high"]) {
        this[name] = Number(data[name]);
      }
      this.curves = [...group.querySelectorAll("path.line")].map((path) => ({
        ...curves.find(({ key }) => key === path.dataset.series),
        name: path.dataset.name,
        dot: svgElement("circle", { class: `dot ${path.dataset.series}`, r: 4.5 }),
      }));
      this.rule = svgElement("line", { class: "now", y1: this.top, y2: this.bottom });
      this.cursor = svgElement("g", { class: "cursor", "aria-hidden": "true" });
      this.cursor.append(this.rule, ...this.curves.map((curve) => curve.dot));
      group.append(this.cursor);
    }

    follow(step) {
      const part = (step - this.firstStep) / (this.lastStep - this.firstStep);
      const x = this.left + Math.min(1, Math.max(0, part)) * (this.right - this.left);
      this.rule.setAttribute("x1", x);
      this.rule.setAttribute("x2", x);
      for (const curve of this.curves) {
        curve.value = curveValue(curve, step, this.scale);
        curve.dot.setAttribute("visibility", curve.value === null ? "hidden" : "visible");
        curve.dot.setAttribute("cx", x);
        curve.dot.setAttribute("cy", curve.value === null ? this.bottom : this.heightOf(curve.value));
      }
    }

    // The vertical position of a value, clamped to the axis like the drawn curve.
    heightOf(value) {
      const clamped = Math.min(this.high, Math.max(this.low, value));
      const part =
        this.scale === "log"
          ? Math.log(clamped / this.low) / Math.log(this.high / this.low)
          : (clamped - this.low) / (this.high - this.low);
      return this.bottom - part * (this.bottom - this.top);
    }

    // Name and value of every curve; the value is empty where the curve has none.
    readings(words) {
      return this.curves.toReversed().map(({ name, value }) => ({
        name,
        value: value === null ? "" : this.format(value, words),
      }));
    }

    format(value, words) {
      if (this.scale !== "share") return significant(value, 2);
      return filled(words.percent, { number: percent(value) });
    }
  }

  class LedChart {
    constructor(figure, timeline) {
      this.figure = figure;
      this.timeline = timeline;
      this.reading = figure.querySelector(".reading");
      this.read();
      figure.addEventListener("reseed", () => {
        this.read();
        timeline.settle();
        this.follow();
      });
    }

    read() {
      this.timing = dataOf(this.figure);
      this.chart = this.figure.querySelector(".chart");
      this.pictures = [...this.chart.querySelectorAll("svg")];
      this.plots = this.pictures.map((svg) =>
        [...svg.querySelectorAll("g.plot")].map(
          (group, place) => new LedPlot(group, this.timing.curves[place]),
        ),
      );
      const [plot] = this.plots[0];
      this.steps = [plot.firstStep, plot.lastStep];
      this.chart.classList.add("led");
      this.makeSlider();
      this.chart.addEventListener("pointerdown", (event) => this.press(event));
      this.chart.addEventListener("pointermove", (event) => this.move(event));
      this.chart.addEventListener("pointerup", () => (this.pressed = false));
      this.chart.addEventListener("pointercancel", () => (this.pressed = false));
      this.chart.addEventListener("pointerleave", () => this.pressed || this.timeline.restore());
      this.chart.addEventListener("keydown", (event) => this.timeline.key(event));
    }

    // For keyboards and screen readers the chart is a slider with the title of the chart.
    makeSlider() {
      const [title, description] = this.pictures[0].getAttribute("aria-labelledby").split(" ");
      this.chart.tabIndex = 0;
      const attributes = {
        role: "slider", "aria-labelledby": title, "aria-describedby": description,
        "aria-valuemin": this.steps[0], "aria-valuemax": this.steps[1],
      };
      for (const [name, value] of Object.entries(attributes)) this.chart.setAttribute(name, value);
    }

    follow() {
      const { touched, step, words, stepText, description } = this.timeline;
      this.figure.classList.toggle("moving", touched);
      for (const plots of this.plots) for (const plot of plots) plot.follow(step);
      const values = this.plots[0].flatMap((plot) => plot.readings(words));
      this.write([{ name: stepText, value: "" }, ...values]);
      const spoken = values.filter(({ value }) => value).map(({ name, value }) => `${name} ${value}`);
      this.chart.setAttribute("aria-valuenow", step);
      this.chart.setAttribute("aria-valuetext", [description, ...spoken].join(", "));
    }

    // Write the values into elements of fixed width, so that lines break the same at every step.
    write(items) {
      const { reading } = this;
      items.forEach(({ name, value }, place) => {
        const [first, second] = reading.children[place].children;
        write(first, name);
        write(second, value);
      });
    }

    press(event) {
      if (event.button !== 0) return;
      this.pressed = true;
      this.chart.setPointerCapture(event.pointerId);
      this.timeline.pause();
      this.lead(event);
    }

    // A mouse previews while it moves over the chart; a finger acts only while it is down.
    move(event) {
      const hovering = event.pointerType === "mouse" && !this.timeline.playing;
      if (this.pressed || hovering) this.lead(event);
    }

    lead(event) {
      const place = this.pictures.findIndex((svg) => svg.getBoundingClientRect().width > 0);
      const svg = this.pictures[place];
      const { left, width } = svg.getBoundingClientRect();
      const x = ((event.clientX - left) / width) * svg.viewBox.baseVal.width;
      const [plot] = this.plots[place];
      const part = (x - plot.left) / (plot.right - plot.left);
      const step = plot.firstStep + part * (plot.lastStep - plot.firstStep);
      if (this.pressed) this.timeline.seek(step);
      else if (part < -0.02 || part > 1.02) this.timeline.restore();
      else this.timeline.preview(step);
    }
  }

  Object.assign(grokreel.timeline, { LedChart, curveValue });
}
