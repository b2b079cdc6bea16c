// Figures that the page draws: an SVG with text, and above it a canvas for what changes.
//
// Scene and pack are loaded when the figure comes near the window, those of the first after a paint.
// Until the first frame the poster is shown, and if a file does not load, the film is. A figure in
// a file of its own has no film: the poster stays.

"use strict";

{
  const { LedFilm, makePlayButton, updatePlayButton } = grokreel.timeline;
  const { dataOf, unpacks } = grokreel.page;
  const { wholePace } = grokreel.pace;
  const { nearest } = grokreel.steps;

  // Which class follows a timeline for a figure; `decodes` is whether the browser can unpack gzip.
  const figureKind = ({ classes, live, filmed = true }, decodes) => {
    if (classes.includes("film")) return live && (decodes || !filmed) ? "scene" : "film";
    return classes.includes("plot") ? "chart" : "widget";
  };

  const kindOf = (figure) =>
    figureKind(
      {
        classes: [...figure.classList],
        live: figure.querySelector(".live") !== null,
        filmed: figure.querySelector("video") !== null,
      },
      unpacks(),
    );

  // The size of a canvas in device pixels. The browser's own is exact, but where developer tools
  // emulate another screen it is that of the real one.
  const deviceSize = ({ devicePixelContentBoxSize, contentRect }) => {
    const [exact] = devicePixelContentBoxSize ?? [];
    const width = contentRect.width * devicePixelRatio;
    const height = contentRect.height * devicePixelRatio;
    if (exact && Math.abs(exact.inlineSize - width) <= 1) return [exact.inlineSize, exact.blockSize];
    return [Math.round(width), Math.round(height)];
  };

  // Call `resized(width, height)` with the size of a canvas in device pixels, when it changes.
  const observeSize = (canvas, resized) => {
    const observer = new ResizeObserver(([entry]) => resized(...deviceSize(entry)));
    try {
      observer.observe(canvas, { box: "device-pixel-content-box" });
    } catch {
      observer.observe(canvas); // Safari does not know this box.
    }
    return observer;
  };

  // A poster at the top is painted first: numbers would hold it up. Hidden tabs do not paint.
  const posterShown = async (figure) => {
    const poster = figure.querySelector(".player > img");
    if (!poster || poster.loading === "lazy") return;
    await poster.decode().catch(() => {});
    await new Promise((shown) => {
      new PerformanceObserver(shown).observe({ type: "paint", buffered: true });
      setTimeout(shown, 1500);
    });
  };

  class SceneFigure {
    constructor(figure, timeline) {
      Object.assign(this, { figure, timeline });
      this.live = figure.querySelector(".live");
      this.canvas = document.createElement("canvas");
      this.near = this.visible = false;
      this.filmTiming = dataOf(figure);
      this.video = figure.querySelector("video");
      if (this.video) this.video.controls = false;
      figure.classList.add("led");
      this.button = makePlayButton(timeline);
      this.live.after(this.button);
      this.readout = new grokreel.Readout(this);
      this.read();
      this.observe();
    }

    // Read the steps of the scene that the figure shall show, and the marks.
    read() {
      this.steps = JSON.parse(this.live.dataset.steps);
      this.timing = dataOf(this.figure);
      this.pace = wholePace(this.steps, this.timing.marks);
    }

    observe() {
      const { canvas, figure } = this;
      this.retired = new AbortController();
      const { signal } = this.retired;
      const near = (is) => this.approach(is);
      const visible = (is) => this.appear(is);
      grokreel.page.watchPlace(figure, { near, visible }, signal);
      if (this.live === document.querySelector("figure .live")) this.load();
      const size = observeSize(canvas, (width, height) => this.resize(width, height));
      grokreel.palette.watch(() => this.repaint());
      figure.addEventListener("reseed", () => this.replaced(), { signal });
      document.addEventListener("intervene", ({ detail }) => this.changed(detail), { signal });
      signal.addEventListener("abort", () => size.disconnect());
    }

    approach(near) {
      this.near = near;
      if (near) this.load();
    }

    appear(visible) {
      this.visible = visible;
      this.schedule();
    }

    // Load the wanted scene and its pack, once. Of several, the last is shown.
    async load() {
      const { scene, sceneSrc, pack, packSrc } = this.live.dataset;
      if (this.asked === scene) return;
      this.asked = scene;
      try {
        if (!this.scene) await posterShown(this.figure);
        const [drawing, numbers] = await Promise.all([
          grokreel.scenes.load(scene, sceneSrc),
          pack ? grokreel.packs.load(pack, packSrc) : null,
        ]);
        if (this.asked === scene && !this.retired.signal.aborted) this.show(drawing, numbers);
      } catch (error) {
        if (this.asked === scene) this.retire();
        reportError(error);
      }
    }

    show(scene, pack) {
      const { canvas, figure, live } = this;
      Object.assign(this, { scene, pack, shownName: this.asked, packName: live.dataset.pack });
      this.makePainters();
      grokreel.layers.fillBox(live, scene, canvas);
      live.hidden = false;
      figure.classList.add("lives");
      this.readout.settle();
      this.resize(...deviceSize({ contentRect: canvas.getBoundingClientRect() }));
    }

    // Make the painters of the pack, or of one that the reader has changed.
    makePainters() {
      const { words } = this.timeline;
      const pack = grokreel.packs.changed.get(this.packName) ?? this.pack;
      this.painters = this.scene.layers.map((layer) =>
        grokreel.layers.create(layer, { scene: this.scene, pack, words }),
      );
    }

    // The reader has changed weights of a run.
    changed(name) {
      if (!this.scene || this.packName !== name) return;
      this.makePainters();
      this.repaint();
    }

    // Show the film instead, or the poster.
    retire() {
      const { button, figure, filmTiming, live, timeline } = this;
      this.retired.abort();
      cancelAnimationFrame(this.pending);
      this.scene = null;
      button.remove();
      this.readout.remove();
      live.hidden = true;
      live.replaceChildren();
      figure.classList.remove("lives");
      if (this.video) timeline.exchange(this, new LedFilm(figure, timeline, filmTiming));
    }

    // The figure shall show another seed. The old one stays until the new one is decoded.
    replaced() {
      this.read();
      this.timeline.settle();
      if (this.near || this.scene) this.load();
      this.follow();
    }

    // The visible height of the figure in pixels.
    get seen() {
      return this.timeline.bar?.seen.get(this.figure) ?? 0;
    }

    // Whether the figure has painted the scene that it shall show.
    get ready() {
      return Boolean(this.scene) && this.shownName === this.live.dataset.scene;
    }

    // Whether playing must wait for a visible figure.
    get late() {
      return this.seen > 0 && !this.ready && !this.retired.signal.aborted;
    }

    // The step on the screen, which is that of the timeline.
    get shown() {
      const { exact, steps } = this.timeline;
      return this.ready && this.seen ? steps[nearest(steps, exact)] : undefined;
    }

    // The frame of the timeline's step.
    get frame() {
      return nearest(this.scene.steps, this.timeline.step);
    }

    follow() {
      updatePlayButton(this.button, this.timeline);
      this.schedule();
    }

    // Paint in the next animation frame.
    schedule() {
      if (this.scene && this.visible) this.pending ??= requestAnimationFrame(() => this.paint());
    }

    // Paint the frame of the timeline's step, unless it is on the canvas already.
    paint() {
      cancelAnimationFrame(this.pending);
      this.pending = undefined;
      if (!this.scene || !this.visible) return;
      const { frame } = this;
      if (frame !== this.painted) this.draw(frame);
    }

    repaint() {
      this.painted = undefined;
      this.schedule();
    }

    // A change of its size empties a canvas, so this draws at once.
    resize(width, height) {
      if (!this.scene || !width || !height) return;
      grokreel.layers.resize(this.canvas, width, height);
      this.draw(this.frame);
    }

    draw(frame) {
      const { canvas, painters, readout, scene } = this;
      this.painted = frame;
      grokreel.layers.paintFrame(canvas, scene, painters, frame, readout.light);
      this.readout.follow();
    }
  }

  Object.assign(grokreel.timeline, { SceneFigure, figureKind, kindOf });
}
