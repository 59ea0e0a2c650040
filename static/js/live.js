// Keeps a page live over hx-ws: says where the page stands, acknowledges what came, keeps the focus, and says when it isn't live.
// The frames are swapped by htmx; docs/push-protocol.md describes both sides.
(function () {
  "use strict";
  const LOG_IN = 4001;
  const FORBIDDEN = 4003;
  const PATIENCE_MS = 3000; // without a socket, before the page says so
  const RELOAD_MS = 5000; // not sooner after the page came
  const JUST_MS = 1600; // how long a changed row is marked (as long as the animation in tables.css)
  const ACTING_STATES = ["live", "lagging"];
  const TITLE_MARKS = { lagging: "◐ ", stale: "◷ ", disconnected: "✕ ", incompatible: "◆ " };
  const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

  const standing = new WeakMap(); // hx-ws connection -> what the page holds: {epoch, revision, mark}
  const marked = new WeakMap(); // row -> timer that takes its mark away
  let current = null; // the connection of this page
  let frame = null; // what is being swapped
  let focus = null; // where the focus was before
  let silence = 0; // timer, while there is no socket

  function isOpen(connection) {
    return Boolean(connection && connection.socket && connection.socket.readyState === WebSocket.OPEN);
  }

  function say(connection, content) {
    if (isOpen(connection)) {
      connection.socket.send(JSON.stringify(content));
    }
  }

  function show(id, isShown) {
    const element = document.getElementById(id);
    if (element) {
      element.hidden = !isShown;
    }
  }

  function startSilence() {
    silence = silence || window.setTimeout(function () {
      show("not-live", true);
      showState();
    }, PATIENCE_MS);
  }

  function endSilence() {
    window.clearTimeout(silence);
    silence = 0;
    show("not-live", false);
    showState();
  }

  function greet(connection, element) {
    current = connection;
    if (!standing.has(connection)) {
      standing.set(connection, { epoch: element.dataset.epoch || "", revision: Number(element.dataset.revision) || 0, mark: "" });
    }
    say(connection, { hello: standing.get(connection) });
    document.documentElement.classList.add("is-open");
    endSilence();
  }

  // What the page shows about its Engine outside the pushed parts: favicon, title, and what may be pressed.
  function showState() {
    const chip = document.getElementById("engine-state");
    const icon = document.getElementById("favicon");
    const notice = document.getElementById("not-live");
    const state = (chip && chip.dataset.state) || "";
    if (icon && icon.dataset[state]) {
      const url = icon.dataset[notice && !notice.hidden && state === "live" ? "stale" : state];
      if (icon.getAttribute("href") !== url) {
        icon.setAttribute("href", url);
      }
    }
    const wanted = (TITLE_MARKS[state] || "") + document.title.replace(/^[◐◷✕◆] /, "");
    if (document.title !== wanted) {
      document.title = wanted;
    }
    if (state) {
      document.querySelectorAll("fieldset.when-live").forEach(function (fieldset) {
        fieldset.disabled = ACTING_STATES.indexOf(state) < 0;
      });
    }
  }

  function isRow(element) {
    return Boolean(element && element.parentElement && /-rows$/.test(element.parentElement.id));
  }

  function rowOf(element) {
    let row = element;
    while (row && !isRow(row)) {
      row = row.parentElement;
    }
    return row;
  }

  // A morph keeps the focus; a row that moves is taken out and put in again, and one that goes takes the focus with it.
  function rememberFocus() {
    const row = rowOf(document.activeElement);
    focus = row && {
      element: document.activeElement,
      index: Array.prototype.indexOf.call(row.querySelectorAll(FOCUSABLE), document.activeElement),
      ids: [row, row.nextElementSibling, row.previousElementSibling].filter(Boolean).map(function (one) { return one.id; })
    };
  }

  function restoreFocus() {
    const held = focus;
    focus = null;
    if (!held || document.activeElement === held.element || document.activeElement !== document.body) {
      return;
    }
    const rows = held.ids.map(function (id) { return document.getElementById(id); }).filter(Boolean);
    const places = rows.length ? rows[0].querySelectorAll(FOCUSABLE) : [];
    const target = places[Math.min(held.index, places.length - 1)] || document.getElementById("main");
    if (target) {
      target.focus({ preventScroll: true });
    }
  }

  function markRow(row) {
    if (!isRow(row) || !row.isConnected) {
      return;
    }
    window.clearTimeout(marked.get(row));
    row.classList.add("just");
    marked.set(row, window.setTimeout(function () { row.classList.remove("just"); marked.delete(row); }, JUST_MS));
  }

  // Figures that change aren't news; but the swap has taken away the mark of what was.
  function keepMark(row) {
    row.classList.toggle("just", marked.has(row));
  }

  // An hx-ws connection that gave up, or that the browser froze, is replaced by that of a fresh element with the same memory.
  function revive() {
    const element = document.getElementById("live");
    if (!element || isOpen(current) || !window.htmx) {
      return;
    }
    const fresh = element.cloneNode(false);
    const held = current && standing.get(current);
    fresh.removeAttribute("data-htmx-powered");
    element.replaceWith(fresh);
    document.addEventListener("htmx:ws:before:connection", function (event) {
      if (held) {
        standing.set(event.detail.connection, held);
      }
    }, { once: true });
    window.htmx.process(fresh);
  }

  document.addEventListener("htmx:ws:after:connection", function (event) {
    greet(event.detail.connection, event.target);
  });

  document.addEventListener("htmx:ws:before:message:incoming", function (event) {
    frame = JSON.parse(event.detail.message.data);
    event.detail.message.json = function () { return Promise.resolve(frame); }; // parsed once, not twice
    rememberFocus();
  });

  // Whatever else may have drawn the page meanwhile: no row stands in it twice.
  document.addEventListener("htmx:before:swap", function (event) {
    if (!frame) {
      return;
    }
    event.detail.tasks.forEach(function (task) {
      if (/^before/.test(task.swapSpec.style)) {
        Array.prototype.forEach.call(task.fragment.children, function (row) {
          const twin = row.id && document.getElementById(row.id);
          if (twin) {
            twin.remove();
          }
        });
      }
    });
  });

  document.addEventListener("htmx:after:settle", function (event) {
    const task = event.detail.task;
    if (!frame || !task || task.type !== "partial" || task.swapSpec.style === "innerMorph") {
      return; // a whole region isn't news
    }
    event.detail.newContent.forEach(task.swapSpec.quiet ? keepMark : markRow);
  });

  document.addEventListener("htmx:ws:after:message:incoming", function (event) {
    const held = standing.get(event.detail.connection);
    if (!frame || !held) {
      return;
    }
    if (!frame.more) {
      held.epoch = frame.epoch;
      held.revision = frame.revision;
      held.mark = frame.mark;
      event.target.dataset.held = frame.mark; // to be seen from outside: caught up, and with what
    }
    say(event.detail.connection, { ack: frame.revision });
    frame = null;
    restoreFocus();
    showState();
  });

  // A frame that couldn't be swapped leaves the page between two pictures: come back, and get it whole.
  document.addEventListener("htmx:ws:error", function (event) {
    if (frame && isOpen(event.detail.connection)) {
      frame = null;
      standing.set(event.detail.connection, { epoch: "", revision: 0, mark: "" });
      event.detail.connection.socket.close(1000);
    }
  });

  document.addEventListener("htmx:ws:close", function (event) {
    frame = null;
    document.documentElement.classList.toggle("is-open", isOpen(current));
    if (event.detail.reason === "removed") {
      return; // the element went, with its page
    }
    if (event.detail.code === LOG_IN) {
      // The server shows the way to the log-in page, and back. Never in a circle, should pages and sockets disagree.
      window.setTimeout(function () { window.location.reload(); }, Math.max(0, RELOAD_MS - performance.now()));
    } else if (event.detail.code === FORBIDDEN) {
      show("not-allowed", true);
    } else {
      startSilence();
    }
  });

  // From the back-forward cache: hx-ws closed the socket when the page was left, and its timers stood still.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      document.documentElement.classList.remove("is-open");
      startSilence();
      revive();
    }
  });

  // hx-ws may have been quicker than this script.
  const element = document.getElementById("live");
  const early = element && element._htmx && element._htmx.ws && element._htmx.ws.connection;
  if (isOpen(early)) {
    greet(early, element);
  } else {
    startSilence();
  }
  showState();
})();
