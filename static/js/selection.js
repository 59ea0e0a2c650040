// Rows chosen for a job stay chosen while the page is pushed to: a morph or a move of the row must not untick it.
// Without this script ticking and the bar's buttons work all the same; only the count and "choose all" are missing.
(function () {
  "use strict";

  const chosen = new Set();
  const counter = document.getElementById("chosen");
  const all = document.getElementById("choose-all");

  function boxes() {
    return Array.prototype.slice.call(document.querySelectorAll(".tbl tbody .c-x > input"));
  }

  function show() {
    const possible = boxes().filter(function (box) { return !box.hasAttribute("disabled"); });
    const ticked = possible.filter(function (box) { return box.checked; });
    if (counter) {
      counter.textContent = counter.dataset.text.replace("{count}", String(ticked.length));
    }
    if (all) {
      all.checked = ticked.length > 0 && ticked.length === possible.length;
      all.indeterminate = ticked.length > 0 && !all.checked;
    }
  }

  function remember() {
    chosen.clear();
    boxes().forEach(function (box) {
      if (box.checked) {
        chosen.add(box.value);
      }
    });
    show();
  }

  // What went is not chosen any more, should it come back.
  function restore() {
    if (!chosen.size) {
      show();
      return;
    }
    const there = new Set();
    boxes().forEach(function (box) {
      box.checked = chosen.has(box.value) && !box.hasAttribute("disabled");
      if (box.checked) {
        there.add(box.value);
      }
    });
    chosen.forEach(function (value) {
      if (!there.has(value)) {
        chosen.delete(value);
      }
    });
    show();
  }

  document.addEventListener("change", function (event) {
    if (event.target === all) {
      boxes().forEach(function (box) { box.checked = all.checked && !box.hasAttribute("disabled"); });
      remember();
    } else if (event.target.matches && event.target.matches(".tbl tbody .c-x > input")) {
      remember();
    }
  });

  document.addEventListener("reset", function (event) {
    if (event.target.id === "several") {
      window.setTimeout(remember, 0); // after the reset itself
    }
  });

  // One field for all of them: Django takes no more than 1,000 fields, and a list may have more rows.
  document.addEventListener("submit", function (event) {
    if (event.target.id !== "several") {
      return;
    }
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "id";
    field.value = boxes().filter(function (box) { return box.checked; }).map(function (box) { return box.value; }).join(",");
    event.target.append(field);
    boxes().forEach(function (box) { box.name = ""; });
    window.setTimeout(function () { // the form's content is fixed by then; the page may come back
      field.remove();
      boxes().forEach(function (box) { box.name = "id"; });
    }, 0);
  });

  document.addEventListener("htmx:ws:after:message:incoming", restore);
  window.addEventListener("pageshow", remember);

  if (all) {
    all.hidden = false;
  }
  remember();
})();
