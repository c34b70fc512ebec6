"use strict";
// What the page adds to plain HTML: opening steps by link, the contents' mark, and all steps open on paper.
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  document.documentElement.classList.add("js");

  // Steps: a link to a step opens it; one button opens or closes all; paper shows everything.
  const steps = all("details.step");
  const reveal = () => {
    let target = null;
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { return; }
    if (target && target.matches("details.step") && !target.open) { target.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", reveal);
  all('a[href^="#step-"]').forEach((link) => link.addEventListener("click", () => setTimeout(reveal)));
  reveal();
  const button = document.getElementById("all");
  if (button && steps.length) {
    const name = () => { button.textContent = steps.every((step) => step.open) ? "Close all" : "Open all"; };
    button.hidden = false;
    button.addEventListener("click", () => {
      const open = !steps.every((step) => step.open);
      steps.forEach((step) => { step.open = open; });
      name();
    });
    steps.forEach((step) => step.addEventListener("toggle", name));
    name();
  }
  let closed = [];
  addEventListener("beforeprint", () => { closed = steps.filter((step) => !step.open); closed.forEach((step) => { step.open = true; }); });
  addEventListener("afterprint", () => { closed.forEach((step) => { step.open = false; }); closed = []; });

  // Contents: the entry of what is being read is marked.
  const entries = new Map(all(".contents a").map((link) => [link.getAttribute("href").slice(1), link]));
  const places = Array.from(entries.keys(), (id) => document.getElementById(id)).filter(Boolean);
  let waiting = false;
  const mark = () => {
    waiting = false;
    const passed = places.filter((place) => place.getBoundingClientRect().top < innerHeight / 3);
    entries.forEach((link) => link.removeAttribute("aria-current"));
    if (passed.length) entries.get(passed[passed.length - 1].id).setAttribute("aria-current", "true");
  };
  addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(mark); } }, { passive: true });
  mark();
})();
