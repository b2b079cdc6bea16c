// Links keep the reader's place.
//
// A language switch keeps the parameters of the address, and the place: once the page has been
// scrolled, that where the reader is (reading.js), else the section named in the address. Links to
// other pages of the site carry the seeds, steps and pins that the reader chose. Nothing is stored:
// pages opened from a folder have no storage that all browsers share between them.

"use strict";

{
  // Whether an address of a link is that of a page of the site, without parameters of its own.
  const isPage = (address) =>
    !/^([a-z][a-z\d+.-]*:|\/|#)|\?/i.test(address) && /(\.html|\/)(#|$)/.test(address);

  // The address of a link with parameters.
  const withParameters = (address, parameters) => {
    if (!parameters || !isPage(address)) return address;
    const [page, ...fragment] = address.split("#");
    return [`${page}?${parameters}`, ...fragment].join("#");
  };

  const originals = new WeakMap();

  const adjust = ({ target }) => {
    const link = target.closest?.("a[href]");
    if (!link) return;
    if (!originals.has(link)) originals.set(link, link.getAttribute("href"));
    const address = originals.get(link);
    const other = link.closest(".languages")
      ? address + location.search + (grokreel.reading?.() ?? location.hash)
      : withParameters(address, grokreel.page.carried(location.search));
    link.setAttribute("href", other);
  };

  // A link opened in a new tab by the middle button gets `pointerdown`, but no `click`.
  for (const event of ["pointerdown", "click"]) document.addEventListener?.(event, adjust, true);
  const { script } = document.querySelector(".languages")?.dataset ?? {};
  if (script) addEventListener("scroll", () => grokreel.page.runScript(script), { once: true });

  grokreel.place = { isPage, withParameters };
}
