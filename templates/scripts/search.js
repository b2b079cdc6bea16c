// Search over all pages, first in the page's own language, then in the others.
//
// A page loads this script when its reader opens the search (search-open.js). The indexes are scripts
// too, because a page opened from a folder cannot fetch data; they fill `grokreel.searchIndex`.

"use strict";

{
  const MOST = 30;

  // Characters that are searched as others: quotes, dashes, and the final sigma.
  const EQUIVALENT = [
    [/[\u2018\u2019\u201a\u201b\u2032\u02bc]/g, "'"],
    [/[\u201c\u201d\u201e\u201f\u2033]/g, '"'],
    [/[\u2010-\u2015\u2212]/g, "-"],
    [/ς/g, "σ"],
  ];

  const foldLetter = (letter) =>
    EQUIVALENT.reduce(
      (text, [other, usual]) => text.replace(other, usual),
      letter.normalize("NFKD").toLowerCase().normalize("NFKD").replace(/\p{M}/gu, ""),
    );

  const folds = new Map();

  // Fold a text for comparison: lower case, without diacritics and width variants. `from` maps
  // each folded character to its position in the original; a letter may fold to several or none.
  const folded = (text) => {
    if (folds.has(text)) return folds.get(text);
    const from = [];
    let [plain, position] = ["", 0];
    for (const letter of text) {
      const part = foldLetter(letter);
      plain += part;
      for (let unit = 0; unit < part.length; unit += 1) from.push(position);
      position += letter.length;
    }
    from.push(text.length);
    const fold = { plain, from };
    folds.set(text, fold);
    return fold;
  };

  const wordsOf = (query) => folded(query).plain.split(/\s+/u).filter(Boolean);

  // The rank of a section: 0 unless it contains every word; title and heading count more. Words
  // also match inside others, which is necessary for languages without spaces.
  const score = ([, title, , heading, text], words) => {
    const places = [[title, 9], [heading, 4], [text, 1]].map(([place, weight]) => [
      folded(place).plain,
      weight,
    ]);
    let sum = 0;
    for (const word of words) {
      const found = places.filter(([place]) => place.includes(word));
      if (!found.length) return 0;
      sum += found.reduce((total, [, weight]) => total + weight, 0);
    }
    return sum;
  };

  // The end of a match in the original: after the letter that its last character came from.
  const endOf = (from, index) => {
    const last = from[index - 1];
    return from.slice(index).find((position) => position > last) ?? from.at(-1);
  };

  // Start and end of the first `most` matches in the original text; the longest at each position.
  const matches = (text, words, most = Infinity) => {
    const { plain, from } = folded(text);
    const found = [];
    let [index, before] = [0, 0];
    while (index < plain.length && found.length < most) {
      const hits = words.map((word) => [plain.indexOf(word, index), word.length]).filter(([p]) => p >= 0);
      if (!hits.length) break;
      const [start, length] = hits.sort((a, b) => a[0] - b[0] || b[1] - a[1])[0];
      index = start + length;
      found.push([Math.max(before, from[start]), endOf(from, index)]);
      before = endOf(from, index);
    }
    return found;
  };

  // About 150 characters of a text around its first match.
  const snippet = (text, words) => {
    const [[first] = [0]] = matches(text, words, 1);
    const begin = Math.max(0, first - 50);
    const word = begin ? text.indexOf(" ", begin) + 1 || begin : 0;
    const start = word > begin + 20 ? begin : word;
    return (start ? "…" : "") + text.slice(start, start + 150) + (text.length > start + 150 ? "…" : "");
  };

  // A text as nodes, with a `mark` element around every match.
  const marked = (text, words) => {
    const parts = document.createDocumentFragment();
    let shown = 0;
    for (const [start, end] of matches(text, words)) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(start, end);
      parts.append(text.slice(shown, start), mark);
      shown = end;
    }
    parts.append(text.slice(shown));
    return parts;
  };

  // The sections of a language that contain all words, best first.
  const sectionsWith = (language, words) =>
    (grokreel.searchIndex?.[language] ?? [])
      .map((section) => ({ language, section, rank: score(section, words) }))
      .filter(({ rank }) => rank > 0)
      .sort((a, b) => b.rank - a.rank);

  class SearchDialog {
    constructor(dialog) {
      this.dialog = dialog;
      this.input = dialog.querySelector("input");
      this.list = dialog.querySelector("ol");
      this.count = dialog.querySelector("[role=status]");
      this.languages = dialog.dataset.languages.split(" ");
      dialog.addEventListener("keydown", (event) => this.move(event));
      this.load();
    }

    // Load the indexes, and search for what is in the field already. One that fails is left out.
    async load() {
      const indexes = this.dialog.dataset.indexes.split(" ");
      await Promise.allSettled(indexes.map((address) => grokreel.page.runScript(address)));
      this.input.addEventListener("input", () => this.show());
      this.show();
    }

    // List the sections of the page's language, or of the next language that has any.
    show() {
      const words = wordsOf(this.input.value);
      const hits = words.length ? this.languages.map((each) => sectionsWith(each, words)) : [];
      const found = hits.find((sections) => sections.length) ?? [];
      this.list.replaceChildren(
        ...found.slice(0, MOST).map(({ language, section }) => this.item(language, section, words)),
      );
      const { count } = this;
      count.textContent = words.length ? count.dataset.found.replace("#", found.length) : "";
    }

    item(language, [path, title, anchor, heading, text], words) {
      const entry = document.createElement("li");
      const link = document.createElement("a");
      const name = document.createElement("strong");
      const extract = document.createElement("span");
      link.href = this.dialog.dataset.root + path + (anchor && `#${anchor}`);
      entry.lang = language;
      name.append(marked(heading ? `${title} · ${heading}` : title, words));
      extract.append(marked(snippet(text, words), words));
      link.append(name, extract);
      link.addEventListener("click", () => this.dialog.close());
      entry.append(link);
      return entry;
    }

    // Arrow keys move through the results; Enter in the field opens the first.
    move(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const links = [...this.list.querySelectorAll("a")];
      if (event.key === "Enter" && event.target === this.input && !event.isComposing) links[0]?.click();
      if (!step || !links.length) return;
      event.preventDefault();
      const next = links.indexOf(document.activeElement) + step;
      (next < 0 ? this.input : links[Math.min(next, links.length - 1)]).focus();
    }
  }

  const dialog = document.querySelector("#search");
  if (dialog) new SearchDialog(dialog);

  grokreel.search = { folded, matches, score, snippet, wordsOf };
}
