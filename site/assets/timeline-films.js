// Films that a timeline leads: seeking while readers scrub, running while it plays.
//
// A film's moving part has a place for every step. At rest a film stands in the middle of the frame
// it is asked for, so that no rounding shows its neighbour.

{
  const STRAY = 0.12; // seconds by which a running film may be off before it is set right at once

  class LedFilm {
    constructor(figure, timeline) {
      this.figure = figure;
      this.timeline = timeline;
      this.video = figure.querySelector("video");
      this.near = false;
      this.video.controls = false;
      this.video.muted = true;
      figure.classList.add("led");
      this.button = this.playButton();
      this.read();
      this.video.addEventListener("click", () => timeline.toggle());
      this.video.addEventListener("seeked", () => this.arrived());
      this.video.addEventListener("playing", () => figure.classList.add("moving"));
      this.video.addEventListener("loadedmetadata", () => this.follow());
      figure.addEventListener("reseed", () => this.exchanged());
      new IntersectionObserver(([entry]) => this.come(entry.isIntersecting), {
        rootMargin: "60% 0%",
      }).observe(figure);
    }

    // Steps and where the film shows them, in seconds; the held first frame counts as one tick.
    read() {
      const timing = JSON.parse(this.figure.querySelector("script.timing").textContent);
      const { fps, steps, ticks } = timing;
      this.timing = timing;
      this.steps = steps;
      let at = 0;
      this.starts = ticks.map((count) => (at += count) - count);
      this.starts[0] = Math.max(0, ticks[0] - (ticks[1] ?? 1));
      this.starts = this.starts.map((tick) => tick / fps);
      this.half = 0.5 / fps;
      this.pace = fps / (ticks[1] ?? 1);
    }

    playButton() {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "play";
      button.addEventListener("click", () => this.timeline.toggle());
      button.addEventListener("keydown", (event) => this.timeline.key(event));
      this.video.after(button);
      return button;
    }

    come(near) {
      this.near = near;
      if (near) this.follow();
      else this.video.pause();
    }

    exchanged() {
      this.read();
      this.figure.classList.remove("moving");
      this.timeline.settle();
      this.follow();
    }

    // Does what the timeline does; a film that is far away, or that nobody has asked for, rests.
    follow() {
      const { timeline, video } = this;
      this.figure.classList.toggle("touched", timeline.touched);
      this.tell();
      if (!this.near || !timeline.touched) return;
      if (video.readyState < HTMLMediaElement.HAVE_METADATA) {
        video.preload = "auto";
        if (video.networkState !== HTMLMediaElement.NETWORK_LOADING) video.load();
      } else if (timeline.running) this.run();
      else this.rest();
    }

    tell() {
      const { playing, words } = this.timeline;
      const label = playing ? words.pause : words.play;
      if (this.button.getAttribute("aria-label") === label) return;
      this.button.setAttribute("aria-label", label);
      this.button.classList.toggle("playing", playing);
    }

    run() {
      const { timeline, video } = this;
      const now = this.secondsAt(timeline.exact);
      const speed = (this.secondsAt(timeline.ahead(0.5)) - now) / 0.5;
      if (speed <= 0) {
        this.rest();
        return;
      }
      const off = now - video.currentTime;
      if (Math.abs(off) > STRAY && !video.seeking) video.currentTime = now;
      video.playbackRate = Math.min(16, Math.max(0.0625, speed * (1 + off)));
      if (video.paused) video.play().catch(() => {});
    }

    rest() {
      const { video } = this;
      if (!video.paused) video.pause();
      const wanted = this.starts[this.frameAt(this.timeline.step)] + this.half;
      if (video.seeking || Math.abs(video.currentTime - wanted) < this.half / 2) return;
      video.currentTime = wanted;
    }

    // Asks for the next frame only when the last one is there, so that dragging never queues.
    arrived() {
      this.figure.classList.add("moving");
      this.follow();
    }

    frameAt(step) {
      return nearest(this.steps, step);
    }

    // Where the film should be for a step that may lie between two frames.
    secondsAt(step) {
      const { steps, starts } = this;
      const last = steps.length - 1;
      const after = Math.min(last, Math.max(1, steps.findIndex((each) => each > step)));
      if (step >= steps[last]) return starts[last] + this.half;
      const part = (step - steps[after - 1]) / (steps[after] - steps[after - 1]);
      return starts[after - 1] + Math.max(0, part) * (starts[after] - starts[after - 1]);
    }
  }

  // The place of the value in a rising list that is closest to the one asked for.
  function nearest(values, wanted) {
    let [low, high] = [0, values.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (values[middle] <= wanted) low = middle;
      else high = middle;
    }
    return wanted - values[low] <= values[high] - wanted ? low : high;
  }

  globalThis.grokreel = { ...globalThis.grokreel, LedFilm, nearest };
}
