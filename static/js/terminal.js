// A terminal's socket and its tools. Bytes are credited both ways (docs/push-protocol.md): the server never has more than a window
// on its way to us, and we never more than a window on its way to the program, so neither a flood nor a paste stops the page.

import { copyText } from "./copy.js";
import { makeScreen } from "./terminal-screen.js";

const SHOWN_EACH = 32 * 1024; // bytes that were shown before the server hears of it; a fraction of its window
const WINDOW = 64 * 1024; // bytes that may be on their way to the program
const PIECE = 16 * 1024;
const LOG_IN = 4001; // close codes
const PASSWORD = 4010;
const ENDS = { 4003: "endRevoked", 4009: "endRestarting", 4010: "endPassword", 4011: "endIdle", 4029: "endMany" };
const form = find("form");
const state = find("state");
const words = document.getElementById("terminal").dataset; // what is said to people, in their language
const encoder = new TextEncoder();
let screen = null;
let socket = null;
let hasEnded = false;
let shown = 0;
let waiting = []; // pieces of what was typed
let underWay = 0;

function find(name) {
  return document.getElementById(`terminal-${name}`);
}

function tell(sentence, isBad = false) {
  state.textContent = sentence;
  state.classList.toggle("is-bad", isBad);
}

function isOpen() {
  return socket?.readyState === WebSocket.OPEN;
}

function send(message) {
  if (isOpen()) {
    socket.send(JSON.stringify(message));
  }
}

function sendWaiting() {
  while (waiting.length && underWay + waiting[0].length <= WINDOW && isOpen()) {
    const piece = waiting.shift();
    underWay += piece.length;
    socket.send(piece);
  }
}

function type(bytes) {
  for (let start = 0; start < bytes.length; start += PIECE) {
    waiting.push(bytes.slice(start, start + PIECE));
  }
  sendWaiting();
}

function show(bytes) {
  screen.terminal.write(bytes, () => {
    shown += bytes.length;
    if (shown >= SHOWN_EACH) {
      send({ shown });
      shown = 0;
    }
  });
}

function showFaults(faults) {
  form.querySelectorAll(".err").forEach((each) => each.remove());
  for (const [name, sentence] of Object.entries(faults)) {
    const control = form.elements[name];
    const fault = document.createElement("div");
    fault.className = "err";
    fault.setAttribute("role", "alert");
    fault.textContent = sentence;
    (control ? control.closest(".field") : form).append(fault);
    control?.setAttribute("aria-invalid", "true");
    control?.focus();
  }
}

function showEnd(end) {
  hasEnded = true;
  if (end.why === "exited") {
    tell(words.exited.replace("CODE", String(end.exit_code)));
  } else if (end.why === "refused") {
    tell(`${words.refused} ${end.sentence}`, true);
  } else {
    hasEnded = false; // the code says it
  }
}

function hear(message) {
  if (message.opened) {
    tell(message.opened.command);
    screen.terminal.focus();
  } else if (message.taken) {
    underWay -= message.taken;
    sendWaiting();
  } else if (message.idle) {
    tell(words.idle, true);
  } else if (message.faults) {
    hasEnded = true;
    tell("");
    showFaults(message.faults);
  } else if (message.end) {
    showEnd(message.end);
  }
}

function handleClose(event) {
  find("choice").hidden = false;
  find("close").disabled = true;
  if (screen) {
    screen.terminal.options.disableStdin = true;
  }
  if (event.code === LOG_IN) {
    location.reload();
  } else if (event.code === PASSWORD) {
    tell(words.endPassword, true);
    location.assign(words.password);
  } else if (!hasEnded) {
    const end = ENDS[event.code] ?? (event.wasClean ? "gone" : "lost");
    tell(words[end], end !== "gone");
  }
  socket = null;
}

function openScreen() {
  screen?.dispose();
  screen = makeScreen(find("screen"), words.label, words.link);
  const { terminal } = screen;
  terminal.options.screenReaderMode = find("reader").checked;
  terminal.onData((text) => type(encoder.encode(text)));
  terminal.onBinary((text) => type(Uint8Array.from(text, (sign) => sign.charCodeAt(0))));
  terminal.onResize(({ cols, rows }) => send({ size: { columns: cols, rows } }));
  terminal.attachCustomKeyEventHandler(takeKey);
  return terminal;
}

function openSocket(terminal) {
  const fields = Object.fromEntries(new FormData(form));
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}${words.socket}`);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => send({ open: { ...fields, columns: terminal.cols, rows: terminal.rows } });
  socket.onmessage = ({ data }) => (typeof data === "string" ? hear(JSON.parse(data)) : show(new Uint8Array(data)));
  socket.onclose = handleClose;
}

function openTerminal() {
  document.getElementById("terminal").hidden = false;
  find("choice").hidden = true;
  const terminal = openScreen();
  hasEnded = false;
  shown = 0;
  underWay = 0;
  waiting = [];
  showFaults({});
  tell(words.opening);
  find("close").disabled = false;
  openSocket(terminal);
}

function copySelection() {
  const text = screen?.terminal.getSelection();
  if (text) {
    copyText(text);
  }
}

function search(isBack) {
  const text = find("search").value;
  if (screen && text) {
    const isFound = isBack ? screen.search.findPrevious(text) : screen.search.findNext(text);
    find("search").setAttribute("aria-invalid", String(!isFound));
    if (!isFound) {
      tell(words.noneFound, true);
    }
  }
}

const SHORTCUTS = {
  KeyC: copySelection,
  KeyF: () => find("search").focus(),
  KeyL: () => find("close").focus(),
  KeyV: null, // left to the browser, which pastes
};

// True: the terminal gets the key.
function takeKey(event) {
  if (!(event.ctrlKey && event.shiftKey) || event.altKey || event.metaKey || !(event.code in SHORTCUTS)) {
    return true;
  }
  if (event.type === "keydown" && SHORTCUTS[event.code]) {
    event.preventDefault();
    SHORTCUTS[event.code]();
  }
  return false;
}

function showOwnShell() {
  find("own").hidden = form.elements.shell.value !== "own";
}

find("choice").hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!socket) {
    openTerminal();
  }
});
form.elements.shell.addEventListener("change", showOwnShell);
showOwnShell();
find("close").addEventListener("click", () => socket?.close(1000));
find("copy").addEventListener("click", copySelection);
find("next").addEventListener("click", () => search(false));
find("back").addEventListener("click", () => search(true));
find("search").addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    event.preventDefault();
    search(event.shiftKey);
  } else if (event.key === "Escape") {
    screen?.terminal.focus();
  }
});
find("reader").addEventListener("change", (event) => {
  if (screen) {
    screen.terminal.options.screenReaderMode = event.target.checked;
  }
});
