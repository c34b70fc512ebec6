"use strict";
// What the page adds to plain HTML: opening steps by link, the gallery's filter, sort, search and paging, the large view.
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
  all(".contents a").forEach((link) => link.addEventListener("click", () => setTimeout(reveal)));
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

  // Galleries.
  const A_PAGE = 60; // examples: about two screens of pictures
  const look = document.getElementById("look");
  let leaf = null; // shows the neighbour of the example in the large view

  const order = (one, other) => (typeof one === "number" && typeof other === "number") ? one - other
    : String(one).localeCompare(String(other), "en", { numeric: true });

  all("[data-gallery]").forEach((gallery) => {
    const find = (name) => gallery.querySelector(`[data-${name}]`);
    const list = gallery.querySelector(".examples");
    const items = all("[data-example]", gallery).map((element, index) => ({
      element, index,
      label: element.dataset.label,
      attributes: JSON.parse(element.dataset.attributes),
      words: element.textContent.toLowerCase(),
      rows: all(".attributes > div", element), // the one that is sorted by stands under its example
    }));
    if (!items.length) return;
    let shown = items;
    let page = 0;
    let largest = false;

    const draw = () => {
      const pages = Math.max(1, Math.ceil(shown.length / A_PAGE));
      page = Math.min(Math.max(page, 0), pages - 1);
      const visible = shown.slice(page * A_PAGE, (page + 1) * A_PAGE);
      list.replaceChildren(...visible.map((item) => item.element));
      find("status").textContent = shown.length
        ? `${page * A_PAGE + 1}–${page * A_PAGE + visible.length} of ${shown.length}` + (shown.length < items.length ? ` (all: ${items.length})` : "")
        : "No example matches.";
      find("previous").disabled = page === 0;
      find("next").disabled = page === pages - 1;
    };
    const select = () => {
      const label = find("filter").selectedIndex > 0 ? find("filter").value : null;
      const sought = find("search").value.trim().toLowerCase();
      const by = find("sort").selectedIndex > 0 ? find("sort").value : null;
      shown = items.filter((item) => (label === null || item.label === label) && (!sought || item.words.includes(sought)));
      const key = (item) => (by === null ? item.index : Object.hasOwn(item.attributes, by) ? item.attributes[by] : null);
      shown.sort((one, other) => {
        const [a, b] = [key(one), key(other)];
        if (a === null || b === null) return (a === null) - (b === null) || one.index - other.index;
        return (largest ? order(b, a) : order(a, b)) || one.index - other.index;
      });
      const named = by === null ? "" : find("sort").selectedOptions[0].dataset.name;
      items.forEach((item) => item.rows.forEach((row) => row.classList.toggle("sorted", by !== null && row.dataset.name === named)));
      page = 0;
      draw();
    };
    const show = (index) => {
      const item = shown[index];
      if (!item) return;
      const body = look.querySelector(".look-body");
      const parts = [...item.element.querySelector(".look").children, ...all(".under, .attributes", item.element)];
      body.replaceChildren(...parts.map((part) => part.cloneNode(true)));
      document.getElementById("look-title").textContent = `${item.label || "No label"} (${index + 1} of ${shown.length})`;
      look.querySelector('[data-look="previous"]').disabled = index === 0;
      look.querySelector('[data-look="next"]').disabled = index === shown.length - 1;
      leaf = (by) => show(index + by);
      if (!look.open) look.showModal();
      look.scrollTop = 0;
    };

    ["filter", "sort"].forEach((name) => find(name).addEventListener("change", select));
    find("search").addEventListener("input", select);
    find("direction").addEventListener("click", (event) => {
      largest = !largest;
      event.currentTarget.setAttribute("aria-pressed", String(largest));
      select();
    });
    find("previous").addEventListener("click", () => { page -= 1; draw(); });
    find("next").addEventListener("click", () => { page += 1; draw(); });
    items.forEach((item) => item.element.querySelector(".look").addEventListener("click", () => show(shown.indexOf(item))));
    gallery.querySelector(".gallery-bar").hidden = items.length < 2;
    gallery.querySelector(".pager").hidden = items.length <= A_PAGE;
    find("sort").parentElement.hidden = find("direction").hidden = find("sort").options.length < 2;
    find("filter").parentElement.hidden = find("filter").options.length < 3;
    draw();
  });

  if (look) {
    look.addEventListener("click", (event) => {
      const name = event.target.dataset.look;
      if (name === "close" || event.target === look) look.close();
      if (name === "previous" && leaf) leaf(-1);
      if (name === "next" && leaf) leaf(1);
    });
    look.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
      if (by && leaf) { event.preventDefault(); leaf(by); }
    });
  }
})();
