// Keeps a page live over hx-ws: says where the page stands, swaps and acknowledges what comes, keeps the focus, and says when the
// page isn't live (docs/push-protocol.md). It stands before htmx in the page, so that it hears of the first connection, too.

const LOG_IN = 4001; // close codes
const FORBIDDEN = 4003;
const OFFLINE_AFTER_MS = 3000; // without a socket, before the page says so
const RELOAD_AFTER_MS = 5000; // not sooner after the page came
const HIGHLIGHT_MS = 1600; // as long as the animation of .just in tables.css
const ACTING_STATES = ["live", "lagging"];
const TITLE_SIGNS = { lagging: "◐ ", stale: "◷ ", disconnected: "✕ ", incompatible: "◆ " };
const ROW = '[id$="-rows"] > *';
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

const positions = new WeakMap(); // #live -> what the page holds: {epoch, revision, mark}
const highlighted = new Map(); // row -> timer that ends its highlight
let current = null; // the connection of this page
let offlineTimer = 0;

function isOpen(connection) {
  return connection?.socket?.readyState === WebSocket.OPEN;
}

function send(connection, content) {
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

function startOfflineTimer() {
  offlineTimer ||= setTimeout(() => {
    show("not-live", true);
    showState();
  }, OFFLINE_AFTER_MS);
}

function stopOfflineTimer() {
  clearTimeout(offlineTimer);
  offlineTimer = 0;
  show("not-live", false);
  showState();
}

// What the page shows about its Engine outside the pushed parts: favicon, title, and what may be pressed.
function showState() {
  const state = document.getElementById("engine-state")?.dataset.state ?? "";
  const icon = document.getElementById("favicon");
  const isOffline = document.getElementById("not-live")?.hidden === false;
  const url = icon?.dataset[isOffline && state === "live" ? "stale" : state];
  if (url && icon.getAttribute("href") !== url) {
    icon.setAttribute("href", url);
  }
  const title = (TITLE_SIGNS[state] ?? "") + document.title.replace(/^[◐◷✕◆] /, "");
  if (document.title !== title) {
    document.title = title;
  }
  if (state) {
    for (const fieldset of document.querySelectorAll("fieldset.when-live")) {
      fieldset.disabled = !ACTING_STATES.includes(state);
    }
  }
}

// A morph keeps the focus; a row that moves is taken out and put in again, and one that goes takes the focus with it.
function findFocus() {
  const element = document.activeElement;
  const row = element?.closest(ROW);
  return row && {
    index: [...row.querySelectorAll(FOCUSABLE)].indexOf(element),
    ids: [row, row.nextElementSibling, row.previousElementSibling].map((each) => each?.id),
  };
}

function restoreFocus(focus) {
  if (!focus || document.activeElement !== document.body) {
    return;
  }
  const row = focus.ids.map((id) => id && document.getElementById(id)).find(Boolean);
  const places = row?.querySelectorAll(FOCUSABLE) ?? [];
  const target = places[Math.min(focus.index, places.length - 1)] ?? document.getElementById("main");
  target?.focus({ preventScroll: true });
}

function highlight(ids) {
  for (const row of ids.map((id) => document.getElementById(id)).filter(Boolean)) {
    clearTimeout(highlighted.get(row));
    highlighted.set(row, setTimeout(() => {
      row.classList.remove("just");
      highlighted.delete(row);
    }, HIGHLIGHT_MS));
  }
  // A swap has taken the class away from the rows that it morphed, also from those of which only figures changed.
  for (const row of highlighted.keys()) {
    row.classList.add("just");
  }
}

async function receive(element, connection, frame) {
  const focus = findFocus();
  const { added = [], changed = [] } = frame;
  // Whatever else may have drawn the page meanwhile: no row stands in it twice.
  added.forEach((id) => document.getElementById(id)?.remove());
  try {
    await htmx.swap({ text: frame.content, sourceElement: element, swap: "none", transition: false });
  } catch (error) {
    // The page is between two pictures: come back, and get it whole.
    positions.set(element, { epoch: "", revision: 0, mark: "" });
    connection.socket?.close(1000);
    throw error;
  }
  if (!frame.more) {
    positions.set(element, { epoch: frame.epoch, revision: frame.revision, mark: frame.mark });
    element.dataset.held = frame.mark; // to be seen from outside: caught up, and with what
  }
  send(connection, { ack: frame.revision });
  highlight([...added, ...changed]);
  restoreFocus(focus);
  showState();
}

document.addEventListener("htmx:ws:after:connection", ({ target: element, detail: { connection } }) => {
  const { epoch = "", revision = 0 } = element.dataset;
  current = connection;
  if (!positions.has(element)) {
    positions.set(element, { epoch, revision: Number(revision), mark: "" });
  }
  send(connection, { hello: positions.get(element) });
  document.documentElement.classList.add("is-open");
  stopOfflineTimer();
});

// Swapped here instead of by hx-ws, which passes on the next frame once this one is in the page.
document.addEventListener("htmx:ws:before:message:incoming", (event) => {
  const { connection, message, waitUntil } = event.detail;
  event.preventDefault();
  waitUntil(receive(event.target, connection, JSON.parse(message.data)));
});

document.addEventListener("htmx:ws:close", ({ detail }) => {
  document.documentElement.classList.toggle("is-open", isOpen(current));
  if (detail.reason === "removed") {
    return; // the element went, with its page
  }
  if (detail.code === LOG_IN) {
    // The server shows the way to the log-in page, and back. Never in a circle, should pages and sockets disagree.
    setTimeout(() => location.reload(), Math.max(0, RELOAD_AFTER_MS - performance.now()));
  } else if (detail.code === FORBIDDEN) {
    show("not-allowed", true);
  } else {
    startOfflineTimer();
  }
});

// From the back-forward cache: hx-ws closed the socket when the page was left, and its timers stood still.
window.addEventListener("pageshow", (event) => {
  const element = document.getElementById("live");
  if (event.persisted && element && !isOpen(current)) {
    document.documentElement.classList.remove("is-open");
    startOfflineTimer();
    htmx.process(element, true); // as if it were new, with a new connection
  }
});

startOfflineTimer();
showState();
