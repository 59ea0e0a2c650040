// The console prints /setup/#TOKEN: a fragment is never sent, so the token goes from here into the field, and out of the address.

const field = document.querySelector("[data-from-fragment]");

function takeToken() {
  const token = decodeURIComponent(location.hash.slice(1));
  if (!field || !token) {
    return;
  }
  field.value = token;
  history.replaceState(null, "", location.pathname + location.search);
  field.form.querySelector("input:not([type=hidden]):not([data-from-fragment])")?.focus();
}

takeToken();
// the address with its token, typed where the page is open already, loads nothing
window.addEventListener("hashchange", takeToken);
