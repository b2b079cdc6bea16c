// Films that a timeline leads: seeking while readers scrub, running while it plays.
//
// A film's moving part has a place for every step. At rest a film stands in the middle of the frame
// it is asked for, so that no rounding shows its neighbour. While playing, the timeline waits for a
// film in view that has no data yet, and counts the steps by the frames that are on the screen.
//
// A film is left to its own controls where the server answers no byte ranges: it cannot be sought.

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
      this.note = this.noteOfIts();
      this.read();
      this.watch();
      this.video.addEventListener("click", () => this.alone || timeline.toggle());
      // Errors of a `source` do not bubble.
      this.video.addEventListener("error", () => this.leave(timeline.words.lost), true);
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

    noteOfIts() {
      const note = document.createElement("p");
      note.className = "apart";
      note.setAttribute("role", "status");
      this.figure.querySelector("figcaption").prepend(note);
      return note;
    }

    // Notes which frame is on the screen, each time there is another.
    watch() {
      this.video.requestVideoFrameCallback?.((_, { mediaTime }) => {
        this.presented = mediaTime;
        this.watch();
      });
    }

    // The step on the screen; on the way to another place the one that was asked for last.
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

    // How much of the window the film's figure fills, in pixels.
    get seen() {
      return this.timeline.bar?.seen.get(this.figure) ?? 0;
    }

    // Whether playing has to wait: the film is looked at, and the data of its frame are not there.
    get late() {
      const { video } = this;
      if (this.alone || !this.near || !this.seen) return false;
      if (video.seeking || video.readyState < HTMLMediaElement.HAVE_METADATA) return true;
      const ends = video.ended || video.currentTime >= this.starts.at(-1);
      return !ends && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    }

    get seekable() {
      const { seekable, duration } = this.video;
      return seekable.length > 0 && seekable.end(seekable.length - 1) > duration - STRAY;
    }

    // The timeline no longer leads this film, and the caption says why.
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

    come(near) {
      this.near = near;
      if (near) this.follow();
      else if (!this.alone) this.video.pause();
    }

    exchanged() {
      this.read();
      this.join();
      this.presented = undefined;
      this.figure.classList.remove("moving");
      this.timeline.settle();
      this.follow();
    }

    // Does what the timeline does; a film that is far away, or that nobody has asked for, rests.
    follow() {
      const { timeline, video } = this;
      this.tell();
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
      if (Math.abs(off) > STRAY && !video.seeking) this.goTo(now);
      video.playbackRate = Math.min(16, Math.max(0.0625, speed * (1 + off)));
      if (video.paused) video.play().catch(() => {});
    }

    // Stands where it will run on, until all films have their data.
    hold() {
      const { video } = this;
      if (!video.paused) video.pause();
      const now = this.secondsAt(this.timeline.exact);
      if (!video.seeking && Math.abs(now - video.currentTime) > STRAY) this.goTo(now);
    }

    rest() {
      const { figure, video } = this;
      if (!video.paused) video.pause();
      if (video.seeking) return;
      const wanted = this.starts[this.frameAt(this.timeline.step)] + this.half;
      if (Math.abs(video.currentTime - wanted) >= this.half / 2) this.goTo(wanted);
      else if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) figure.classList.add("moving");
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
