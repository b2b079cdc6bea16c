// Helpers of all scripts: number formats, texts with placeholders, and the data of a figure.
//
// Every page loads this file first. It creates `grokreel`, the only global name of the scripts.
// Pages opened from a folder cannot use modules, so the scripts share code through this object.

"use strict";

globalThis.grokreel = {};

// Number formats, with the same rules as `Words.number` and `Words.percent` in gen/i18n.py.
{
  const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  // The marks of the language, from its catalogue; those of English on a page that has none.
  const { decimal = ".", group = ",", times = "×" } = document.documentElement.dataset;

  const localised = (plain) =>
    plain.replace(
      /[-,.]/g,
      (sign) => ({ "-": "−", ",": group, ".": decimal })[sign],
    );

  // A fixed number of decimals, grouped by thousands; zero has no minus sign.
  const fixed = (value, digits) => {
    const plain = value.toFixed(digits);
    const [whole, ...decimals] = (Number(plain) === 0 ? plain.replace("-", "") : plain).split(".");
    return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...decimals].join(".");
  };

  const powerOfTen = (exponent) =>
    `10${[...exponent].map((digit) => (digit === "-" ? "⁻" : SUPERSCRIPTS[digit])).join("")}`;

  const nonFinite = (value) => (value > 0 ? "∞" : value < 0 ? "−∞" : "–");

  const whole = (value) => localised(fixed(value, 0));

  // A fixed number of decimals; more where a value other than zero would look like zero.
  const number = (value, digits) => {
    if (!Number.isFinite(value)) return nonFinite(value);
    const plain = fixed(value, digits);
    return value !== 0 && Number(plain) === 0 ? significant(value) : localised(plain);
  };

  // `count` significant digits; a power of ten for values below 0.001 or from a million.
  const significant = (value, count = 3) => {
    if (!Number.isFinite(value)) return nonFinite(value);
    const order = Number(value.toExponential(count - 1).split("e")[1]);
    if (order < -3 || order >= 6) {
      const [digits, exponent] = value.toExponential(1).split("e");
      const factor = localised(digits.replace(/\.0$/, ""));
      return `${factor}\u00a0${times}\u00a0${powerOfTen(exponent.replace("+", ""))}`;
    }
    const plain = fixed(value, value === 0 ? 0 : Math.max(0, count - 1 - order));
    return localised(plain.includes(".") ? plain.replace(/\.?0+$/, "") : plain);
  };

  // A share from 0 to 1 in percent, without the sign. Only a share of exactly 1 is "100" and only
  // a share of exactly 0 is "0"; others get as many decimals as that takes.
  const percent = (share) => {
    if (!Number.isFinite(share)) return nonFinite(share);
    const value = 100 * share;
    const partial = value > 0 && value < 100;
    const shown = partial ? Math.min(99.999, Math.max(0.001, value)) : value;
    let digits = shown > 0 && shown < 9.95 ? 1 : 0;
    while (partial && [0, 100].includes(Number(shown.toFixed(digits)))) digits += 1;
    return localised(fixed(shown, digits).replace(/\.0$/, ""));
  };

  // A text of a film, whose numbers have narrow spaces between thousands and a decimal point, with
  // the marks of the language. Names with a point between digits, such as h.0.1, stay as they are.
  const inLanguage = (text) =>
    text
      .replace(
        /(^|[^\w.])([\d\u202f]*\d)\.(\d+)(?![\w.])/g,
        (_, before, digits, decimals) => before + digits + decimal + decimals,
      )
      .replace(/(\d)\u202f(?=\d{3})/g, (_, digit) => digit + group);

  grokreel.numbers = { inLanguage, number, percent, significant, whole };
}

