// The theme's colours for what draws on a canvas: the tokens are light-dark() pairs, and which it is now only the browser knows.

/** Returns a token's colour in this theme, as "#rrggbb", or as "rgba(…)" where it is see-through. */
export function readColour(token) {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  return context.fillStyle;
}

/** Calls `repaint` whenever the theme changes, here or in the system, until the returned function is called. */
export function watchTheme(repaint) {
  const chosen = new MutationObserver(repaint);
  const system = matchMedia("(prefers-color-scheme: dark)");
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  system.addEventListener("change", repaint);
  return () => {
    chosen.disconnect();
    system.removeEventListener("change", repaint);
  };
}
