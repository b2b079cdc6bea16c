// Keeps a page that `gen serve` shows up to date: reloads it when its site has changed, and says
// what is wrong, or at work, meanwhile. Published sites never contain this file.
//
// It asks again and again instead of holding a stream open: browsers keep six connections to one
// server, so that a seventh tab would never load. A tab that is hidden asks when it is shown again.

const pause = 250;
const pauseAfterFailure = 2000;

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

function line(name, text) {
  const element = document.createElement("p");
  element.className = name;
  element.textContent = text;
  return element;
}

function show(state) {
  const lines = [];
  if (state.error) {
    lines.push(line("where", state.error.where), line("what", state.error.what));
    if (state.error.hint) lines.push(line("hint", state.error.hint));
  } else if (state.busy) {
    lines.push(line("busy", state.busy));
  }
  panel.className = state.error ? "error" : "note";
  panel.hidden = lines.length === 0;
  panel.replaceChildren(...lines);
}

let shown = "";
let asking = false;
let waiting = 0;

async function ask() {
  if (asking) return;
  asking = true;
  let next = pause;
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
    next = pauseAfterFailure; // the server has ended, or this page is being left
  }
  asking = false;
  waiting = document.hidden ? 0 : setTimeout(ask, next);
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(waiting);
  if (!document.hidden) ask();
});
ask();
