"use strict";
// What the page adds to a gallery that plain HTML shows whole: filter, search, order, pages, arrow keys, the large view.
(() => {
  const A_PAGE = 60; // examples: about two screens of pictures
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const look = document.getElementById("look");
  const title = document.getElementById("look-title");
  const controls = look && Object.fromEntries(all("[data-look]", look).map((button) => [button.dataset.look, button]));
  let leaf = null; // shows the example that many places further in the large view
  let leave = null; // brings the example last seen large into view where it belongs

  const order = (one, other) => (typeof one === "number" && typeof other === "number") ? one - other
    : String(one).localeCompare(String(other), "en", { numeric: true });
  const number = (text) => (text !== "" && Number.isFinite(Number(text)) ? Number(text) : null);

  all("[data-gallery]").forEach((gallery) => {
    const find = (name) => gallery.querySelector(`[data-${name}]`);
    const [filter, sort, direction, search] = ["filter", "sort", "direction", "search"].map(find);
    const list = gallery.querySelector(".examples");
    const items = all("[data-example]", gallery).map((element, index) => ({
      element, index,
      label: element.dataset.label,
      groups: JSON.parse(element.dataset.groups),
      attributes: JSON.parse(element.dataset.attributes),
      words: [element.dataset.label, ...all(".words, .cells, .under", element).map((part) => part.textContent)].join("\n").toLowerCase(),
      button: element.querySelector(".look"),
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
    const turn = (by) => {
      page += by;
      draw();
      gallery.scrollIntoView({ block: "start" });
      const button = find(by > 0 ? "next" : "previous");
      if (button.disabled) find(by > 0 ? "previous" : "next").focus({ preventScroll: true });
    };

    // What an example is sorted by: its label, an attribute, or a cell of its row; null comes last either way.
    const columns = new Map();
    const column = (name) => {
      if (!columns.has(name)) {
        columns.set(name, items.map((item) => all(".cells > div", item.element).find((cell) => cell.firstChild.textContent === name)));
      }
      return columns.get(name);
    };
    const keys = (kind, name) => {
      if (kind === "attribute") return items.map((item) => (Object.hasOwn(item.attributes, name) ? item.attributes[name] : null));
      const texts = kind === "label" ? items.map((item) => item.label)
        : column(name).map((cell) => (cell && cell.lastChild.firstChild ? cell.lastChild.firstChild.textContent.trim() : "missing"));
      const numbers = texts.map(number);
      const isNumeric = texts.every((text, i) => numbers[i] !== null || text === "missing");
      return isNumeric ? numbers : texts;
    };
    const mark = (kind, option) => { // the one that is sorted by stands under its example, or first in its row
      all(".sorted", gallery).concat(items.flatMap((item) => all(".sorted", item.element))).forEach((row) => row.classList.remove("sorted"));
      if (kind === "column") column(option.value).forEach((cell) => { if (cell) cell.classList.add("sorted"); });
      if (kind !== "attribute") return;
      items.forEach((item) => all(".attributes > div", item.element).forEach((row) => row.classList.toggle("sorted", row.dataset.name === option.dataset.name)));
    };
    const select = () => {
      const group = filter && filter.selectedIndex > 0 ? filter.value : null;
      const sought = search.value.trim().toLowerCase();
      const option = sort.selectedOptions[0];
      const values = option.dataset.kind ? keys(option.dataset.kind, option.value) : items.map((item) => item.index);
      mark(option.dataset.kind, option);
      shown = items.filter((item) => (group === null || item.groups.includes(group)) && (!sought || item.words.includes(sought)));
      shown.sort((one, other) => {
        const [a, b] = [values[one.index], values[other.index]];
        if (a === null || b === null) return (a === null) - (b === null) || one.index - other.index;
        return (largest ? order(b, a) : order(a, b)) || one.index - other.index;
      });
      page = 0;
      draw();
    };

    const show = (index) => {
      const item = shown[index];
      if (!item) return;
      const parts = [...item.element.querySelector(".face").children, ...all(".under, .attributes", item.element)];
      look.querySelector(".look-body").replaceChildren(...parts.map((part) => part.cloneNode(true)));
      title.textContent = `${item.label || "No label"} (${index + 1} of ${shown.length})`;
      controls.previous.disabled = index === 0;
      controls.next.disabled = index === shown.length - 1;
      leaf = (by) => show(index + by);
      leave = () => {
        if (Math.floor(index / A_PAGE) !== page) { page = Math.floor(index / A_PAGE); draw(); }
        item.button.focus();
      };
      if (!look.open) look.showModal();
      look.scrollTop = 0;
    };
    const across = () => { // examples side by side
      const tops = Array.from(list.children, (element) => element.offsetTop);
      const second = tops.findIndex((top) => top > tops[0]);
      return second < 0 ? tops.length : second;
    };
    const go = (place) => {
      if (place < 0 || place >= shown.length) return;
      if (Math.floor(place / A_PAGE) !== page) { page = Math.floor(place / A_PAGE); draw(); }
      shown[place].button.focus();
    };

    [filter, sort].filter(Boolean).forEach((choice) => choice.addEventListener("change", select));
    search.addEventListener("input", select);
    direction.addEventListener("click", () => {
      largest = !largest;
      direction.setAttribute("aria-pressed", String(largest));
      select();
    });
    find("previous").addEventListener("click", () => turn(-1));
    find("next").addEventListener("click", () => turn(1));
    items.forEach((item) => item.button.addEventListener("click", () => show(shown.indexOf(item))));
    list.addEventListener("keydown", (event) => {
      const place = shown.findIndex((item) => item.button === event.target);
      if (place < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
      const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across(), ArrowDown: across(), PageUp: -A_PAGE, PageDown: A_PAGE }[event.key];
      const to = event.key === "Home" ? 0 : event.key === "End" ? shown.length - 1 : by === undefined ? null : place + by;
      if (to === null) return;
      event.preventDefault();
      go(Math.abs(by) === A_PAGE ? Math.min(Math.max(to, 0), shown.length - 1) : to);
    });
    gallery.querySelector(".gallery-bar").hidden = items.length < 2;
    gallery.querySelector(".pager").hidden = items.length <= A_PAGE;
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
      if (event.altKey || event.ctrlKey || event.metaKey || !leaf) return;
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]; // up and down scroll what is long
      if (by) { event.preventDefault(); leaf(by); }
    });
    look.addEventListener("close", () => { if (leave) leave(); });
  }
})();
