// Search over the pages of all languages. The indexes are scripts, loaded when search is opened.

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

  const folded = (text) => text.toLowerCase();

  // Every word has to be found somewhere; where it is found decides the rank. Words are looked for
  // inside others too, which is what makes search work in languages that put no spaces.
  function score([, title, , heading, text], words) {
    const places = [[folded(title), 9], [folded(heading), 4], [folded(text), 1]];
    let sum = 0;
    for (const word of words) {
      const found = places.filter(([place]) => place.includes(word));
      if (!found.length) return 0;
      sum += found.reduce((total, [, weight]) => total + weight, 0);
    }
    return sum;
  }

  function marked(text, words) {
    const lower = folded(text);
    const parts = document.createDocumentFragment();
    let at = 0;
    while (at < text.length) {
      const hits = words.map((word) => [lower.indexOf(word, at), word.length]).filter(([p]) => p >= 0);
      if (!hits.length) break;
      const [place, length] = hits.sort((a, b) => a[0] - b[0] || b[1] - a[1])[0];
      const mark = document.createElement("mark");
      mark.textContent = text.slice(place, place + length);
      parts.append(text.slice(at, place), mark);
      at = place + length;
    }
    parts.append(text.slice(at));
    return parts;
  }

  function snippet(text, words) {
    const places = words.map((word) => folded(text).indexOf(word)).filter((place) => place >= 0);
    const begin = Math.max(0, Math.min(...places, text.length) - 50);
    const from = places.length && begin ? text.indexOf(" ", begin) + 1 || begin : 0;
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

  function show() {
    const words = folded(input.value).split(/\s+/u).filter(Boolean);
    const found = !words.length ? [] : known.flatMap((language) =>
      (self.searchIndex?.[language] ?? [])
        .map((section) => ({ language, section, rank: score(section, words) }))
        .filter(({ rank }) => rank > 0)
        .sort((a, b) => b.rank - a.rank));
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
