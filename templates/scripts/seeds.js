// A choice of seeds: the figures of the model show the chosen seed.
//
// Each seed has a script with its figures. It is loaded when the seed is first chosen, and passes
// the figures on in a `seed` event. Elements that differ between seeds have `data-seeded`.

"use strict";

{
  const { filled, keepInAddress } = grokreel.page;

  const seeded = (figure) => [...figure.querySelectorAll("[data-seeded]")];

  // Give a video another film. The timeline of the model then seeks its step.
  const replaceFilm = (video, other) => {
    for (const name of ["aria-label", "width", "height", "poster"]) {
      video.setAttribute(name, other.getAttribute(name));
    }
    // `load()` would also fetch films that the reader has not started.
    video.src = other.querySelector("source").getAttribute("src");
  };

  // Replace the elements of a figure by those of another seed.
  const reseed = (figure, markup) => {
    const template = document.createElement("template");
    template.innerHTML = markup;
    const other = template.content.querySelector("figure");
    const label = other.getAttribute("aria-label");
    if (label) figure.setAttribute("aria-label", label);
    const theirs = seeded(other);
    seeded(figure).forEach((part, place) => {
      if (part instanceof HTMLVideoElement) replaceFilm(part, theirs[place]);
      else part.replaceWith(theirs[place]);
    });
    figure.dispatchEvent(new CustomEvent("reseed"));
  };

  const radiosOf = (figure) => [...figure.querySelectorAll("input[type='radio']")];

  // The choice of one model's seed; several figures of a page can show it.
  class SeedChooser {
    constructor(model, figures, parameter) {
      this.model = model;
      this.parameter = parameter;
      this.radios = figures.flatMap(radiosOf);
      this.original = this.radios.find((radio) => radio.defaultChecked).value;
      this.current = this.wanted = this.original;
      this.known = new Map();
      this.notes = [...document.querySelectorAll(".other-seed")].filter(
        (note) => note.dataset.model === this.model,
      );
      for (const radio of this.radios) {
        radio.disabled = radio.hidden = false;
        radio.addEventListener("change", () => this.choose(radio.value, radio.closest("li")));
        radio.addEventListener("keydown", (event) => this.move(event, radio));
      }
      for (const note of this.notes) {
        note.querySelector("button")?.addEventListener("click", () => this.back(note));
      }
      for (const figure of figures) figure.querySelector(".hint").hidden = false;
      document.addEventListener("seed", ({ detail }) => this.receive(detail));
      const given = new URLSearchParams(location.search).get(parameter);
      const known = this.radios.some((radio) => radio.value === given);
      this.choose(known ? given : this.original);
    }

    // Show a seed; `anchor` keeps its position on the screen.
    choose(seed, anchor = null) {
      this.wanted = seed;
      this.anchor = anchor;
      for (const radio of this.radios) radio.checked = radio.value === seed;
      if (seed === this.current) this.keepChoice();
      else if (this.known.has(seed)) this.show(this.known.get(seed));
      else this.load(seed);
    }

    load(seed) {
      const script = document.createElement("script");
      script.src = this.radios.find((radio) => radio.value === seed).dataset.script;
      script.addEventListener("load", () => script.remove());
      script.addEventListener("error", () => {
        script.remove();
        if (this.wanted === seed) this.choose(this.current);
      });
      document.head.append(script);
    }

    receive({ model, seed, figures }) {
      if (model !== this.model) return;
      this.known.set(seed, figures);
      if (seed === this.wanted) this.show(figures);
    }

    show(figures) {
      const before = this.anchor?.getBoundingClientRect().top;
      for (const [id, markup] of Object.entries(figures)) {
        const figure = document.getElementById(`figure-${id}`);
        if (figure) reseed(figure, markup);
      }
      this.current = this.wanted;
      this.writeNotes();
      this.keepChoice();
      if (this.anchor) {
        const moved = this.anchor.getBoundingClientRect().top - before;
        scrollBy({ top: moved, behavior: "instant" });
      }
    }

    // Write at each figure of the model which seed it shows, unless it is the text's.
    writeNotes() {
      const values = { seed: this.current, shown: this.original };
      for (const note of this.notes) {
        for (const part of note.querySelectorAll("[data-said]")) {
          part.textContent = filled(part.dataset.said, values);
        }
        note.hidden = this.current === this.original;
      }
    }

    // Keep the choice in the address, so that a link shows it.
    keepChoice() {
      keepInAddress(this.parameter, this.current === this.original ? null : this.current);
    }

    // The button is hidden with its note, so the focus moves to the figure.
    back(note) {
      const figure = note.closest("figure");
      this.choose(this.original, figure);
      figure.tabIndex = -1;
      figure.focus({ preventScroll: true });
    }

    // Up and down choose the chart above and below. The browser handles left and right.
    move(event, radio) {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const radios = radiosOf(radio.closest("figure"));
      const tops = radios.map((one) => one.closest("li").offsetTop);
      const columns = tops.filter((top) => top === tops[0]).length;
      const target = radios[radios.indexOf(radio) + step * columns];
      target?.focus();
      target?.click();
    }
  }

  const figures = [...document.querySelectorAll("figure.seeds")].filter(
    (figure) => figure.dataset.chooses === undefined && radiosOf(figure).length,
  );
  const models = [...new Set(figures.map((figure) => figure.dataset.model))];
  for (const model of models) {
    const own = figures.filter((figure) => figure.dataset.model === model);
    for (const figure of own) figure.dataset.chooses = "";
    new SeedChooser(model, own, models.length > 1 ? `seed-${model}` : "seed");
  }
}
