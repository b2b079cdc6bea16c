// The constructed network: n neurons that add modulo p, every weight by a formula. What is
// shared by its figures hangs on one global name, since scripts of a page opened from a folder
// cannot import each other.

window.Construction = class Construction {
  static SLACK = 1e-9;

  constructor(neurons, modulus, bend) {
    Object.assign(this, { neurons, modulus, bend });
    const directions = Array.from({ length: neurons }, (_, k) => (2 * Math.PI * k) / neurons);
    this.into = directions.map((angle) => [Math.cos(angle), Math.sin(angle)]);
    this.out = directions.map((angle) => [Math.cos(2 * angle), Math.sin(2 * angle)]);
  }

  place(number) {
    const angle = (2 * Math.PI * number) / this.modulus;
    return [Math.cos(angle), Math.sin(angle)];
  }

  // What each neuron hears of a vector.
  heard([x, y]) {
    return this.into.map(([cos, sin]) => x * cos + y * sin);
  }

  active(heard) {
    if (this.bend === "relu") return heard.map((u) => Math.max(0, u));
    return this.bend === "square" ? heard.map((u) => u * u) : heard;
  }

  // What the neurons speak, put end to end from the middle on; the last point is the answer.
  ends(active) {
    const points = [[0, 0]];
    active.forEach((value, k) => {
      const [x, y] = points[k];
      points.push([x + value * this.out[k][0], y + value * this.out[k][1]]);
    });
    return points;
  }

  ofPair(a, b) {
    const [one, two] = [this.place(a), this.place(b)];
    const heard = this.heard([one[0] + two[0], one[1] + two[1]]);
    const active = this.active(heard);
    return { heard, active, ends: this.ends(active) };
  }

  // The longest way from the middle that any pair's chain leads.
  reach() {
    let longest = 0;
    for (let j = 0; j < 2 * this.modulus; j += 1) {
      const angle = (Math.PI * j) / this.modulus;
      const heard = this.heard([2 * Math.cos(angle), 2 * Math.sin(angle)]);
      for (const point of this.ends(this.active(heard))) {
        longest = Math.max(longest, Math.hypot(...point));
      }
    }
    return longest;
  }

  silent(vector) {
    return Math.hypot(...vector) <= Construction.SLACK * this.neurons;
  }

  // The number whose logit is highest; -1 where two or more are level.
  said(vector) {
    if (this.silent(vector)) return -1;
    const place = (Math.atan2(vector[1], vector[0]) * this.modulus) / (2 * Math.PI);
    const level = Math.abs(Math.abs(place - Math.round(place)) - 0.5) < Construction.SLACK;
    return level ? -1 : (Math.round(place) + this.modulus) % this.modulus;
  }

  // By how many degrees a vector is turned away from a number's place: -180 to 180.
  off(vector, number) {
    const angle = Math.atan2(vector[1], vector[0]) - (2 * Math.PI * number) / this.modulus;
    return (Math.atan2(Math.sin(angle), Math.cos(angle)) * 180) / Math.PI;
  }

  // For each of the 2p directions that a pair can be heard from, how far the answer is off in
  // degrees; null where nothing is spoken. Direction j should be answered by j modulo p.
  strays() {
    return Array.from({ length: 2 * this.modulus }, (_, j) => {
      const angle = (Math.PI * j) / this.modulus;
      const heard = this.heard([Math.cos(angle), Math.sin(angle)]);
      const vector = this.ends(this.active(heard))[this.neurons];
      return this.silent(vector) ? null : this.off(vector, j);
    });
  }

  // How many pairs a <= b are answered rightly, and how many are not decided.
  counted(strays = this.strays()) {
    const p = this.modulus;
    const half = 180 / p;
    const slack = Construction.SLACK * half;
    const verdicts = strays.map((stray) => {
      const size = stray === null ? half : Math.abs(stray);
      return Math.abs(size - half) <= slack ? "undecided" : size < half ? "right" : "wrong";
    });
    const counts = { pairs: (p * (p + 1)) / 2, right: 0, undecided: 0, wrong: 0 };
    for (let apart = 0; apart < p; apart += 1) {
      for (let a = 0; a + apart < p; a += 1) {
        const far = 2 * apart > p ? p : 0;
        const direction = (2 * a + apart + far) % (2 * p);
        counts[2 * apart === p ? "undecided" : verdicts[direction]] += 1;
      }
    }
    return counts;
  }
};

window.Construction.page = {
  filled: (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]),

  whole: globalThis.grokreel.numbers.whole,

  number: globalThis.grokreel.numbers.number,

  // A coordinate with one decimal.
  short: (value) => {
    const rounded = Math.round(value * 10) / 10;
    return String(rounded === 0 ? 0 : rounded);
  },

  // What stands in a field, held within its limits; NaN while there is no number in it.
  held: (field) => {
    const value = Math.round(field.valueAsNumber);
    return Math.min(Number(field.max), Math.max(Number(field.min), value));
  },

  // Calls `change` when a field holds a number within its limits, and mends it when it is left.
  watch: (field, change) => {
    field.addEventListener("input", () => {
      if (field.validity.valid && field.value !== "") change();
    });
    field.addEventListener("change", () => {
      const value = Construction.page.held(field);
      field.value = Number.isNaN(value) ? field.defaultValue : value;
      change();
    });
  },
};
