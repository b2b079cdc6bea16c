// How fast a timeline plays: half the pace near marks, and eight seconds for the whole training.
//
// Places are fractional indices into the steps of the timeline.

"use strict";

{
  const { indexOf } = grokreel.steps;

  const WHOLE = 8; // seconds from the first step to the last

  const REACH = 0.04; // share of all steps before and after a mark that are played slowly

  const SLOW = 0.5; // pace there, as a share

  // The ranges of indices that are played slowly, in order; ranges that touch are joined.
  const slowZones = (steps, marks) => {
    const last = steps.length - 1;
    const zones = [];
    const inside = marks.map(({ at }) => at).filter((at) => at >= steps[0] && at <= steps[last]);
    for (const at of inside.sort((a, b) => a - b)) {
      const place = indexOf(steps, at);
      const start = Math.max(0, place - REACH * last);
      const end = Math.min(last, place + REACH * last);
      if (zones.length && start <= zones.at(-1)[1]) zones.at(-1)[1] = end;
      else zones.push([start, end]);
    }
    return zones;
  };

  // Steps per second outside the zones with which the whole training takes `WHOLE` seconds.
  const wholePace = (steps, marks) => {
    const slow = slowZones(steps, marks).reduce((sum, [start, end]) => sum + end - start, 0);
    return (steps.length - 1 + slow * (1 / SLOW - 1)) / WHOLE;
  };

  // The index that playing reaches from another one in some seconds; it may be beyond the last.
  const advanced = (index, seconds, pace, zones) => {
    let at = index;
    let left = seconds * pace; // steps that would be played at full pace
    for (const [start, end] of zones) {
      if (at >= end) continue;
      const free = Math.max(0, start - at);
      if (left <= free) return at + left;
      at += free;
      left -= free;
      const needed = (end - at) / SLOW;
      if (left <= needed) return at + left * SLOW;
      at = end;
      left -= needed;
    }
    return at + left;
  };

  grokreel.pace = { advanced, slowZones, wholePace };
}
