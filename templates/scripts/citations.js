// A citation shows its work in a card: under a mouse, with the focus, and at a tap. Escape closes it.
// The card is a copy of the entry in the list of references, where the link leads without scripts.

"use strict";

{
  const GAP = 6; // between citation and card, in pixels
  const LINGER = 250; // milliseconds in which the mouse may go from the citation to the card

  class Card {
    constructor(box) {
      this.box = box;
      this.citation = null;
      this.touched = false;
      box.addEventListener("pointerenter", () => clearTimeout(this.leaving));
      box.addEventListener("pointerleave", (event) => this.leaveByMouse(event));
      document.addEventListener("keydown", ({ key }) => key === "Escape" && this.close());
      document.addEventListener("pointerdown", ({ target }) => {
        if (!box.contains(target) && !this.citation?.contains(target)) this.close();
      });
    }

    listen(citation) {
      citation.removeAttribute("title");
      citation.addEventListener("pointerenter", ({ pointerType }) => {
        if (pointerType === "mouse") this.open(citation);
      });
      citation.addEventListener("pointerleave", (event) => this.leaveByMouse(event));
      citation.addEventListener("pointerdown", ({ pointerType }) => {
        this.touched = pointerType === "touch" && this.citation !== citation;
      });
      citation.addEventListener("focus", () => this.open(citation));
      citation.addEventListener("blur", () => this.leave());
      // The first tap opens the card; another one follows the link to the list.
      citation.addEventListener("click", (event) => {
        if (this.touched) event.preventDefault();
        if (this.touched) this.open(citation);
        else this.close();
        this.touched = false;
      });
    }

    open(citation) {
      const work = document.getElementById(decodeURIComponent(citation.hash.slice(1)));
      clearTimeout(this.leaving);
      if (!work || this.citation === citation) return;
      this.close();
      this.box.replaceChildren(...work.cloneNode(true).childNodes);
      this.box.querySelector(".back")?.remove();
      this.box.showPopover();
      this.place(citation.getClientRects()[0]);
      citation.setAttribute("aria-describedby", this.box.id);
      this.citation = citation;
    }

    // Below the citation or, without room, above it, and inside of the window.
    place({ left, top, bottom }) {
      const { offsetWidth, offsetHeight, style } = this.box;
      const most = document.documentElement.clientWidth - offsetWidth - GAP;
      const below = bottom + GAP + offsetHeight <= innerHeight;
      style.left = `${scrollX + Math.max(GAP, Math.min(left, most))}px`;
      style.top = `${scrollY + (below ? bottom + GAP : top - GAP - offsetHeight)}px`;
    }

    // A finger leaves what it tapped at once, and the card stays.
    leaveByMouse({ pointerType }) {
      if (pointerType === "mouse") this.leave();
    }

    leave() {
      clearTimeout(this.leaving);
      this.leaving = setTimeout(() => {
        const held = [this.citation, this.box].some((one) => one?.contains(document.activeElement));
        if (!held) this.close();
      }, LINGER);
    }

    close() {
      clearTimeout(this.leaving);
      this.citation?.removeAttribute("aria-describedby");
      this.citation = null;
      if (this.box.matches(":popover-open")) this.box.hidePopover();
    }
  }

  const citations = [...document.querySelectorAll("a.citation")];
  if (citations.length && HTMLElement.prototype.showPopover) {
    const box = document.createElement("div");
    box.id = "cited-work";
    box.className = "cited-work";
    box.popover = "manual";
    document.querySelector("main").append(box);
    const card = new Card(box);
    for (const citation of citations) card.listen(citation);
  }
}
