// The screen of a terminal: xterm with its addons, in the page's colours.
// xterm writes <style> elements and style attributes, which our CSP blocks: the elements get the page's nonce, and an attribute
// is set through the CSSOM, which the CSP leaves alone. On this page only.

import { readColour, watchTheme } from "./theme-colours.js";

const SCROLLBACK = 5000; // lines
// ANSI's sixteen, at 4.5:1 on their own ground. "black" on a dark ground and "white" on a light one have to be seen, too.
const LIGHT = ["#131920", "#b3261e", "#1a7a3b", "#8a5a00", "#2f5bc2", "#8a3f97", "#00737a", "#5d646c",
  "#414851", "#a31515", "#136b2f", "#7a4f00", "#264ca6", "#76317f", "#00656b", "#6b7178"];
const DARK = ["#8b9199", "#fb8b82", "#67d283", "#f5b968", "#8db0f7", "#d79be3", "#5fd0d0", "#d5d9de",
  "#a4aab2", "#ffaaa3", "#8be3a2", "#ffd08f", "#b0c9ff", "#e6b8ef", "#8ae3e3", "#ffffff"];
const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "brightBlack", "brightRed",
  "brightGreen", "brightYellow", "brightBlue", "brightMagenta", "brightCyan", "brightWhite"];

function letStylesPass() {
  const { nonce } = document.querySelector("script[nonce]");
  const createElement = document.createElement.bind(document);
  document.createElement = (name, options) => {
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
}

function isDark() {
  const { colorScheme } = getComputedStyle(document.documentElement);
  return colorScheme === "dark" || (colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
}

function readTheme() {
  const palette = isDark() ? DARK : LIGHT;
  return {
    background: readColour("surface"),
    foreground: readColour("ink"),
    cursor: readColour("accent"),
    cursorAccent: readColour("surface"),
    selectionBackground: readColour("accent-line"),
    ...Object.fromEntries(NAMES.map((name, index) => [name, palette[index]])),
  };
}

function openLink(event, address) {
  if (event.ctrlKey || event.metaKey) {
    window.open(address, "_blank", "noopener,noreferrer");
  }
}

// Where a link leads is shown before it is opened: what a program writes over it (OSC 8) may name another place.
function makeLinks(words) {
  const sentence = (address) => words.replace("TARGET", () => address);
  const shown = document.createElement("div");
  shown.className = "term-link mono";
  shown.setAttribute("role", "status");
  shown.hidden = true;
  return {
    shown,
    hover(_event, address) {
      shown.textContent = sentence(address);
      shown.hidden = false;
    },
    leave() {
      shown.hidden = true;
    },
    openNamed(event, address) {
      if ((event.ctrlKey || event.metaKey) && confirm(sentence(address))) {
        openLink(event, address);
      }
    },
  };
}

// Once a frame at most: a window that is dragged changes size more often.
function watchSize(place, fit) {
  let isDue = false;
  const observer = new ResizeObserver(() => {
    if (!isDue) {
      isDue = true;
      requestAnimationFrame(() => {
        isDue = false;
        fit.fit();
      });
    }
  });
  observer.observe(place);
  return () => observer.disconnect();
}

/**
 * Puts a terminal into `place`. `label`: its name for screen readers; `linkWords`: the sentence about a link, with TARGET in it.
 * Returns {terminal, search, dispose}.
 */
export function makeScreen(place, label, linkWords) {
  const links = makeLinks(linkWords);
  const terminal = new Terminal({
    allowProposedApi: true, // the widths of Unicode 11, which Korean needs
    cursorBlink: false,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--font-mono").trim(),
    fontSize: 14,
    linkHandler: { activate: links.openNamed, hover: links.hover, leave: links.leave, allowNonHttpProtocols: false },
    minimumContrastRatio: 4.5,
    scrollback: SCROLLBACK,
    theme: readTheme(),
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
  place.append(links.shown);
  terminal.textarea.setAttribute("aria-label", label);
  fit.fit();
  const unwatchSize = watchSize(place, fit);
  const unwatchTheme = watchTheme(() => { terminal.options.theme = readTheme(); });
  return {
    terminal,
    search,
    dispose() {
      unwatchSize();
      unwatchTheme();
      terminal.dispose();
    },
  };
}

letStylesPass();
