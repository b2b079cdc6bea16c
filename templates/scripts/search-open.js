// The search dialog: it is opened by a button, "/", Ctrl+K or Cmd+K. What searches is in search.js,
// which is loaded when the dialog is opened for the first time; the reader can type meanwhile.

"use strict";

{
  const { runScript } = grokreel.page;

  class SearchOpener {
    constructor(dialog, opener) {
      this.dialog = dialog;
      opener.hidden = false;
      opener.addEventListener("click", () => this.open());
      dialog.querySelector("button").addEventListener("click", () => dialog.close());
      document.addEventListener("keydown", (event) => this.openByKey(event));
    }

    open() {
      const { dialog } = this;
      if (dialog.open) return;
      dialog.showModal();
      dialog.querySelector("input").select();
      this.load();
    }

    // After a failure the next opening tries again.
    async load() {
      try {
        await (this.loading ??= runScript(this.dialog.dataset.script));
      } catch (error) {
        this.loading = null;
        reportError(error);
      }
    }

    openByKey(event) {
      const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
      const slash = event.key === "/" && !typing;
      if (!slash && !(event.key === "k" && (event.ctrlKey || event.metaKey))) return;
      event.preventDefault();
      this.open();
    }
  }

  const dialog = document.querySelector("#search");
  if (dialog) new SearchOpener(dialog, document.querySelector(".search-open"));
}