// Texts, data and the address of the page.
{
  // What the pages of a site have in common: the seed and step of a model, and what is pinned.
  const CARRIED = ["seed", "step", "neuron", "number", "token", "dimension", "head", "input"];

  // Fill in the placeholders `{name}` of a text.
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // A text that stays is left alone.
  const write = (node, text) => {
    if (node.textContent !== text) node.textContent = text;
  };

  // Decode base64 to bytes.
  const decoded = (text) => {
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = letters.charCodeAt(i);
    return bytes;
  };

  // Decode base64 of little-endian float32, the order of bytes of all browsers' processors.
  const floats = (text) => new Float32Array(decoded(text).buffer);

  // Unpack base64 of gzip, which old browsers cannot.
  const unpacks = () => typeof DecompressionStream === "function";
  const unpacked = (base64) =>
    new Response(new Blob([decoded(base64)]).stream().pipeThrough(new DecompressionStream("gzip")));

  const svgElement = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  // Read the JSON that a figure holds for its script.
  const dataOf = (figure) =>
    JSON.parse(figure.querySelector("script[type='application/json']").textContent);

  // Load and run a script file. Several that are `inOrder` load side by side, and run in the order
  // of the calls.
  const runScript = (src, { inOrder = false } = {}) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = src;
      script.async = !inOrder;
      script.addEventListener("load", () => {
        script.remove();
        resolve();
      });
      script.addEventListener("error", () => {
        script.remove();
        reject(new Error(`${src} could not be loaded`));
      });
      document.head.append(script);
    });

  // Call `near` whenever an element comes within 60 % of the window's height or leaves that range,
  // and `visible` the same for the window itself; both get whether it is there.
  const watchPlace = (element, { near, visible }, signal) => {
    const observe = (told, rootMargin) => {
      const observer = new IntersectionObserver(
        (entries) => told(entries.at(-1).isIntersecting),
        { rootMargin },
      );
      observer.observe(element);
      signal?.addEventListener("abort", () => observer.disconnect());
    };
    observe(near, "60% 0%");
    if (visible) observe(visible, "0px");
  };

  // The timeline of a figure's model; undefined if the page has no chart or film of it.
  const timelineOf = (figure) =>
    grokreel.timelines?.find(({ model }) => model === figure.dataset.model);

  // The step that the reader has chosen on that timeline, or null.
  const chosenStep = (figure) => {
    const { touched, step } = timelineOf(figure) ?? {};
    return touched ? step : null;
  };

  // Call `start` once for every figure of a class, also if the script runs again because another
  // one beside it could not be loaded.
  const startFigures = (name, start) => {
    for (const figure of document.querySelectorAll(`figure.${name}:not([data-live])`)) {
      figure.dataset.live = "";
      start(figure);
    }
  };

  // The only model of the page for which a parameter is given, by the name of the parameter.
  const models = new Map();

  // The parameter of the address for something that a model has, such as its step: "step", or
  // "step-sum" on a page with several models.
  const parameterOf = (name, model, several) => {
    if (several) return `${name}-${model}`;
    models.set(name, model);
    return name;
  };

  const longName = (parameter) => `${parameter}-${models.get(parameter)}`;

  // What an address says of a parameter, or null. Links between pages have the long name, as
  // how many models the other page has is not known.
  const given = (parameter, search = location.search) => {
    const all = new URLSearchParams(search);
    return all.get(parameter) ?? (models.has(parameter) ? all.get(longName(parameter)) : null);
  };

  // What a link to another page carries of an address: the seeds, steps and pins of all models.
  const carried = (search) => {
    const kept = new URLSearchParams();
    for (const [parameter, value] of new URLSearchParams(search)) {
      const [name] = parameter.split("-", 1);
      if (!CARRIED.includes(name)) continue;
      if (parameter !== name) kept.set(parameter, value);
      else if (models.has(name)) kept.set(longName(name), value);
    }
    return kept.toString();
  };

  // Keep a parameter in the address, sorted; null deletes it. The history gets no entry.
  const keepInAddress = (name, value) => {
    const address = new URL(location.href);
    if (models.has(name)) address.searchParams.delete(longName(name));
    if (value === null) address.searchParams.delete(name);
    else address.searchParams.set(name, value);
    address.searchParams.sort();
    address.search = address.search.replaceAll("%2C", ",");
    if (address.href === location.href) return;
    try {
      history.replaceState(history.state, "", address);
    } catch {
      // Some browsers refuse this for files.
    }
  };

  grokreel.page = {
    carried, chosenStep, dataOf, decoded, filled, floats, given, keepInAddress, parameterOf, runScript,
    startFigures, svgElement, timelineOf, unpacked, unpacks, watchPlace, write,
  };
}

// Places in a rising list of steps.
{
  // The index of the value nearest to `wanted`; of two equally near, the lower.
  const nearest = (values, wanted) => {
    let [low, high] = [0, values.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (values[middle] <= wanted) low = middle;
      else high = middle;
    }
    return wanted - values[low] <= values[high] - wanted ? low : high;
  };

  // The fractional index of `wanted`, interpolated linearly, from 0 to the last index.
  const indexOf = (values, wanted) => {
    const last = values.length - 1;
    if (wanted <= values[0]) return 0;
    if (wanted >= values[last]) return last;
    const after = values.findIndex((value) => value > wanted);
    return after - 1 + (wanted - values[after - 1]) / (values[after] - values[after - 1]);
  };

  // The value at a fractional index, interpolated linearly; the last value beyond the end.
  const valueAt = (values, index) => {
    const whole = Math.floor(index);
    if (whole >= values.length - 1) return values.at(-1);
    return values[whole] + (index - whole) * (values[whole + 1] - values[whole]);
  };

  grokreel.steps = { indexOf, nearest, valueAt };
}
