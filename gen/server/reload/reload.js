// Keeps a page of `gen serve` up to date: reloads it when the site has changed, and shows errors
// and work in progress. Published sites never contain this file.
//
// The page polls instead of holding a stream open: browsers allow six connections to one server,
// so a seventh tab would never load. A hidden tab does not poll.

"use strict";

{
  const INTERVAL = 250; // milliseconds between two requests
  const INTERVAL_AFTER_ERROR = 2000;

  const own = document.currentScript.src;
  const version = new URL(own).searchParams.get("version");
  const host = document.createElement("gen-live");
  const root = host.attachShadow({ mode: "open" });
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = new URL("reload.css", own).href;
  const panel = document.createElement("div");
  panel.setAttribute("role", "status");
  panel.hidden = true;
  root.append(sheet, panel);
  document.body.append(host);

  const line = (name, text) => {
    const element = document.createElement("p");
    element.className = name;
    element.textContent = text;
    return element;
  };

  const show = (state) => {
    const lines = [];
    if (state.error) {
      lines.push(line("where", state.error.where), line("what", state.error.what));
      if (state.error.hint) lines.push(line("hint", state.error.hint));
    } else if (state.busy) {
      lines.push(line("busy", state.busy));
    }
    if (state.recording && !state.error) lines.push(line("recording", state.recording));
    panel.className = state.error ? "error" : "note";
    panel.hidden = lines.length === 0;
    panel.replaceChildren(...lines);
  };

  let shown = "";
  let polling = false;
  let timer = 0;

  const poll = async () => {
    if (polling) return;
    polling = true;
    let interval = INTERVAL;
    try {
      const answer = await fetch(new URL("state", own), { cache: "no-store" });
      const text = await answer.text();
      const state = JSON.parse(text);
      if (state.version !== version) {
        location.reload();
        return;
      }
      if (text !== shown) show(state);
      shown = text;
    } catch {
      interval = INTERVAL_AFTER_ERROR; // the server has ended, or the browser is leaving the page
    }
    polling = false;
    timer = document.hidden ? 0 : setTimeout(poll, interval);
  };

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) poll();
  });
  poll();
}
