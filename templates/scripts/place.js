// Links keep the reader's place.
//
// A language switch keeps the parameters of the address, and the heading or figure in view. It
// stands at the top and the foot of a page: who has just scrolled there goes to where they last
// stayed to read, else to the section named in the address. Links to other pages of the site carry
// the seeds, steps and pins that the reader chose. Nothing is stored: pages opened from a folder
// have no storage that all browsers share between them.

"use strict";

{
  const TARGETS = "main :is(h2, h3, h4, figure)[id]";

  // Milliseconds without scrolling that count as reading, and after which a reader who has come to
  // a switch is reading there.
  const [REST, STAY] = [1500, 15_000];

  // The last heading or figure that begins above the middle of the window; none at the top.
  const targetInView = () => {
    const above = [...document.querySelectorAll(TARGETS)].filter(
      (target) => target.getBoundingClientRect().top < innerHeight / 2,
    );
    return scrollY > 0 ? above.at(-1) : undefined;
  };

  const isInView = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };

  let [scrolledAt, rest, read] = [-Infinity, 0, undefined];

  // Remember where the reader stays, except where a switch is in view.
  const noteScroll = () => {
    scrolledAt = performance.now();
    clearTimeout(rest);
    rest = setTimeout(() => {
      const switches = [...document.querySelectorAll(".languages")];
      if (!switches.some(isInView)) read = targetInView();
    }, REST);
  };

  const fragmentInView = () => {
    const target = (performance.now() - scrolledAt < STAY && read) || targetInView();
    return target ? `#${target.id}` : location.hash;
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
  document.addEventListener?.("scroll", noteScroll, { passive: true });

  grokreel.place = { isPage, withParameters };
}
