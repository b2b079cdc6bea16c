// Films on a timeline: they seek while the reader drags, and run while the timeline plays.
//
// A film has a frame for every step. At rest it stands in the middle of its frame, so that rounding
// shows no other. While playing, the timeline waits for a visible film without data, and takes its
// step from the frame on the screen.
//
// A film on a server without byte ranges cannot seek; it gets the browser's own controls.

"use strict";

{
  const { dataOf, watchPlace } = grokreel.page;
  const { indexOf, nearest, valueAt } = grokreel.steps;

  const TOLERANCE = 0.12; // seconds that a running film may be off before it seeks

  // A button that plays and pauses a timeline.
  const makePlayButton = (timeline) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "play";
    button.addEventListener("click", () => timeline.toggle());
    button.addEventListener("keydown", (event) => timeline.key(event));
    return button;
  };

  const updatePlayButton = (button, { playing, words }) => {
    const label = playing ? words.pause : words.play;
    if (button.getAttribute("aria-label") === label) return;
    button.setAttribute("aria-label", label);
    button.classList.toggle("playing", playing);
  };

  class LedFilm {
    constructor(figure, timeline, timing = dataOf(figure)) {
      this.figure = figure;
      this.timeline = timeline;
      this.video = figure.querySelector("video");
      this.near = false;
      this.video.controls = false;
      this.video.muted = true;
      figure.classList.add("led");
      this.button = makePlayButton(timeline);
      this.video.after(this.button);
      this.note = this.makeNote();
      this.read(timing);
      // Of a figure that can be drawn by the page, there is a film of the text's seed only.
      this.fixed = figure.querySelector(".live") !== null;
      figure.classList.toggle("filmed", this.fixed);
      this.watch();
      this.video.addEventListener("click", () => this.alone || timeline.toggle());
      // Errors of a `source` element do not bubble, so this captures them.
      this.video.addEventListener("error", () => this.leave(timeline.words.lost), true);
      this.video.addEventListener("seeked", () => this.arrived());
      this.video.addEventListener("playing", () => figure.classList.add("moving"));
      this.video.addEventListener("loadedmetadata", () => this.follow());
      figure.addEventListener("reseed", () => this.replaced());
      watchPlace(figure, { near: (is) => this.approach(is) });
    }

    // Read the steps of the frames and their times in seconds. The first frame, which is held for
    // longer, counts as one tick.
    read(timing) {
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

    makeNote() {
      const note = document.createElement("p");
      note.className = "apart";
      note.setAttribute("role", "status");
      this.figure.querySelector("figcaption").prepend(note);
      return note;
    }

    // Record the time of every frame that reaches the screen.
    watch() {
      this.video.requestVideoFrameCallback?.((_, { mediaTime }) => {
        this.presented = mediaTime;
        this.watch();
      });
    }

    // The step on the screen; while seeking, the requested step.
    get shown() {
      const { presented, starts, steps, timeline, video } = this;
      const counts = "requestVideoFrameCallback" in video && video.readyState > 0;
      if (!counts || this.alone || !this.near || !this.seen) return undefined;
      if (video.seeking || presented === undefined) return timeline.step;
      const after = starts.findIndex((start) => start > presented + this.half);
      return steps[after < 0 ? steps.length - 1 : Math.max(0, after - 1)];
    }

    goTo(seconds) {
      this.presented = undefined;
      this.video.currentTime = seconds;
    }

    // The visible height of the figure in pixels.
    get seen() {
      return this.timeline.bar?.seen.get(this.figure) ?? 0;
    }

    // Whether playing must wait: the film is visible, and the data of its frame are missing.
    get late() {
      const { video } = this;
      if (this.alone || !this.near || !this.seen) return false;
      if (video.seeking || video.readyState < HTMLMediaElement.HAVE_METADATA) return true;
      const ends = video.ended || video.currentTime >= this.starts.at(-1);
      return !ends && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    }

    get seekable() {
      const { seekable, duration } = this.video;
      return seekable.length > 0 && seekable.end(seekable.length - 1) > duration - TOLERANCE;
    }

    // Take the film off the timeline and write the reason into the caption.
    leave(why) {
      const { figure, timeline, video } = this;
      this.alone = true;
      this.note.textContent = why;
      this.button.hidden = true;
      figure.classList.add("alone");
      figure.classList.toggle("led", why === timeline.words.lost);
      video.controls = why === timeline.words.alone;
      const playing = timeline.playing;
      timeline.bar?.look([]);
      if (timeline.followers.every(({ alone }) => alone)) timeline.pause();
      if (video.controls && playing) video.play().catch(() => {});
    }

    join() {
      this.alone = this.video.controls = this.button.hidden = false;
      this.note.textContent = "";
      this.figure.classList.remove("alone");
      this.figure.classList.add("led");
    }

    approach(near) {
      this.near = near;
      if (near) this.follow();
      else if (!this.alone) this.video.pause();
    }

    replaced() {
      if (this.fixed) return;
      this.read(dataOf(this.figure));
      this.join();
      this.presented = undefined;
      this.figure.classList.remove("moving");
      this.timeline.settle();
      this.follow();
    }

    // Show the state of the timeline. A film far from the window, or of an unused timeline, rests.
    follow() {
      const { timeline, video } = this;
      updatePlayButton(this.button, timeline);
      if (this.alone) return;
      if (!timeline.touched) this.figure.classList.remove("moving");
      if (!this.near || !timeline.touched) return;
      if (video.readyState < HTMLMediaElement.HAVE_METADATA) {
        video.preload = "auto";
        if (video.networkState !== HTMLMediaElement.NETWORK_LOADING) video.load();
      } else if (!this.seekable) this.leave(timeline.words.alone);
      else if (timeline.running && timeline.waits) this.hold();
      else if (timeline.running) this.run();
      else this.rest();
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
      if (Math.abs(off) > TOLERANCE && !video.seeking) this.goTo(now);
      video.playbackRate = Math.min(16, Math.max(0.0625, speed * (1 + off)));
      if (video.paused) video.play().catch(() => {});
    }

    // Pause at the current position until all films have their data.
    hold() {
      const { video } = this;
      if (!video.paused) video.pause();
      const now = this.secondsAt(this.timeline.exact);
      if (!video.seeking && Math.abs(now - video.currentTime) > TOLERANCE) this.goTo(now);
    }

    rest() {
      const { figure, video } = this;
      if (!video.paused) video.pause();
      if (video.seeking) return;
      const wanted = this.starts[this.frameAt(this.timeline.step)] + this.half;
      if (Math.abs(video.currentTime - wanted) >= this.half / 2) this.goTo(wanted);
      else if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) figure.classList.add("moving");
    }

    // Seek again only after the last seek has ended, so that dragging does not queue seeks.
    arrived() {
      this.figure.classList.add("moving");
      this.follow();
    }

    frameAt(step) {
      return nearest(this.steps, step);
    }

    // The time of the film for a step, which may lie between two frames.
    secondsAt(step) {
      const { steps, starts } = this;
      if (step >= steps.at(-1)) return starts.at(-1) + this.half;
      return valueAt(starts, indexOf(steps, step));
    }
  }

  grokreel.timeline = { LedFilm, makePlayButton, updatePlayButton };
}
