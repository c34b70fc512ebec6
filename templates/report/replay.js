"use strict";
// What the page adds to a drawing of where examples begin and end: the way between, played on demand.
(() => {
  const PACE = 220; // milliseconds a look: the eye can follow twenty dots
  document.querySelectorAll("[data-replay]").forEach((replay) => {
    const frames = JSON.parse(replay.dataset.frames);
    const looks = JSON.parse(replay.dataset.looks);
    const dots = Array.from(replay.querySelectorAll("[data-dot]"));
    const [bar, button, slider, word] = [".replay-bar", "[data-play]", "[data-at]", "[data-look]"].map((one) => replay.querySelector(one));
    if (!dots.length || looks.length < 2) return;
    let timer = null;
    const show = () => {
      const at = Number(slider.value);
      dots.forEach((dot, i) => dot.setAttribute("cx", frames[i][at]));
      word.textContent = looks[at];
    };
    const stop = () => { clearInterval(timer); timer = null; button.textContent = "Play"; };
    const play = () => {
      if (Number(slider.value) >= looks.length - 1) slider.value = 0;
      button.textContent = "Pause";
      show();
      timer = setInterval(() => {
        slider.value = Number(slider.value) + 1;
        show();
        if (Number(slider.value) >= looks.length - 1) stop();
      }, PACE);
    };
    button.addEventListener("click", () => (timer ? stop() : play()));
    slider.addEventListener("input", () => { stop(); show(); });
    bar.hidden = false;
    show();
  });
})();
