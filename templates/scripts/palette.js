// Colours and fonts of drawings on a canvas: the custom properties of the page's root.
//
// `palette("signal")` is the colour of a name of the theme, in light or dark as the page is now;
// `palette("pale:signal")` is mixed half and half with the ground; "#rrggbb" stays as it is.

"use strict";

{
  const STOPS = 6;
  const PALE = 0.5;
  const PALE_PREFIX = "pale:";
  const WEIGHTS = { Regular: "400", Semibold: "600", It: "italic 400", SemiboldIt: "italic 600" };

  const channels = (hex) => [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16));

  const hexOf = (values) =>
    `#${values.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;

  const mixed = (one, other, share) => {
    const [from, to] = [channels(one), channels(other)];
    return hexOf(from.map((value, place) => value + (to[place] - value) * share));
  };

  // The colours of a diverging map as RGBA bytes, as `Diverging` in gen/drawing/colours.py:
  // interpolated linearly from the last negative stop over zero to the last positive one.
  const divergingBytes = (negative, positive, levels) => {
    const stops = [...negative.slice(1).reverse(), ...positive].map(channels);
    const bytes = new Uint8ClampedArray(4 * levels);
    for (let level = 0; level < levels; level += 1) {
      const position = (level * (stops.length - 1)) / (levels - 1);
      const before = Math.min(Math.floor(position), stops.length - 2);
      for (let channel = 0; channel < 3; channel += 1) {
        const [low, high] = [stops[before][channel], stops[before + 1][channel]];
        bytes[4 * level + channel] = Math.round(low + (high - low) * (position - before));
      }
      bytes[4 * level + 3] = 255;
    }
    return bytes;
  };

  // A palette of the custom properties that `read` returns, such as read("signal"). Its `version`
  // grows when `refresh` finds other colours; painters keep what they made of a version.
  const paletteOf = (read) => {
    const values = new Map();
    const made = new Map();
    const watchers = [];

    const property = (name) => {
      if (!values.has(name)) values.set(name, read(name));
      return values.get(name);
    };

    const kept = (key, make) => {
      if (!made.has(key)) made.set(key, make());
      return made.get(key);
    };

    const palette = (name) => {
      if (name.startsWith("#")) return name;
      if (!name.startsWith(PALE_PREFIX)) return property(name);
      return kept(name, () =>
        mixed(palette(name.slice(PALE_PREFIX.length)), property("ground"), PALE),
      );
    };

    // The map of `levels` colours (odd), four bytes each; the middle one is that of zero.
    palette.diverging = (levels) =>
      kept(`diverging ${levels}`, () => {
        const [negative, positive] = ["negative", "positive"].map((side) =>
          Array.from({ length: STOPS }, (_, place) => property(`${side}-${place}`)),
        );
        return divergingBytes(negative, positive, levels);
      });

    // The font of a style and size (CSS pixels), for the property `font` of a canvas.
    palette.font = (style, size) =>
      kept(`font ${style} ${size}`, () => `${WEIGHTS[style]} ${size}px ${property("figures")}`);

    palette.version = 0;

    // Call a function whenever the colours have changed.
    palette.watch = (watcher) => watchers.push(watcher);

    // Read all properties again.
    palette.refresh = () => {
      const former = [...values];
      if (former.every(([name, value]) => read(name) === value)) return;
      for (const store of [values, made]) store.clear();
      palette.version += 1;
      for (const watcher of watchers) watcher();
    };

    return palette;
  };

  // A property of the root. A style sheet of a site may write a colour in another way than
  // "#rrggbb"; a canvas knows all ways.
  const ofRoot = (name) => {
    const text = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    if (name === "figures" || /^#[0-9a-f]{6}$/i.test(text)) return text;
    const context = document.createElement("canvas").getContext("2d");
    context.fillStyle = text;
    context.fillRect(0, 0, 1, 1);
    return hexOf([...context.getImageData(0, 0, 1, 1).data].slice(0, 3));
  };

  grokreel.palette = paletteOf(ofRoot);
  grokreel.palettes = { channels, divergingBytes, mixed, paletteOf };

  // The scheme of the system, or a switch of the site that sets an attribute of the root.
  globalThis
    .matchMedia?.("(prefers-color-scheme: dark)")
    .addEventListener("change", grokreel.palette.refresh);
  if (globalThis.MutationObserver) {
    new MutationObserver(grokreel.palette.refresh).observe(document.documentElement, {
      attributes: true,
    });
  }
}
