// Language switches keep the reader's place: the parameters of the address, and the heading or
// figure in view. At the top of the page that is the section named in the address.

"use strict";

{
  const TARGETS = "main :is(h2, h3, h4, figure)[id]";

  const fragmentInView = () => {
    const above = [...document.querySelectorAll(TARGETS)].filter(
      (target) => target.getBoundingClientRect().top < innerHeight / 3,
    );
    return scrollY > 0 && above.length ? `#${above.at(-1).id}` : location.hash;
  };

  for (const link of document.querySelectorAll(".languages a")) {
    const page = link.getAttribute("href");
    // A link opened in a new tab by the middle button gets `pointerdown`, but no `click`.
    for (const event of ["pointerdown", "click"]) {
      link.addEventListener(event, () => {
        link.setAttribute("href", page + location.search + fragmentInView());
      });
    }
  }
}
