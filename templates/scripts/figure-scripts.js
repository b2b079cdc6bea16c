// Scripts of figures and citations: they are loaded when one that needs them comes near the window.
//
// Until then the figure shows what the build has drawn, and its controls are hidden. The Tab key
// would pass over them, so it loads the scripts of all figures; so does, for one figure, a parameter
// of the address that says what it shall show.

"use strict";

{
  const { runScript } = grokreel.page;

  const MARGIN = "100% 0%"; // of the window; data of figures are loaded at 60 %

  const begun = new Map(); // by address

  // Load the scripts that are not loaded yet; they run in this order. After a failure those behind
  // the missing one have failed too, so the next call tries all of them again.
  const loadAll = async (addresses) => {
    for (const address of addresses) {
      if (!begun.has(address)) begun.set(address, runScript(address, { inOrder: true }));
    }
    try {
      await Promise.all(addresses.map((address) => begun.get(address)));
    } catch (error) {
      for (const address of addresses) begun.delete(address);
      reportError(error);
    }
  };

  const load = (figure) => loadAll(figure.dataset.scripts.split(" "));

  // Whether the address has the parameter of a figure: "cut", or "cut-sum" for one of several.
  const isAsked = ({ dataset: { parameter } }) =>
    [...new URLSearchParams(location.search).keys()].some((key) => key.split("-", 1)[0] === parameter);

  const figures = [...document.querySelectorAll("[data-scripts]")];
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) load(target);
    },
    { rootMargin: MARGIN },
  );
  for (const figure of figures) {
    near.observe(figure);
    // Paths of another seed have no points before the script draws them.
    figure.addEventListener("reseed", () => {
      if (figure.querySelector("path:not([d])")) load(figure);
    });
    if (isAsked(figure)) load(figure);
  }
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Tab") figures.forEach(load);
  });
}
