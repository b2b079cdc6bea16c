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

  // A curve as points, from the moves it is drawn by.
  const pointsOf = (path) => {
    const points = [];
    let [x, y] = [0, 0];
    for (const [, command, rest] of path.getAttribute("d").matchAll(/([Mlh])([^Mlh]*)/g)) {
      const numbers = (rest.match(/-?(?:\d+\.?\d*|\.\d+)/g) ?? []).map(Number);
      if (command === "h") points.push([(x += numbers[0]), y]);
      for (let place = 0; command !== "h" && place + 1 < numbers.length; place += 2) {
        [x, y] =
          command === "M"
            ? [numbers[place], numbers[place + 1]]
            : [x + numbers[place], y + numbers[place + 1]];
        points.push([x, y]);
      }
    }
    return points;
  };

  const heightAt = (points, x) => {
    const after = points.findIndex((point) => point[0] >= x);
    if (after < 0 || points[0][0] > x + 0.5) return null;
    if (after === 0) return points[0][1];
    const [[x0, y0], [x1, y1]] = [points[after - 1], points[after]];
    return x1 > x0 ? y0 + ((y1 - y0) * (x - x0)) / (x1 - x0) : y1;
  };

  // One pair of axes inside a chart.
  class LedPlot {
    constructor(group) {
      const data = group.dataset;
      this.scale = data.scale;
      for (const name of ["left", "right", "top", "bottom", "firstStep", "lastStep", "low", "high"]) {
        this[name] = Number(data[name]);
      }
      this.curves = [...group.querySelectorAll("path.line")].map((path) => ({
        name: path.dataset.name,
        points: pointsOf(path),
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
        const y = heightAt(curve.points, x);
        curve.dot.setAttribute("visibility", y === null ? "hidden" : "visible");
        curve.dot.setAttribute("cx", x);
        curve.dot.setAttribute("cy", y ?? 0);
        curve.value = y === null ? null : this.valueAt(y);
      }
    }

    valueAt(y) {
      const part = (this.bottom - y) / (this.bottom - this.top);
      if (this.scale === "log") return this.low * (this.high / this.low) ** part;
      return this.low + part * (this.high - this.low);
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
      return words.percent.replace("{number}", percent(Math.min(1, Math.max(0, value))));
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
        [...svg.querySelectorAll("g.plot")].map((group) => new LedPlot(group)),
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
