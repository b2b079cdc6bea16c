// Search over all pages, first in the page's own language, then in the others.
//
// A search for a word also finds its synonyms, which the site lists; a section with the word itself
// comes first. A word is found where a word begins: "the" is not in "other". Only if that finds
// nothing in any language, it is found inside of words too, which compounds need.
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

  // Scripts that are written without spaces, in which a word can begin at every letter.
  const UNSPACED = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/u;

  const KINDS = [/\p{L}/u, /\p{N}/u];

  const kindOf = (letter = "") =>
    UNSPACED.test(letter) ? -1 : KINDS.findIndex((kind) => kind.test(letter));

  // Whether a word begins, or has ended, at a position: letters do not go on there, nor digits.
  const isEdge = (plain, index) =>
    kindOf(plain[index]) < 0 || kindOf(plain[index]) !== kindOf(plain[index - 1]);

  // A form is what is looked for: a folded word, the factor of its rank, and whether it is `whole`:
  // synonyms are, since "sin" does not mean "since".

  const indexOf = (plain, { word, whole }, from, anywhere) => {
    const isWrong = (at) =>
      (!anywhere && !isEdge(plain, at)) || (whole && !isEdge(plain, at + word.length));
    let at = plain.indexOf(word, from);
    while (at >= 0 && isWrong(at)) at = plain.indexOf(word, at + 1);
    return at;
  };

  // The words of a query. Chinese and other letters beside each other are words of their own.
  const wordsOf = (query) =>
    folded(query)
      .plain.replace(/(?<=\p{sc=Han})(?=[a-z\d])|(?<=[a-z\d])(?=\p{sc=Han})/gu, " ")
      .split(/\s+/u)
      .filter(Boolean);

  // Whether a word of a query means a synonym: itself, its plural, or its first four letters.
  const means = (word, synonym) =>
    word === synonym ||
    word === `${synonym}s` ||
    (/^[^\s\p{sc=Han}]{4,}$/u.test(word) && synonym.startsWith(word) && !synonym.includes(" "));

  // The forms of a word: itself, then the others of the groups it is in.
  const formsOf = (word, groups) => {
    const others = groups.filter((group) => group.some((one) => means(word, one))).flat();
    return [
      { word, factor: 1, whole: false },
      ...[...new Set(others)]
        .filter((other) => other !== word)
        .map((other) => ({ word: other, factor: 0.5, whole: true })),
    ];
  };

  // Join neighbouring words that are one synonym, such as "weight decay"; the longest first.
  const joined = (words, groups) => {
    const known = new Set(groups.flat());
    const parts = [];
    for (let at = 0; at < words.length; ) {
      let end = words.length;
      while (end > at + 1 && !known.has(words.slice(at, end).join(" "))) end -= 1;
      parts.push(words.slice(at, end).join(" "));
      at = end;
    }
    return parts;
  };

  // The readings of a query, each a list of terms that are all found, in one of their forms.
  const readingsOf = (query, synonyms = []) => {
    const groups = synonyms.map((group) => group.map((word) => folded(word).plain));
    const words = wordsOf(query);
    const readings = [words, joined(words, groups)].slice(0, words.length > 1 ? 2 : 1);
    return readings.map((terms) => terms.map((term) => formsOf(term, groups)));
  };

  // How much a text is about a form: 0 without it; more if it is there as a whole, and often.
  const strength = (text, form, anywhere) => {
    const { plain } = folded(text);
    let [count, whole] = [0, false];
    for (let at = -1; count < 8; count += 1) {
      at = indexOf(plain, form, at + 1, anywhere);
      if (at < 0) break;
      whole ||= isEdge(plain, at + form.word.length);
    }
    return count && (whole ? 1 : 0.6) * (0.85 + 0.15 * count);
  };

  // The rank of a section: 0 unless it has every term of a reading; title and heading count more,
  // and a list of works counts less than the text that cites them.
  const score = ([, title, anchor, heading, text], readings, anywhere = false) => {
    const places = [[title, heading ? 2 : 9], [heading, 5], [text, 1]];
    const ofForm = (form) =>
      places.reduce((sum, [place, weight]) => sum + weight * strength(place, form, anywhere), 0);
    const ofTerm = (forms) => forms.reduce((sum, form) => sum + form.factor * ofForm(form), 0);
    const ofReading = (terms) => {
      const ranks = terms.map(ofTerm);
      return ranks.every(Boolean) ? ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length : 0;
    };
    return Math.max(0, ...readings.map(ofReading)) * (anchor === "references" ? 0.2 : 1);
  };

  // The end of a match in the original: after the letter that its last character came from.
  const endOf = (from, index) => {
    const last = from[index - 1];
    return from.slice(index).find((position) => position > last) ?? from.at(-1);
  };

  // Start and end of the first `most` matches in the original text; the longest at each position.
  const matches = (text, forms, most = Infinity, anywhere = false) => {
    const { plain, from } = folded(text);
    const found = [];
    let [index, before] = [0, 0];
    while (index < plain.length && found.length < most) {
      const hits = forms
        .map((form) => [indexOf(plain, form, index, anywhere), form.word.length])
        .filter(([position]) => position >= 0);
      if (!hits.length) break;
      const [start, length] = hits.sort((a, b) => a[0] - b[0] || b[1] - a[1])[0];
      index = start + length;
      found.push([Math.max(before, from[start]), endOf(from, index)]);
      before = endOf(from, index);
    }
    return found;
  };

  // A full stop before a small letter, a bracket or a digit is one of an abbreviation.
  const SENTENCE_END = /[.!?]["'”’)\]]*\s+(?![\p{Ll}\d(])|[。！？]["”’」』）]*\s*/gu;
  const CLAUSE_END = /[,;:—]\s+|[，；：、]\s*/gu;

  // The start of the word at a position, as the browser divides the text.
  const wordStart = (text, position) => {
    const begin = Math.max(0, position - 30);
    const words = Intl.Segmenter && new Intl.Segmenter(undefined, { granularity: "word" });
    const word = words?.segment(text.slice(begin, position + 30)).containing(position - begin);
    return word ? begin + word.index : text.lastIndexOf(" ", position) + 1;
  };

  // Where an excerpt begins, and whether a sentence does: with the sentence of the match, or a
  // clause or a word of it if the sentence is long.
  const excerptStart = (text, match) => {
    if (match <= 60) return [0, true];
    const begin = Math.max(0, match - 90);
    const ends = (pattern) =>
      [...text.slice(begin, match).matchAll(pattern)].map((end) => begin + end.index + end[0].length);
    const [sentence] = ends(SENTENCE_END).slice(-1);
    if (sentence) return [sentence, true];
    const word = wordStart(text, match - 50);
    // Never in the middle of a formula, such as before the "=" of "k = 27", or after it.
    const isOperand = /[=<>≤≥≈+−×⋅·/^_]\s*$/u.test(text.slice(0, word));
    const [rest] = (isOperand ? /^\s*\S+\s*/ : /^\s*(?:[=<>≤≥≈+−×⋅·/^_]\s*\S+\s*)*/).exec(
      text.slice(word, match),
    ) ?? [""];
    return [ends(CLAUSE_END)[0] ?? word + rest.length, false];
  };

  // About 150 characters of a text around its first match, if possible of a word of the query.
  const snippet = (text, forms, anywhere = false) => {
    const typed = forms.filter(({ whole }) => !whole);
    const [[first]] = [...matches(text, typed, 1, anywhere), ...matches(text, forms, 1, anywhere), [0]];
    const [start, isSentence] = excerptStart(text, first);
    const end = text.length > start + 150 ? wordStart(text, start + 150) : text.length;
    return (isSentence ? "" : "…") + text.slice(start, end).trimEnd() + (end < text.length ? "…" : "");
  };

  // A text as nodes, with a `mark` element around every match.
  const marked = (text, forms, anywhere) => {
    const parts = document.createDocumentFragment();
    let shown = 0;
    for (const [start, end] of matches(text, forms, Infinity, anywhere)) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(start, end);
      parts.append(text.slice(shown, start), mark);
      shown = end;
    }
    parts.append(text.slice(shown));
    return parts;
  };

  // The sections of a language that a query finds, best first, and the forms to mark in them.
  const sectionsWith = (language, query, anywhere) => {
    const { sections = [], synonyms } = grokreel.searchIndex?.[language] ?? {};
    const readings = readingsOf(query, synonyms);
    const forms = readings.flat(2);
    return sections
      .map((section) => ({ language, section, forms, anywhere, rank: score(section, readings, anywhere) }))
      .filter(({ rank }) => rank > 0)
      .sort((a, b) => b.rank - a.rank);
  };

  // What a query finds in the first language that has anything.
  const search = (query, languages) => {
    if (!wordsOf(query).length) return [];
    for (const anywhere of [false, true]) {
      for (const language of languages) {
        const found = sectionsWith(language, query, anywhere);
        if (found.length) return found;
      }
    }
    return [];
  };

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
      const query = this.input.value;
      const found = search(query, this.languages);
      this.list.replaceChildren(...found.slice(0, MOST).map((each) => this.item(each)));
      const { count } = this;
      count.textContent = wordsOf(query).length ? count.dataset.found.replace("#", found.length) : "";
    }

    item({ language, section: [path, title, anchor, heading, text], forms, anywhere }) {
      const entry = document.createElement("li");
      const link = document.createElement("a");
      const name = document.createElement("strong");
      const extract = document.createElement("span");
      link.href = this.dialog.dataset.root + path + (anchor && `#${anchor}`);
      entry.lang = language;
      name.append(marked(heading ? `${title} · ${heading}` : title, forms, anywhere));
      extract.append(marked(snippet(text, forms, anywhere), forms, anywhere));
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

  grokreel.search = { folded, matches, readingsOf, score, search, snippet };
}
