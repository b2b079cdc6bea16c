// Charts that a timeline leads: a line at its step, a dot on every curve, and what the curves say
// there. A mouse that moves over a chart previews a step; pressing, dragging, touching and keys lead
// the timeline.

{
  const SVG = "http://www.w3.org/2000/svg";

  const { percent, significant } = globalThis.grokreel.numbers;

  const drawn = (name, attributes) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  // A curve's value at a step, on a straight line of the drawing between the steps it was measured
  // at; null where it has none.
  const valueAt = ({ steps, values }, step, scale) => {
    const after = steps.findIndex((one) => one >= step);
    if (after < 0 || (after === 0 && steps[0] > step)) return null;
    if (steps[after] === step) return values[after];
    const [low, high] = [values[after - 1], values[after]];
    if (low === null || high === null) return null;
    const part = (step - steps[after - 1]) / (steps[after] - steps[after - 1]);
    if (scale === "log" && low > 0 && high > 0) return low * (high / low) ** part;
    return low + part * (high - low);
  };

  // One pair of axes inside a chart, and the curves drawn there.
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
        dot: drawn("circle", { class: `dot ${path.dataset.series}`, r: 4.5 }),
      }));
      this.rule = drawn("line", { class: "now", y1: this.top, y2: this.bottom });
      this.cursor = drawn("g", { class: "cursor", "aria-hidden": "true" });
      this.cursor.append(this.rule, ...this.curves.map((curve) => curve.dot));
      group.append(this.cursor);
    }

    follow(step) {
      const part = (step - this.firstStep) / (this.lastStep - this.firstStep);
      const x = this.left + Math.min(1, Math.max(0, part)) * (this.right - this.left);
      this.rule.setAttribute("x1", x);
      this.rule.setAttribute("x2", x);
      for (const curve of this.curves) {
        curve.value = valueAt(curve, step, this.scale);
        curve.dot.setAttribute("visibility", curve.value === null ? "hidden" : "visible");
        curve.dot.setAttribute("cx", x);
        curve.dot.setAttribute("cy", curve.value === null ? this.bottom : this.heightOf(curve.value));
      }
    }

    // A value beyond the axis is on its end, as in the drawing.
    heightOf(value) {
      const held = Math.min(this.high, Math.max(this.low, value));
      const part =
        this.scale === "log"
          ? Math.log(held / this.low) / Math.log(this.high / this.low)
          : (held - this.low) / (this.high - this.low);
      return this.bottom - part * (this.bottom - this.top);
    }

    // What every curve says: its name and its value, empty where the curve has none.
    said(words) {
      return this.curves.toReversed().map(({ name, value }) => ({
        name,
        value: value === null ? "" : this.written(value, words),
      }));
    }

    written(value, words) {
      if (this.scale !== "share") return significant(value, 2);
      return words.percent.replace("{number}", percent(value));
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
      this.timing = JSON.parse(this.figure.querySelector("script.timing").textContent);
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
      this.beSlider();
      this.chart.addEventListener("pointerdown", (event) => this.press(event));
      this.chart.addEventListener("pointermove", (event) => this.move(event));
      this.chart.addEventListener("pointerup", () => (this.pressed = false));
      this.chart.addEventListener("pointercancel", () => (this.pressed = false));
      this.chart.addEventListener("pointerleave", () => this.pressed || this.timeline.restore());
      this.chart.addEventListener("keydown", (event) => this.timeline.key(event));
    }

    // For the keyboard and for those who do not see it a chart is a slider with its own title.
    beSlider() {
      const [title, description] = this.pictures[0].getAttribute("aria-labelledby").split(" ");
      this.chart.tabIndex = 0;
      const attributes = {
        role: "slider", "aria-labelledby": title, "aria-describedby": description,
        "aria-valuemin": this.steps[0], "aria-valuemax": this.steps[1],
      };
      for (const [name, value] of Object.entries(attributes)) this.chart.setAttribute(name, value);
    }

    follow() {
      const { touched, step, words, said, described } = this.timeline;
      this.figure.classList.toggle("moving", touched);
      for (const plots of this.plots) for (const plot of plots) plot.follow(step);
      const values = this.plots[0].flatMap((plot) => plot.said(words));
      this.write([{ name: said, value: "" }, ...values]);
      const heard = values.filter(({ value }) => value).map(({ name, value }) => `${name} ${value}`);
      this.chart.setAttribute("aria-valuenow", step);
      this.chart.setAttribute("aria-valuetext", [described, ...heard].join(", "));
    }

    // Every value has a place of a fixed width: lines break the same way at every step.
    write(items) {
      const { reading } = this;
      items.forEach(({ name, value }, place) => {
        const [first, second] = reading.children[place].children;
        if (first.textContent !== name) first.textContent = name;
        if (second.textContent !== value) second.textContent = value;
      });
    }

    press(event) {
      if (event.button !== 0) return;
      this.pressed = true;
      this.chart.setPointerCapture(event.pointerId);
      this.timeline.pause();
      this.lead(event);
    }

    // A mouse previews by moving over the chart; a finger leads only while it is down.
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

  globalThis.grokreel = { ...globalThis.grokreel, LedChart };
}
