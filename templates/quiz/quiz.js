"use strict";
// One question after the other, answered by keys or buttons; answers are kept in the browser and saved as a file.
(() => {
  const find = (id) => document.getElementById(id);
  const make = (name, text = "", fields = {}) => Object.assign(document.createElement(name), { textContent: text }, fields);
  const content = JSON.parse(find("content").textContent);
  const { questions, outputs, kind } = content;
  const PLACE = `quiz-${content.quiz}`;
  const SMALL = 96; // pixels: a picture of fewer is enlarged with its pixels in sight
  const PAUSE = 120; // seconds: whoever takes longer for a question was away
  const named = kind !== "numbers";
  const letters = outputs.map((name) => name.toLowerCase());
  const spelled = named && letters.every((name) => [...name].length === 1 && name.trim()) && new Set(letters).size === letters.length;
  const filtered = named && !spelled && outputs.length > 9;
  const keyOf = (i) => (spelled ? letters[i] : filtered ? "" : String(i + 1));

  // What is known: answers by row, in the order they were given, and how long they took.
  let state = { annotator: "", answers: {}, order: [], seconds: 0 };
  try { state = { ...state, ...JSON.parse(localStorage.getItem(PLACE) || "{}") }; } catch { /* kept in this page only */ }
  const keep = () => { try { localStorage.setItem(PLACE, JSON.stringify(state)); } catch { /* as above */ } };
  let at = Math.max(0, questions.findIndex((question) => !(question.row in state.answers)));
  let since = Date.now();
  let draft = [];

  const answerOf = (i) => state.answers[questions[i].row];
  const nAnswered = () => state.order.length;

  const record = (answer) => {
    const row = questions[at].row;
    state.seconds += Math.min((Date.now() - since) / 1000, PAUSE);
    state.order = [...state.order.filter((other) => other !== row), row];
    state.answers[row] = answer;
    keep();
    const after = [...questions.keys()].map((i) => (at + 1 + i) % questions.length);
    const open = after.find((i) => !(questions[i].row in state.answers));
    go(open === undefined ? Math.min(at + 1, questions.length - 1) : open);
  };
  const undo = () => {
    const row = state.order.pop();
    if (row === undefined) return;
    delete state.answers[row];
    keep();
    go(questions.findIndex((question) => question.row === row));
  };
  const go = (i) => {
    if (i < 0 || i >= questions.length) return;
    at = i;
    since = Date.now();
    find("filter").value = "";
    show();
  };

  // The example.
  const picture = (source) => {
    const image = make("img", "", { src: source, alt: "The example" });
    image.addEventListener("load", () => image.classList.toggle("small", Math.max(image.naturalWidth, image.naturalHeight) <= SMALL));
    return image;
  };
  const cells = (rows) => {
    const list = make("dl");
    rows.forEach(([name, value, unusual]) => {
      const row = make("div", "", { className: unusual ? "unusual" : "" });
      row.append(make("dt", name), make("dd", value));
      list.append(row);
    });
    return list;
  };
  const curve = ({ name, y, low, high, share }) => {
    const [width, height] = [600, 150], last = Math.max(1, y.length - 1);
    const point = (value, i) => `${(width * share * i / last).toFixed(1)} ${(height * (high - value) / (high - low)).toFixed(1)}`;
    let pen = "M";
    const path = y.map((value, i) => {
      if (value === null) { pen = "M"; return ""; }
      const step = `${pen}${point(value, i)}`;
      pen = "L";
      return step;
    }).join("");
    const drawn = (tag, attributes) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
      Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
      return element;
    };
    const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name });
    svg.append(drawn("path", { d: path }));
    const figure = make("figure"), caption = make("figcaption");
    caption.append(make("span", name), make("span", `${low} to ${high}`));
    figure.append(caption, svg);
    return figure;
  };
  const example = (question) => {
    if (question.picture) return [picture(question.picture)];
    if (question.cells) return [cells(question.cells)];
    if (question.curves) return question.curves.map(curve);
    return [make("p", question.text, { className: "text" })];
  };

  // The answers: a button a class, one to toggle a label, or a field a number.
  const buttons = outputs.map((name, i) => {
    const button = make("button", "", { type: "button" });
    if (keyOf(i) && !spelled) button.append(make("kbd", keyOf(i)));
    button.append(make("span", name));
    button.addEventListener("click", () => choose(i));
    return button;
  });
  const fields = outputs.map((name, i) => {
    const label = make("label"), about = content.hints[i];
    const field = make("input", "", { type: "text", inputMode: "decimal", autocomplete: "off" });
    label.append(make("span", name), field, make("span", about || ""));
    if (!named) find("fields").append(label);
    return field;
  });
  const choose = (i) => {
    const name = outputs[i];
    if (kind === "class") return record(name);
    draft = draft.includes(name) ? draft.filter((other) => other !== name) : [...draft, name];
    find("filter").value = "";
    return mark();
  };
  const shown = () => buttons.filter((button) => !button.hidden);
  const numbers = () => fields.map((field) => (field.value.trim() ? Number(field.value.trim().replace(",", ".")) : NaN));
  const confirmed = () => {
    if (kind === "labels") return record(outputs.filter((name) => draft.includes(name)));
    const given = numbers();
    const wrong = given.findIndex((number) => !Number.isFinite(number));
    if (wrong >= 0) {
      fields[wrong].focus();
      find("status").textContent = fields[wrong].value.trim() ? "That is no number: write it like 12.5." : "Write a number first.";
      return undefined;
    }
    return record(outputs.length > 1 ? given : given[0]);
  };

  const mark = () => {
    const wanted = find("filter").value.trim().toLowerCase();
    const answer = answerOf(at);
    const chosen = kind === "class" ? [answer] : draft;
    buttons.forEach((button, i) => {
      button.hidden = !letters[i].includes(wanted);
      button.setAttribute("aria-pressed", String(chosen.includes(outputs[i])));
      button.classList.remove("first");
    });
    if (wanted && shown().length) best().classList.add("first");
  };
  const best = () => {
    const wanted = find("filter").value.trim().toLowerCase();
    return buttons[letters.indexOf(wanted)] || shown()[0];
  };
  const written = (answer) => (answer === undefined ? outputs.map(() => "") : [answer].flat().map(String));
  const show = () => {
    const answer = answerOf(at), done = nAnswered() === questions.length;
    draft = kind === "labels" && answer ? [...answer] : [];
    find("place").textContent = `${at + 1} of ${questions.length}`;
    find("answered").textContent = `${nAnswered()} answered`;
    find("example").replaceChildren(...example(questions[at]));
    find("example").scrollTop = 0;
    if (!named) written(answer).forEach((text, i) => { fields[i].value = text; });
    find("status").textContent = done ? "All are answered. Save your answers below." : "";
    find("back").disabled = at === 0;
    find("forward").disabled = at === questions.length - 1;
    find("undo").disabled = !nAnswered();
    find("save").disabled = !nAnswered();
    find("restart").disabled = !nAnswered();
    find("file").textContent = fileName();
    Array.from(find("ticks").children).forEach((tick, i) => {
      tick.className = `${questions[i].row in state.answers ? "done" : ""} ${i === at ? "here" : ""}`;
    });
    mark();
    if (document.activeElement === find("annotator")) return;
    if (filtered) find("filter").focus({ preventScroll: true });
    else if (!named) { fields[0].focus({ preventScroll: true }); fields[0].select(); }
    else find("example").focus({ preventScroll: true });
  };

  // Keys. A field that holds something of its own keeps its arrows and its Backspace.
  const isKept = (target) => {
    if (target.tagName !== "INPUT" || target.id === "annotator") return target.tagName !== "INPUT";
    return target.id === "filter" ? !target.value : target.value === written(answerOf(at))[fields.indexOf(target)];
  };
  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.id === "annotator") return;
    const isFree = isKept(target), isEmpty = target.tagName !== "INPUT" || !target.value;
    const number = spelled ? letters.indexOf(key.toLowerCase()) : filtered || !named ? -1 : "123456789".indexOf(key);
    if (key === "ArrowLeft" && isFree) go(at - 1);
    else if (key === "ArrowRight" && isFree) go(at + 1);
    else if (key === "Backspace" && isEmpty) undo();
    else if (key === "Enter" && target.tagName !== "BUTTON") enter(target);
    else if (number >= 0 && number < outputs.length) choose(number);
    else return;
    event.preventDefault();
  });
  const enter = (target) => {
    if (target.id === "filter" && target.value.trim()) { if (shown().length) choose(buttons.indexOf(best())); return; }
    const next = fields[fields.indexOf(target) + 1];
    if (!named && next && fields.includes(target)) next.focus();
    else if (kind !== "class") confirmed();
  };

  // Saving.
  const fileName = () => `answers-${state.annotator.trim().replace(/[^\p{L}\p{N}_-]+/gu, "-") || "annotator"}.json`;
  const save = () => {
    const saved = { quiz: content.quiz, annotator: state.annotator.trim() || "annotator", answers: state.answers, seconds: Math.round(state.seconds) };
    const href = URL.createObjectURL(new Blob([JSON.stringify(saved, null, 1)], { type: "application/json" }));
    make("a", "", { href, download: fileName() }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10000);
    find("status").textContent = `Saved as ${fileName()}.`;
  };
  const restart = () => {
    if (!confirm("Forget all answers in this browser, for somebody else to begin?")) return;
    state = { annotator: "", answers: {}, order: [], seconds: 0 };
    find("annotator").value = "";
    keep();
    go(0);
  };

  questions.forEach(() => find("ticks").append(make("span")));
  find("choices").append(...(named ? buttons : []));
  find("choices").classList.toggle("short", spelled);
  find("question").textContent = { class: `Which ${content.target}?`, labels: "Which labels fit?", numbers: `How much is ${outputs.length > 1 ? "each" : content.target}?` }[kind];
  find("filter").hidden = !filtered;
  find("fields").hidden = named;
  find("confirm").hidden = kind === "class";
  find("keys").textContent = spelled ? "Press the character of the answer." : filtered ? "Type a part of the answer; Enter takes the one that is framed."
    : named ? "Press the number of the answer." : "Press Enter to go on.";
  if (kind === "labels") find("keys").textContent += " Enter goes on, with those chosen or with none.";
  find("annotator").value = state.annotator;
  find("annotator").addEventListener("input", () => { state.annotator = find("annotator").value; find("file").textContent = fileName(); keep(); });
  find("filter").addEventListener("input", mark);
  find("fields").addEventListener("submit", (event) => event.preventDefault());
  find("confirm").addEventListener("click", confirmed);
  find("back").addEventListener("click", () => go(at - 1));
  find("forward").addEventListener("click", () => go(at + 1));
  find("undo").addEventListener("click", undo);
  find("save").addEventListener("click", save);
  find("restart").addEventListener("click", restart);
  find("quiz").hidden = false;
  show();
})();
