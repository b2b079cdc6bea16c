// Seeds to choose from: every figure of the model, as far as it can, shows the one that is chosen.
//
// A seed's figures lie in a script of their own, which is loaded when the seed is first chosen and
// hands them over in an event. Whatever differs from seed to seed is marked `data-seeded`.

{
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  const seeded = (figure) => [...figure.querySelectorAll("[data-seeded]")];

  // Gives a video another film; the timeline of its model takes it to the step it was at.
  const exchange = (video, other) => {
    for (const name of ["aria-label", "width", "height", "poster"]) {
      video.setAttribute(name, other.getAttribute(name));
    }
    // Not `load()`, which would fetch films that nobody has started.
    video.src = other.querySelector("source").getAttribute("src");
  };

  // Gives a figure what the same figure of another seed has.
  const reseed = (figure, markup) => {
    const template = document.createElement("template");
    template.innerHTML = markup;
    const other = template.content.querySelector("figure");
    const label = other.getAttribute("aria-label");
    if (label) figure.setAttribute("aria-label", label);
    const theirs = seeded(other);
    seeded(figure).forEach((part, place) => {
      if (part instanceof HTMLVideoElement) exchange(part, theirs[place]);
      else part.replaceWith(theirs[place]);
    });
    figure.dispatchEvent(new CustomEvent("reseed"));
  };

  const radiosOf = (figure) => [...figure.querySelectorAll("input[type='radio']")];

  // The choice of one model's seed; several figures may offer it.
  class SeedChooser {
    constructor(model, figures, parameter) {
      this.model = model;
      this.parameter = parameter;
      this.radios = figures.flatMap(radiosOf);
      this.told = this.radios.find((radio) => radio.defaultChecked).value;
      this.standing = this.wanted = this.told;
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
      const asked = new URLSearchParams(location.search).get(parameter);
      const known = this.radios.some((radio) => radio.value === asked);
      this.choose(known ? asked : this.told);
    }

    // Asks for a seed; what the reader looks at stays where it is on the screen.
    choose(seed, anchor = null) {
      this.wanted = seed;
      this.anchor = anchor;
      for (const radio of this.radios) radio.checked = radio.value === seed;
      if (seed === this.standing) this.remember();
      else if (this.known.has(seed)) this.show(this.known.get(seed));
      else this.load(seed);
    }

    load(seed) {
      const script = document.createElement("script");
      script.src = this.radios.find((radio) => radio.value === seed).dataset.script;
      script.addEventListener("load", () => script.remove());
      script.addEventListener("error", () => {
        script.remove();
        if (this.wanted === seed) this.choose(this.standing);
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
      this.standing = this.wanted;
      this.tell();
      this.remember();
      if (this.anchor) {
        const moved = this.anchor.getBoundingClientRect().top - before;
        scrollBy({ top: moved, behavior: "instant" });
      }
    }

    // Says at each figure of the model which seed it shows, unless it is the one of the text.
    tell() {
      const values = { seed: this.standing, shown: this.told };
      for (const note of this.notes) {
        for (const part of note.querySelectorAll("[data-said]")) {
          part.textContent = filled(part.dataset.said, values);
        }
        note.hidden = this.standing === this.told;
      }
    }

    // Keeps the choice in the address, so that a link leads to it; not every place has one to keep.
    remember() {
      const address = new URL(location.href);
      if (this.standing === this.told) address.searchParams.delete(this.parameter);
      else address.searchParams.set(this.parameter, this.standing);
      if (address.href === location.href) return;
      try {
        history.replaceState(history.state, "", address);
      } catch {
        // The figures show the seed all the same.
      }
    }

    // The button goes away with its note: whoever pressed it stays at the figure.
    back(note) {
      const figure = note.closest("figure");
      this.choose(this.told, figure);
      figure.tabIndex = -1;
      figure.focus({ preventScroll: true });
    }

    // Up and down lead to the chart above and below; left and right are the browser's.
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
