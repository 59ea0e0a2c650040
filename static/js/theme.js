// Light, dark, or as the system has it. The choice lives in the cookie "theme", so that the server draws it; and in localStorage,
// where the admin site looks. The one script that is no module: modules wait for the whole document, and this one has to run in
// the head, before anything is painted. The block keeps its names to itself.
"use strict";
{
  const THEMES = ["light", "dark", "system"];
  const root = document.documentElement;
  // What lies below this path is ours; a proxy may give the rest of the host to others.
  const home = `${new URL(document.currentScript.src).pathname.split("/static/")[0]}/`;

  function readCookie() {
    return /(?:^|; )theme=(light|dark|system)(?:;|$)/.exec(document.cookie)?.[1];
  }

  function showPressed(theme) {
    for (const button of document.querySelectorAll("[data-set-theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.setTheme === theme));
    }
  }

  function choose(theme) {
    root.dataset.bsTheme = theme;
    document.cookie = `theme=${theme}; path=${home}; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    try {
      localStorage.setItem("theme", theme === "system" ? "auto" : theme);
    } catch {
      // storage is off: the cookie is enough for our own pages
    }
    showPressed(theme);
  }

  root.classList.add("js");
  // Pages that are drawn without the shell (log in, errors) don't know the cookie.
  if (readCookie()) {
    root.dataset.bsTheme = readCookie();
  }

  document.addEventListener("DOMContentLoaded", () => showPressed(root.dataset.bsTheme));
  document.addEventListener("click", (event) => {
    const theme = event.target.closest("[data-set-theme]")?.dataset.setTheme;
    if (THEMES.includes(theme)) {
      choose(theme);
    }
  });
}
