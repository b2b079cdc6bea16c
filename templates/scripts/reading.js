// Where the reader is, for a language switch, which stands at the top and the foot of a page: who has
// just scrolled there is where they last stayed to read. A page loads this script when it is first
// scrolled (place.js).

"use strict";

{
  const TARGETS = "main :is(h2, h3, h4, figure)[id]";

  // Milliseconds without scrolling that count as reading, and after which a reader who has come to
  // a switch is reading there.
  const [REST, STAY] = [1500, 15_000];

  let [scrolledAt, rest, place] = [0, 0, undefined];

  // The last heading or figure that begins above the middle of the window; none at the top.
  const targetInView = () =>
    [...(scrollY > 0 ? document.querySelectorAll(TARGETS) : [])]
      .filter((target) => target.getBoundingClientRect().top < innerHeight / 2)
      .at(-1);

  const isInView = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };

  // Remember where the reader stays, except where a switch is in view.
  const note = () => {
    scrolledAt = performance.now();
    clearTimeout(rest);
    rest = setTimeout(() => {
      const switches = [...document.querySelectorAll(".languages")];
      if (!switches.some(isInView)) place = targetInView();
    }, REST);
  };

  addEventListener("scroll", note, { passive: true });
  note();

  // The fragment of the address of that place, or undefined.
  grokreel.reading = () => {
    const target = (performance.now() - scrolledAt < STAY && place) || targetInView();
    return target && `#${target.id}`;
  };
}
