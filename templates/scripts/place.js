// The language switches keep the place: the state of the page, and the heading or figure in view.
// At the top of the page that is the section which the address names.

"use strict";

{
  const PLACES = "main :is(h2, h3, h4, figure)[id]";

  function placeInView() {
    const above = [...document.querySelectorAll(PLACES)].filter(
      (place) => place.getBoundingClientRect().top < innerHeight / 3,
    );
    return scrollY > 0 && above.length ? `#${above.at(-1).id}` : location.hash;
  }

  for (const link of document.querySelectorAll(".languages a")) {
    const page = link.getAttribute("href");
    // `pointerdown` too, because a link opened in a new tab by the middle button is never clicked.
    for (const event of ["pointerdown", "click"]) {
      link.addEventListener(event, () => {
        link.setAttribute("href", page + location.search + placeInView());
      });
    }
  }
}
