// Filters of a toolbar apply themselves when picked; without this script the toolbar's "Apply" button does it. And what stands
// beside a field of a form that is checked while one types goes once something else is typed: the pre-flight says what is so then.

// Empty filters stay out of the URL, so that the same view has one address. They come back when the page does.
function disableEmptyFilters(form) {
  for (const element of form.elements) {
    if (element.name && element.value === "") {
      element.disabled = true;
    }
  }
}

function removeFaults(place, around) {
  place.querySelectorAll(".err").forEach((fault) => fault.remove());
  around.querySelectorAll(".hint[hidden]").forEach((hint) => { hint.hidden = false; });
}

document.addEventListener("change", (event) => {
  if (event.target.matches(".toolbar select")) {
    event.target.form?.requestSubmit();
  }
});

document.addEventListener("submit", (event) => {
  if (event.target.matches(".toolbar")) {
    disableEmptyFilters(event.target);
  }
});

document.addEventListener("input", (event) => {
  const field = event.target;
  const form = field.form;
  if (!form?.hasAttribute("hx-post") || !form.contains(field)) {
    return;
  }
  if (field.matches("select, [type=checkbox], [type=radio]")) { // of a choice everything else may depend
    removeFaults(form, form);
    form.querySelectorAll("[aria-invalid]").forEach((each) => each.removeAttribute("aria-invalid"));
    return;
  }
  const place = document.getElementById(`${field.id}_error`);
  if (place) {
    removeFaults(place, field.closest(".field") ?? place);
    field.removeAttribute("aria-invalid");
  }
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll(".toolbar :disabled").forEach((element) => { element.disabled = false; });
});
