// The screen of a terminal: xterm with its addons, in the page's colours. window.TerminalScreen.make(place, words) returns it.
// xterm writes <style> elements and style attributes, which our CSP blocks: the elements get the page's nonce, and an attribute
// is set through the CSSOM, which the CSP leaves alone. On this page only.
(function () {
  "use strict";
  const nonce = document.currentScript.nonce;
  const SCROLLBACK = 5000; // lines
  // ANSI's sixteen, at 4.5:1 on their own ground. "black" on a dark ground and "white" on a light one have to be seen, too.
  const LIGHT = ["#131920", "#b3261e", "#1a7a3b", "#8a5a00", "#2f5bc2", "#8a3f97", "#00737a", "#5d646c",
    "#414851", "#a31515", "#136b2f", "#7a4f00", "#264ca6", "#76317f", "#00656b", "#6b7178"];
  const DARK = ["#8b9199", "#fb8b82", "#67d283", "#f5b968", "#8db0f7", "#d79be3", "#5fd0d0", "#d5d9de",
    "#a4aab2", "#ffaaa3", "#8be3a2", "#ffd08f", "#b0c9ff", "#e6b8ef", "#8ae3e3", "#ffffff"];
  const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "brightBlack", "brightRed",
    "brightGreen", "brightYellow", "brightBlue", "brightMagenta", "brightCyan", "brightWhite"];

  const createElement = document.createElement.bind(document);
  document.createElement = function (name, options) {
    const made = createElement(name, options);
    if (String(name).toLowerCase() === "style") {
      made.nonce = nonce;
    }
    return made;
  };
  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (String(name).toLowerCase() === "style" && this.style) {
      this.style.cssText = value;
    } else {
      setAttribute.call(this, name, value);
    }
  };

  // The tokens are light-dark() pairs: what they are in this theme, only the browser knows.
  function colour(token) {
    const probe = document.createElement("span");
    probe.hidden = true;
    probe.style.color = "var(--" + token + ")";
    document.body.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    const context = document.createElement("canvas").getContext("2d");
    context.fillStyle = found;
    return context.fillStyle;
  }

  function isDark() {
    return getComputedStyle(document.documentElement).colorScheme === "dark" ||
      (getComputedStyle(document.documentElement).colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  }

  function theme() {
    const palette = isDark() ? DARK : LIGHT;
    const found = {
      background: colour("surface"),
      foreground: colour("ink"),
      cursor: colour("accent"),
      cursorAccent: colour("surface"),
      selectionBackground: colour("accent-line"),
    };
    NAMES.forEach(function (name, index) { found[name] = palette[index]; });
    return found;
  }

  function openLink(event, address) {
    if (event.ctrlKey || event.metaKey) {
      window.open(address, "_blank", "noopener,noreferrer");
    }
  }

  // Where a link leads is shown before it is opened: what a program writes over it (OSC 8) may name another place.
  function makeLinks(place, words) {
    const shown = document.createElement("div");
    shown.className = "term-link mono";
    shown.setAttribute("role", "status");
    shown.hidden = true;
    function hover(event, address) {
      shown.textContent = words.replace("TARGET", function () { return address; });
      shown.hidden = false;
    }
    function leave() {
      shown.hidden = true;
    }
    function openNamed(event, address) {
      if ((event.ctrlKey || event.metaKey) && confirm(words.replace("TARGET", function () { return address; }))) {
        openLink(event, address);
      }
    }
    return { shown: shown, hover: hover, leave: leave, openNamed: openNamed, show: function () { place.append(shown); } };
  }

  function make(place, label, words) {
    const links = makeLinks(place, words);
    const terminal = new Terminal({
      allowProposedApi: true, // the widths of Unicode 11, which Korean needs
      cursorBlink: false,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--font-mono").trim(),
      fontSize: 14,
      linkHandler: { activate: links.openNamed, hover: links.hover, leave: links.leave, allowNonHttpProtocols: false },
      minimumContrastRatio: 4.5,
      scrollback: SCROLLBACK,
      theme: theme(),
    });
    const fit = new FitAddon.FitAddon();
    const search = new SearchAddon.SearchAddon();
    terminal.loadAddon(fit);
    terminal.loadAddon(search);
    terminal.loadAddon(new WebLinksAddon.WebLinksAddon(openLink, { hover: links.hover, leave: links.leave }));
    terminal.loadAddon(new Unicode11Addon.Unicode11Addon());
    terminal.unicode.activeVersion = "11";
    place.replaceChildren();
    terminal.open(place);
    links.show();
    terminal.textarea.setAttribute("aria-label", label);
    fit.fit();

    let isAsked = false;
    const sizes = new ResizeObserver(function () {
      if (!isAsked) {
        isAsked = true;
        requestAnimationFrame(function () {
          isAsked = false;
          fit.fit();
        });
      }
    });
    sizes.observe(place);
    function repaint() {
      terminal.options.theme = theme();
    }
    const themes = new MutationObserver(repaint);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", repaint);
    return {
      terminal: terminal,
      search: search,
      dispose: function () {
        sizes.disconnect();
        themes.disconnect();
        system.removeEventListener("change", repaint);
        terminal.dispose();
      },
    };
  }

  window.TerminalScreen = { make: make };
})();
