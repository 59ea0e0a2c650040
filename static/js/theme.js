// Light, dark, or as the system has it. Runs in the head, before anything is painted.
// The choice lives in the cookie "theme", so that the server draws it; and in localStorage, where the admin site looks.
(function () {
  "use strict";
  var root = document.documentElement;
  var THEMES = ["light", "dark", "system"];

  function chosen() {
    var match = /(?:^|; )theme=(light|dark|system)(?:;|$)/.exec(document.cookie);
    return match ? match[1] : "";
  }

  function mark(theme) {
    var buttons = document.querySelectorAll("[data-set-theme]");
    for (var i = 0; i < buttons.length; i++) {
      buttons[i].setAttribute("aria-pressed", String(buttons[i].getAttribute("data-set-theme") === theme));
    }
  }

  function choose(theme) {
    root.setAttribute("data-bs-theme", theme);
    document.cookie = "theme=" + theme + "; path=/; max-age=31536000; samesite=lax" +
      (location.protocol === "https:" ? "; secure" : "");
    try {
      localStorage.setItem("theme", theme === "system" ? "auto" : theme);
    } catch (refused) {
      // storage is off: the cookie is enough for our own pages
    }
    mark(theme);
  }

  root.classList.add("js");
  // Pages that are drawn without the shell (log in, errors) don't know the cookie.
  if (chosen()) {
    root.setAttribute("data-bs-theme", chosen());
  }

  document.addEventListener("DOMContentLoaded", function () {
    mark(root.getAttribute("data-bs-theme"));
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-set-theme]");
    if (button && THEMES.indexOf(button.getAttribute("data-set-theme")) >= 0) {
      choose(button.getAttribute("data-set-theme"));
    }
  });
})();
