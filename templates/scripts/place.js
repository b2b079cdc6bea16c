// Links keep the reader's place.
//
// A language switch keeps the parameters of the address, and the heading or figure in view; at the
// top of the page that is the section named in the address. Links to other pages of the site carry
// the seeds, steps and pins that the reader chose. Nothing is stored: pages opened from a folder
// have no storage that all browsers share between them.

"use strict";

{
  const TARGETS = "main :is(h2, h3, h4, figure)[id]";

  const fragmentInView = () => {
    const above = [...document.querySelectorAll(TARGETS)].filter(
      (target) => target.getBoundingClientRect().top < innerHeight / 3,
    );
    return scrollY > 0 && above.length ? `#${above.at(-1).id}` : location.hash;
  };

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
      ? address + location.search + fragmentInView()
      : withParameters(address, grokreel.page.carried(location.search));
    link.setAttribute("href", other);
  };

  // A link opened in a new tab by the middle button gets `pointerdown`, but no `click`.
  for (const event of ["pointerdown", "click"]) document.addEventListener?.(event, adjust, true);

  grokreel.place = { isPage, withParameters };
}
