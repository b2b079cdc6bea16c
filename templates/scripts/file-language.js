// The language of a figure in a file of its own: that of `?lang=`, or the first of the reader's
// languages that the file has, or the one in which it is written.
//
// It runs before all other scripts, which read texts and the marks of numbers when they start.

"use strict";

{
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search).get("lang");
  const wanted = asked ? [asked] : navigator.languages;

  const base = (tag) => tag.toLowerCase().split("-", 1)[0];

  const translations = [...document.querySelectorAll("template[lang]")];
  const chosen = wanted
    .map((tag) => [root, ...translations].find(({ lang }) => base(lang) === base(tag)))
    .find(Boolean);

  // Put the texts of a translation in the place of those in the document.
  const translate = ({ lang, dataset, content }) => {
    const { title, alt, places, ...marks } = dataset;
    root.lang = lang;
    Object.assign(root.dataset, marks);
    document.title = title;
    document.querySelector("meta[name='description']").content = alt;
    document.querySelector(".live").setAttribute("aria-label", alt);
    for (const poster of document.querySelectorAll(".player > img")) poster.alt = alt;
    if (places) document.querySelector(".film").dataset.places = places;
    for (const part of [...content.children]) {
      const selector = part.id ? `#${part.id}` : part.className ? `.${part.className}` : part.localName;
      document.querySelector(selector).replaceWith(part);
    }
  };

  if (chosen && chosen !== root) translate(chosen);
}
