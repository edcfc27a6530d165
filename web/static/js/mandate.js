/* What a page gains with a script; every page works without. Focus on the first error, unsaved changes, tick all, menus that close, months. */
(() => {
  "use strict";

  const focusFirstError = (root) => {
    const field = root.querySelector('[aria-invalid="true"]');
    if (field) field.focus();
  };

  // A form with data-guard asks before its changes are lost.
  let unsaved = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-guard]")) unsaved = true;
  });
  document.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });

  // [data-tick-all] in the head of a table ticks its rows; [data-tick-words] says how many, with %n for the number.
  const boxesOf = (all) => [...all.closest("table").querySelectorAll('tbody input[type="checkbox"]')];
  const showTicks = (all) => {
    const boxes = boxesOf(all);
    const ticked = boxes.filter((box) => box.checked).length;
    const box = all.querySelector("input");
    box.checked = ticked > 0 && ticked === boxes.length;
    box.indeterminate = ticked > 0 && ticked < boxes.length;
    boxes.forEach((one) => one.closest("tr").classList.toggle("is-picked", one.checked));
    const words = all.closest("form")?.querySelector("[data-tick-words]");
    if (words) words.textContent = words.dataset.tickWords.replace("%n", ticked);
  };
  const openTickAll = (root) => root.querySelectorAll("[data-tick-all]").forEach((all) => { all.hidden = false; showTicks(all); });
  document.addEventListener("change", (event) => {
    const all = event.target.closest("table")?.querySelector("[data-tick-all]");
    if (!all || event.target.type !== "checkbox") return;
    if (all.contains(event.target)) boxesOf(all).forEach((box) => { box.checked = event.target.checked; });
    showTicks(all);
  });

  // Menus close on Escape and on a click beside them.
  const menus = "details.m-pop[open], details.m-menu[open]";
  document.addEventListener("click", (event) => {
    document.querySelectorAll(menus).forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll(menus).forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  // Months wider than the window open where the first one can be entered.
  document.querySelectorAll(".m-scroll").forEach((box) => {
    const cell = box.querySelector("input.m-cell");
    const away = cell ? cell.getBoundingClientRect().right - box.getBoundingClientRect().right : 0;
    if (away > 0) box.scrollLeft = away + box.clientWidth / 4;
  });

  document.addEventListener("htmx:afterSwap", (event) => { openTickAll(event.target); focusFirstError(event.target); });
  openTickAll(document);
  focusFirstError(document);
})();
