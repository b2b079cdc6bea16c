// Search over the pages of the own language first, then of the others. The indexes are scripts, loaded when search is opened.

"use strict";

{
  const opener = document.querySelector(".search-open");
  const dialog = document.querySelector("#search");
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("ol");
  const count = dialog.querySelector("[role=status]");
  const { root, languages, indexes } = dialog.dataset;
  const known = languages.split(" ");
  const MOST = 30;
  let loading;

  function load(address) {
    return new Promise((resolve) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = script.onerror = resolve;
      document.head.append(script);
    });
  }

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    input.select();
    loading ??= Promise.all(indexes.split(" ").map(load)).then(show);
  }

  // What a keyboard cannot tell apart: marks on letters, wide and narrow forms, quotes, dashes.
  const ALIKE = [
    [/[\u2018\u2019\u201a\u201b\u2032\u02bc]/g, "'"],
    [/[\u201c\u201d\u201e\u201f\u2033]/g, '"'],
    [/[\u2010-\u2015\u2212]/g, "-"],
    [/ς/g, "σ"],
  ];

  const plain = (letter) =>
    ALIKE.reduce(
      (text, [other, usual]) => text.replace(other, usual),
      letter.normalize("NFKD").toLowerCase().normalize("NFKD").replace(/\p{M}/gu, ""),
    );

  const folds = new Map();

  // A text as it is looked through, and for each of its letters where that stands in the original;
  // one letter may become several or none.
  function folded(text) {
    if (folds.has(text)) return folds.get(text);
    const from = [];
    let [looked, at] = ["", 0];
    for (const letter of text) {
      const part = plain(letter);
      looked += part;
      for (let unit = 0; unit < part.length; unit += 1) from.push(at);
      at += letter.length;
    }
    from.push(text.length);
    const fold = { looked, from };
    folds.set(text, fold);
    return fold;
  }

  // Every word has to be found somewhere; where it is found decides the rank. Words are looked for
  // inside others too, which is what makes search work in languages that put no spaces.
  function score([, title, , heading, text], words) {
    const places = [[title, 9], [heading, 4], [text, 1]].map(([place, weight]) => [
      folded(place).looked,
      weight,
    ]);
    let sum = 0;
    for (const word of words) {
      const found = places.filter(([place]) => place.includes(word));
      if (!found.length) return 0;
      sum += found.reduce((total, [, weight]) => total + weight, 0);
    }
    return sum;
  }

  function marked(text, words) {
    const { looked, from } = folded(text);
    const parts = document.createDocumentFragment();
    let [at, shown] = [0, 0];
    while (at < looked.length) {
      const hits = words.map((word) => [looked.indexOf(word, at), word.length]).filter(([p]) => p >= 0);
      if (!hits.length) break;
      const [place, length] = hits.sort((a, b) => a[0] - b[0] || b[1] - a[1])[0];
      at = place + length;
      const [begin, end] = [Math.max(shown, from[place]), endOf(from, at)];
      const mark = document.createElement("mark");
      mark.textContent = text.slice(begin, end);
      parts.append(text.slice(shown, begin), mark);
      shown = end;
    }
    parts.append(text.slice(shown));
    return parts;
  }

  // Where a hit ends in the original: after the letter that its last one is part of.
  function endOf(from, at) {
    const last = from[at - 1];
    return from.slice(at).find((place) => place > last) ?? from.at(-1);
  }

  // The beginning of a text's hits; -1 where none of the words is in it.
  function firstHit(text, words) {
    const { looked, from } = folded(text);
    const places = words.map((word) => looked.indexOf(word)).filter((place) => place >= 0);
    return places.length ? from[Math.min(...places)] : -1;
  }

  function snippet(text, words) {
    const hit = firstHit(text, words);
    const begin = Math.max(0, hit - 50);
    const from = begin ? text.indexOf(" ", begin) + 1 || begin : 0;
    const start = from > begin + 20 ? begin : from;
    return (start ? "…" : "") + text.slice(start, start + 150) + (text.length > start + 150 ? "…" : "");
  }

  function item(language, [path, title, anchor, heading, text], words) {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    const name = document.createElement("strong");
    const shown = document.createElement("span");
    link.href = root + path + (anchor && `#${anchor}`);
    entry.lang = language;
    name.append(marked(heading ? `${title} · ${heading}` : title, words));
    shown.append(marked(snippet(text, words), words));
    link.append(name, shown);
    link.addEventListener("click", () => dialog.close());
    entry.append(link);
    return entry;
  }

  function hitsIn(language, words) {
    return (self.searchIndex?.[language] ?? [])
      .map((section) => ({ language, section, rank: score(section, words) }))
      .filter(({ rank }) => rank > 0)
      .sort((a, b) => b.rank - a.rank);
  }

  // The sections of the page's own language; those of another where it has none.
  function show() {
    const words = folded(input.value).looked.split(/\s+/u).filter(Boolean);
    const hits = words.length ? known.map((language) => hitsIn(language, words)) : [];
    const found = hits.find((own) => own.length) ?? [];
    list.replaceChildren(
      ...found.slice(0, MOST).map(({ language, section }) => item(language, section, words)),
    );
    count.textContent = words.length ? count.dataset.found.replace("#", found.length) : "";
  }

  function move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = [...list.querySelectorAll("a")];
    if (event.key === "Enter" && event.target === input && !event.isComposing) links[0]?.click();
    if (!step || !links.length) return;
    event.preventDefault();
    const next = links.indexOf(document.activeElement) + step;
    (next < 0 ? input : links[Math.min(next, links.length - 1)]).focus();
  }

  opener.hidden = false;
  opener.addEventListener("click", open);
  input.addEventListener("input", show);
  dialog.addEventListener("keydown", move);
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const asked = (event.key === "/" && !typing) || (event.key === "k" && (event.ctrlKey || event.metaKey));
    if (!asked) return;
    event.preventDefault();
    open();
  });
}
