// A terminal's socket and its tools. Bytes are credited both ways (docs/push-protocol.md): the server never has more than a window
// on its way to us, and we never more than a window on its way to the program, so neither a flood nor a paste stops the page.
(function () {
  "use strict";
  const SHOWN_EACH = 32 * 1024; // bytes that were shown before the server hears of it; a fraction of its window
  const WINDOW = 64 * 1024; // bytes that may be on their way to the program
  const PIECE = 16 * 1024;
  const byId = function (id) { return document.getElementById(id); };
  const panel = byId("terminal");
  const form = byId("terminal-form");
  const state = byId("terminal-state");
  const say = panel.dataset;
  const ENDS = { 4003: "endRevoked", 4009: "endRestarting", 4010: "endPassword", 4011: "endIdle", 4029: "endMany" };
  const encoder = new TextEncoder();
  let screen = null;
  let socket = null;
  let hasEnd = false;
  let shown = 0;
  let waiting = []; // pieces of what was typed
  let underWay = 0;

  function tell(words, isBad) {
    state.textContent = words;
    state.classList.toggle("is-bad", Boolean(isBad));
  }

  function send(message) {
    if (socket && socket.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify(message));
    }
  }

  function pump() {
    while (waiting.length && underWay + waiting[0].length <= WINDOW && socket && socket.readyState === WebSocket.OPEN) {
      const piece = waiting.shift();
      underWay += piece.length;
      socket.send(piece);
    }
  }

  function type(bytes) {
    for (let start = 0; start < bytes.length; start += PIECE) {
      waiting.push(bytes.slice(start, start + PIECE));
    }
    pump();
  }

  function show(bytes) {
    screen.terminal.write(bytes, function () {
      shown += bytes.length;
      if (shown >= SHOWN_EACH) {
        send({ shown: shown });
        shown = 0;
      }
    });
  }

  function mark(faults) {
    form.querySelectorAll(".err").forEach(function (each) { each.remove(); });
    Object.keys(faults).forEach(function (name) {
      const control = form.elements[name];
      const place = control ? control.closest(".field") : form;
      const words = document.createElement("div");
      words.className = "err";
      words.setAttribute("role", "alert");
      words.textContent = faults[name];
      place.append(words);
      if (control) {
        control.setAttribute("aria-invalid", "true");
        control.focus();
      }
    });
  }

  function hear(message) {
    if (message.opened) {
      tell(message.opened.command);
      screen.terminal.focus();
    } else if (message.taken) {
      underWay -= message.taken;
      pump();
    } else if (message.idle) {
      tell(say.idle, true);
    } else if (message.faults) {
      hasEnd = true;
      tell("");
      mark(message.faults);
    } else if (message.end) {
      hasEnd = true;
      if (message.end.why === "exited") {
        tell(say.exited.replace("CODE", String(message.end.exit_code)));
      } else if (message.end.why === "refused") {
        tell(say.refused + " " + message.end.sentence, true);
      } else {
        hasEnd = false; // the code says it
      }
    }
  }

  function end(event) {
    byId("terminal-choice").hidden = false;
    byId("terminal-close").disabled = true;
    if (screen) {
      screen.terminal.options.disableStdin = true;
    }
    if (event.code === 4001) {
      location.reload();
    } else if (event.code === 4010) {
      tell(say.endPassword, true);
      location.assign(say.password);
    } else if (!hasEnd) {
      tell(ENDS[event.code] ? say[ENDS[event.code]] : event.wasClean ? say.gone : say.lost, Boolean(ENDS[event.code]) || !event.wasClean);
    }
    socket = null;
  }

  function open() {
    if (screen) {
      screen.dispose();
    }
    panel.hidden = false;
    byId("terminal-choice").hidden = true;
    screen = TerminalScreen.make(byId("terminal-screen"), say.label, say.link);
    screen.terminal.options.screenReaderMode = byId("terminal-reader").checked;
    screen.terminal.onData(function (text) { type(encoder.encode(text)); });
    screen.terminal.onBinary(function (text) { type(Uint8Array.from(text, function (sign) { return sign.charCodeAt(0); })); });
    screen.terminal.onResize(function (size) { send({ size: { columns: size.cols, rows: size.rows } }); });
    screen.terminal.attachCustomKeyEventHandler(shortcut);
    hasEnd = false;
    shown = underWay = 0;
    waiting = [];
    mark({});
    tell(say.opening);
    byId("terminal-close").disabled = false;
    const fields = Object.fromEntries(new FormData(form));
    const own = new WebSocket((location.protocol === "https:" ? "wss://" : "ws://") + location.host + say.socket);
    own.binaryType = "arraybuffer";
    own.onopen = function () {
      const size = { columns: screen.terminal.cols, rows: screen.terminal.rows };
      send({ open: Object.assign(fields, size) });
    };
    own.onmessage = function (event) {
      if (typeof event.data === "string") {
        hear(JSON.parse(event.data));
      } else {
        show(new Uint8Array(event.data));
      }
    };
    own.onclose = end;
    socket = own;
  }

  function copy() {
    const text = screen ? screen.terminal.getSelection() : "";
    if (text && navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).catch(function () {});
    } else if (text) {
      screen.terminal.textarea.value = text; // http:// on another machine has no clipboard API; the old way still works there
      screen.terminal.textarea.select();
      document.execCommand("copy");
      screen.terminal.textarea.value = "";
    }
  }

  function find(isBack) {
    const text = byId("terminal-search").value;
    if (screen && text) {
      const isFound = isBack ? screen.search.findPrevious(text) : screen.search.findNext(text);
      byId("terminal-search").setAttribute("aria-invalid", String(!isFound));
      if (!isFound) {
        tell(say.noneFound, true);
      }
    }
  }

  // True: the terminal gets the key. Ctrl+Shift+V is left to the browser, which pastes.
  function shortcut(event) {
    if (!(event.ctrlKey && event.shiftKey) || event.altKey || event.metaKey) {
      return true;
    }
    const acts = {
      KeyC: copy,
      KeyF: function () { byId("terminal-search").focus(); },
      KeyL: function () { byId("terminal-close").focus(); },
      KeyV: null,
    };
    if (!(event.code in acts)) {
      return true;
    }
    if (event.type === "keydown" && acts[event.code]) {
      event.preventDefault();
      acts[event.code]();
    }
    return false;
  }

  function chooseShell() {
    byId("terminal-own").hidden = form.elements.shell.value !== "own";
  }

  byId("terminal-choice").hidden = false;
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (!socket) {
      open();
    }
  });
  form.elements.shell.addEventListener("change", chooseShell);
  chooseShell();
  byId("terminal-close").addEventListener("click", function () {
    if (socket) {
      socket.close(1000);
    }
  });
  byId("terminal-copy").addEventListener("click", copy);
  byId("terminal-next").addEventListener("click", function () { find(false); });
  byId("terminal-back").addEventListener("click", function () { find(true); });
  byId("terminal-search").addEventListener("keydown", function (event) {
    if (event.key === "Enter") {
      event.preventDefault();
      find(event.shiftKey);
    } else if (event.key === "Escape" && screen) {
      screen.terminal.focus();
    }
  });
  byId("terminal-reader").addEventListener("change", function (event) {
    if (screen) {
      screen.terminal.options.screenReaderMode = event.target.checked;
    }
  });
})();
