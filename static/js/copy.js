// Copy buttons (data-copy) and the close buttons of toasts (data-dismiss). Where the browser forbids copying, nothing happens.

const CONFIRMED_MS = 1600;

/** Copies a text, and resolves to whether the browser let it. */
export async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) {
    return navigator.clipboard.writeText(text).then(() => true, () => copyBySelection(text));
  }
  return copyBySelection(text); // http:// on another machine has no clipboard API; the old way still works there, and where a policy forbids it
}

function copyBySelection(text) {
  const focused = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr";
  document.body.append(area);
  area.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    area.remove();
    focused?.focus();
  }
}

async function copyFrom(button) {
  // A command that changes while one types is copied as it stands beside the button.
  const code = button.closest(".codebox")?.querySelector("code");
  if (await copyText(code ? code.textContent : button.dataset.copy)) {
    button.classList.add("is-copied");
    setTimeout(() => button.classList.remove("is-copied"), CONFIRMED_MS);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-dismiss]");
  if (button?.hasAttribute("data-dismiss")) {
    button.closest(".toast-x").remove();
  } else if (button) {
    copyFrom(button);
  }
});
