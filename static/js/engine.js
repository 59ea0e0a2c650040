// Of an Engine's credentials those that its URL needs are unfolded while it is typed; a fold can be opened by hand as well.

const url = document.querySelector("input[name=url]");
let shownScheme = null;

function unfold() {
  const scheme = url.value.trim().split("://")[0];
  if (scheme === shownScheme) {
    return;
  }
  shownScheme = scheme;
  for (const fold of document.querySelectorAll("details[data-scheme]")) {
    fold.open = fold.dataset.scheme === scheme;
  }
}

if (url) {
  url.addEventListener("input", unfold);
  unfold();
}
