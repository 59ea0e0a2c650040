// Rows chosen for a job stay chosen while the page is pushed to: a morph or a move of the row must not untick it.
// Without this script ticking and the bar's buttons work all the same; only the count and "choose all" are missing.

const BOX = ".tbl tbody .c-x > input";
const chosen = new Set(); // values of ticked boxes
const counter = document.getElementById("chosen");
const chooseAll = document.getElementById("choose-all");

function findBoxes() {
  return [...document.querySelectorAll(BOX)];
}

function showCount() {
  const possible = findBoxes().filter((box) => !box.disabled);
  const ticked = possible.filter((box) => box.checked);
  if (counter) {
    counter.textContent = counter.dataset.text.replace("{count}", String(ticked.length));
  }
  if (chooseAll) {
    chooseAll.checked = ticked.length > 0 && ticked.length === possible.length;
    chooseAll.indeterminate = ticked.length > 0 && !chooseAll.checked;
  }
}

function remember() {
  chosen.clear();
  findBoxes().filter((box) => box.checked).forEach((box) => chosen.add(box.value));
  showCount();
}

// Ticks again what a swap unticked. What went is not chosen any more, should it come back.
function restore() {
  if (chosen.size) {
    for (const box of findBoxes()) {
      box.checked = chosen.has(box.value) && !box.disabled;
    }
    remember();
  } else {
    showCount();
  }
}

// One field for all of them: Django takes no more than 1,000 fields, and a list may have more rows.
function sendAsOneField(form) {
  const boxes = findBoxes();
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "id";
  field.value = boxes.filter((box) => box.checked).map((box) => box.value).join(",");
  form.append(field);
  boxes.forEach((box) => { box.name = ""; });
  setTimeout(() => { // the form's content is fixed by then; the page may come back
    field.remove();
    findBoxes().forEach((box) => { box.name = "id"; });
  });
}

document.addEventListener("change", (event) => {
  if (event.target === chooseAll) {
    findBoxes().forEach((box) => { box.checked = chooseAll.checked && !box.disabled; });
    remember();
  } else if (event.target.matches(BOX)) {
    remember();
  }
});

document.addEventListener("reset", (event) => {
  if (event.target.id === "several") {
    setTimeout(remember); // after the reset itself
  }
});

document.addEventListener("submit", (event) => {
  if (event.target.id === "several") {
    sendAsOneField(event.target);
  }
});

document.addEventListener("htmx:after:swap", restore);
window.addEventListener("pageshow", remember);

if (chooseAll) {
  chooseAll.hidden = false;
}
remember();
