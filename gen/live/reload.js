// Keeps a page that `gen serve` shows up to date: reloads it when its site has changed, and says
// what is wrong, or at work, meanwhile. Published sites never contain this file.

const version = new URL(document.currentScript.src).searchParams.get("version");
const host = document.createElement("gen-live");
const root = host.attachShadow({ mode: "open" });
const sheet = document.createElement("link");
sheet.rel = "stylesheet";
sheet.href = "/_gen/reload.css";
const panel = document.createElement("div");
panel.setAttribute("role", "status");
root.append(sheet, panel);
document.body.append(host);

function line(name, text) {
  const element = document.createElement("p");
  element.className = name;
  element.textContent = text;
  return element;
}

function show(state) {
  if (state.version !== version) {
    location.reload();
    return;
  }
  const lines = [];
  if (state.error) {
    lines.push(line("where", state.error.where), line("what", state.error.what));
    if (state.error.mend) lines.push(line("mend", state.error.mend));
  } else if (state.busy) {
    lines.push(line("busy", state.busy));
  }
  panel.className = state.error ? "error" : "note";
  panel.hidden = lines.length === 0;
  panel.replaceChildren(...lines);
}

const events = new EventSource("/_gen/events");
events.addEventListener("message", (event) => show(JSON.parse(event.data)));
addEventListener("pagehide", () => events.close());
