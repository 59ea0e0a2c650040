// Makes <time datetime data-as> local and, where asked, relative; in rows that were pushed later as well.
// data-as: "relative" (3 hours ago, refreshed), "until" (in 4 seconds, then now), "clock" (10:41:52), "exact" (the same with
// milliseconds), "full" (date and time).

const language = document.documentElement.lang || "en";
const TIME_OF_DAY = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const relaxed = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const strict = new Intl.RelativeTimeFormat(language, { numeric: "always" });
const clock = new Intl.DateTimeFormat(language, TIME_OF_DAY);
const exact = new Intl.DateTimeFormat(language, { ...TIME_OF_DAY, fractionalSecondDigits: 3 });
const day = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" });
const full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
// up to how many seconds, which unit, how many seconds it has
const UNITS = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86400, "hour", 3600],
  [14 * 86400, "day", 86400],
  [61 * 86400, "week", 7 * 86400],
  [730 * 86400, "month", 30.44 * 86400],
  [Infinity, "year", 365.25 * 86400],
];
const times = document.getElementsByTagName("time"); // live: pushed rows are in it
const dueAt = new WeakMap();

function inWords(seconds) {
  const [, unit, length] = UNITS.find(([limit]) => Math.abs(seconds) < limit);
  const number = Math.trunc(seconds / length);
  // "now" for less than a second; but "yesterday" would be wrong by hours around midnight, and "1 day ago" is not
  return (number === 0 ? relaxed : strict).format(number, unit);
}

// Seconds change each second, minutes each half minute, older ones each ten minutes.
function refreshMs(seconds) {
  if (Math.abs(seconds) < 60) {
    return 500;
  }
  return Math.abs(seconds) < 3600 ? 20000 : 600000;
}

function write(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function drawRelative(element, seconds, isFuture) {
  // what is past in the Engine's clock isn't "in 2 seconds" because the browser's clock is late
  const past = seconds < 60 ? Math.min(seconds, 0) : seconds;
  write(element, inWords(isFuture ? Math.max(seconds, 0) : past));
}

function drawAbsolute(element, at, now, form) {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  if (form === "exact") {
    write(element, (isToday ? "" : `${day.format(at)} `) + exact.format(at));
  } else {
    write(element, form === "clock" && isToday ? clock.format(at) : full.format(at));
  }
}

function draw(element, now) {
  const at = Date.parse(element.getAttribute("datetime"));
  if (Number.isNaN(at)) {
    return;
  }
  const form = element.dataset.as || "relative";
  const seconds = (at - now) / 1000;
  if (form === "relative" || form === "until") {
    drawRelative(element, seconds, form === "until");
    dueAt.set(element, now + refreshMs(seconds));
  } else {
    drawAbsolute(element, at, now, form);
    dueAt.set(element, Infinity);
  }
  const title = full.format(at);
  if (form !== "full" && element.title !== title) {
    element.title = title;
  }
}

function drawDue() {
  const now = Date.now();
  if (document.hidden) {
    return;
  }
  for (const element of times) {
    if (!(dueAt.get(element) > now)) {
      draw(element, now);
    }
  }
}

function drawAround(node, now) {
  const element = node instanceof Element ? node : node.parentElement;
  const time = element?.closest("time");
  if (time) {
    draw(time, now);
  }
}

function drawInside(node, now) {
  if (node instanceof Element) {
    for (const time of node.getElementsByTagName("time")) {
      draw(time, now);
    }
  }
}

// A push may swap a row, or write the server's text back into a <time>: both are put right before the next paint.
// Our own writing comes by here too; it changes nothing the second time, so it ends.
function drawChanged(changes) {
  const now = Date.now();
  for (const change of changes) {
    drawAround(change.target, now);
    for (const node of change.addedNodes) {
      drawAround(node, now);
      drawInside(node, now);
    }
  }
}

new MutationObserver(drawChanged).observe(document.documentElement, {
  subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["datetime"],
});
for (const element of times) {
  draw(element, Date.now());
}
setInterval(drawDue, 1000);
document.addEventListener("visibilitychange", drawDue);
