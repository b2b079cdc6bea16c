// A choice of seeds: the figures of the model show the chosen seed. Readers choose in the figure of
// seeds, if the page has one, and in the timeline bar; an address can name a seed too.
//
// Each seed has a script, loaded when the seed is first chosen. It passes the figures on in a `seed`
// event, packed: browsers that cannot unpack offer no seeds. Elements that differ have `data-seeded`;
// one that another seed does not have, such as a film, stays.

"use strict";

{
  const { filled, given, keepInAddress, parameterOf, runScript, unpacked, unpacks } = grokreel.page;

  const seeded = (figure) => [...figure.querySelectorAll("[data-seeded]")];

  // Give the box of a scene the names of another one. The scene in it stays until that is loaded.
  const replaceScene = (live, other) => {
    for (const { name, value } of other.attributes) {
      if (!["class", "hidden"].includes(name)) live.setAttribute(name, value);
    }
  };

  // For each element its partner: of those with the same tag and first class, the one at the same
  // place; scripts add further classes. Null if there is none.
  const partnersOf = (own, theirs) => {
    const kind = ({ tagName, className }) => `${tagName}.${className.split(" ")[0]}`;
    const left = [...theirs];
    return own.map((part) => {
      const place = left.findIndex((other) => kind(other) === kind(part));
      return place < 0 ? null : left.splice(place, 1)[0];
    });
  };

  // Replace the elements of a figure by those of another seed.
  const reseed = (figure, markup) => {
    const template = document.createElement("template");
    template.innerHTML = markup;
    const other = template.content.querySelector("figure");
    const label = other.getAttribute("aria-label");
    if (label) figure.setAttribute("aria-label", label);
    const own = seeded(figure);
    const partners = partnersOf(own, seeded(other));
    own.forEach((part, place) => {
      const partner = partners[place];
      if (partner === null) return;
      if (part.classList.contains("live")) replaceScene(part, partner);
      else part.replaceWith(partner);
    });
    figure.dispatchEvent(new CustomEvent("reseed"));
  };

  const radiosOf = (figure) => [...figure.querySelectorAll("input[type='radio']")];

  // The choice of one model's seed, in figures and in the timeline bar.
  class SeedChooser {
    constructor(model, figures, parameter) {
      this.model = model;
      this.parameter = parameter;
      this.radios = figures.flatMap(radiosOf);
      this.notes = notes.filter((note) => note.dataset.model === model);
      const list = lists.find(({ dataset }) => dataset.model === model);
      const spans = [...(list?.children ?? [])].map(({ dataset }) => [dataset.seed, dataset.script]);
      this.scripts = new Map([...spans, ...this.radios.map(({ value, dataset }) => [value, dataset.script])]);
      this.original = this.radios.find((radio) => radio.defaultChecked)?.value ?? list.dataset.shown;
      this.current = this.wanted = this.original;
      this.timeline = grokreel.timelines?.find((timeline) => timeline.model === model);
      if (this.timeline) this.timeline.chooser = this;
      this.known = new Map();
      for (const radio of this.radios) {
        radio.disabled = radio.hidden = false;
        radio.addEventListener("change", () => this.choose(radio.value, radio.closest("li")));
        radio.addEventListener("keydown", (event) => this.move(event, radio));
      }
      for (const note of this.notes) {
        note.querySelector("button")?.addEventListener("click", () => this.back(note));
      }
      for (const figure of figures) figure.querySelector(".hint").hidden = false;
      document.addEventListener("seed", ({ detail }) => {
        if (detail.model === model) this.known.set(detail.seed, unpacked(detail.figures).json());
      });
      const wanted = given(parameter);
      this.choose(this.scripts.has(wanted) ? wanted : this.original);
    }

    // All seeds that can be chosen, in order.
    get seeds() {
      return [...this.scripts.keys()];
    }

    // Show a seed; `anchor` keeps its position on the screen.
    choose(seed, anchor = null) {
      this.wanted = seed;
      this.anchor = anchor;
      for (const radio of this.radios) radio.checked = radio.value === seed;
      this.timeline?.bar?.offerSeeds();
      if (seed === this.current) this.keepChoice();
      else this.load(seed);
    }

    async load(seed) {
      try {
        if (!this.known.has(seed)) await runScript(this.scripts.get(seed));
        const figures = await this.known.get(seed);
        if (seed === this.wanted) this.show(figures);
      } catch (error) {
        if (seed === this.wanted) this.choose(this.current);
        reportError(error);
      }
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

  const notes = [...document.querySelectorAll(".other-seed")];
  const figures = [...document.querySelectorAll("figure.seeds")].filter(
    (figure) => radiosOf(figure).length,
  );
  const lists = [...document.querySelectorAll(".seed-scripts")];
  const models = [...new Set([...figures, ...lists].map(({ dataset }) => dataset.model))];
  for (const model of unpacks() ? models : []) {
    const own = figures.filter((figure) => figure.dataset.model === model);
    new SeedChooser(model, own, parameterOf("seed", model, models.length > 1));
  }

  grokreel.seeds = { partnersOf };
}
