// How scripts write numbers: the same rule as `Words.number` and `Words.percent` in gen/i18n.py.

{
  const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  const language = document.documentElement.lang;
  const mark = Object.fromEntries(
    new Intl.NumberFormat(language).formatToParts(12345.6).map(({ type, value }) => [type, value]),
  );

  const localised = (plain) =>
    plain.replace(/[-,.]/g, (sign) => ({ "-": "−", ",": mark.group, ".": mark.decimal })[sign]);

  // So many decimals, grouped by thousands; a zero has no minus.
  const fixed = (value, digits) => {
    const plain = value.toFixed(digits);
    const [whole, ...decimals] = (Number(plain) === 0 ? plain.replace("-", "") : plain).split(".");
    return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...decimals].join(".");
  };

  const power = (exponent) =>
    `10${[...exponent].map((digit) => (digit === "-" ? "⁻" : RAISED[digit])).join("")}`;

  const beyond = (value) => (value > 0 ? "∞" : value < 0 ? "−∞" : "–");

  // A whole number.
  const whole = (value) => localised(fixed(value, 0));

  // A number with so many decimals, unless it would read as zero and is not.
  const number = (value, digits) => {
    if (!Number.isFinite(value)) return beyond(value);
    const plain = fixed(value, digits);
    return value !== 0 && Number(plain) === 0 ? significant(value) : localised(plain);
  };

  // A number with so many significant digits, and a power of ten where it is tiny or huge.
  const significant = (value, count = 3) => {
    if (!Number.isFinite(value)) return beyond(value);
    const order = Number(value.toExponential(count - 1).split("e")[1]);
    if (order < -3 || order >= 6) {
      const [digits, exponent] = value.toExponential(1).split("e");
      return `${localised(digits.replace(/\.0$/, ""))}\u00a0×\u00a0${power(exponent.replace("+", ""))}`;
    }
    const plain = fixed(value, value === 0 ? 0 : Math.max(0, count - 1 - order));
    return localised(plain.includes(".") ? plain.replace(/\.?0+$/, "") : plain);
  };

  // A share of the whole, 0 to 1, in percent, without the sign: only what is complete is called
  // 100, and only what is nothing is called 0.
  const percent = (share) => {
    if (!Number.isFinite(share)) return beyond(share);
    const value = 100 * share;
    const partial = value > 0 && value < 100;
    const shown = partial ? Math.min(99.999, Math.max(0.001, value)) : value;
    let digits = shown > 0 && shown < 9.95 ? 1 : 0;
    while (partial && [0, 100].includes(Number(shown.toFixed(digits)))) digits += 1;
    return localised(fixed(shown, digits).replace(/\.0$/, ""));
  };

  globalThis.grokreel = { ...globalThis.grokreel, numbers: { number, percent, significant, whole } };
}
