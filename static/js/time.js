// Makes <time datetime data-as> local and, where asked, relative; in rows that were pushed later as well.
// data-as: "relative" (3 hours ago, refreshed), "until" (in 4 seconds, then now), "clock" (10:41:52), "exact" (the same with
// milliseconds), "full" (date and time).
(function () {
  "use strict";
  if (!window.Intl || !Intl.RelativeTimeFormat || !window.MutationObserver) {
    return; // the absolute UTC text stays
  }
  var language = document.documentElement.lang || "en";
  var relaxed = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  var strict = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  var clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  var exact = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" });
  var day = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" });
  var full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
  // up to how many seconds, which unit, how many seconds it has
  var UNITS = [
    [60, "second", 1],
    [3600, "minute", 60],
    [86400, "hour", 3600],
    [14 * 86400, "day", 86400],
    [61 * 86400, "week", 7 * 86400],
    [730 * 86400, "month", 30.44 * 86400],
    [Infinity, "year", 365.25 * 86400]
  ];
  var times = document.getElementsByTagName("time"); // live: pushed rows are in it
  var dueAt = new WeakMap();

  function inWords(seconds) {
    var size = Math.abs(seconds);
    var unit = UNITS.filter(function (one) { return size < one[0]; })[0];
    var number = Math.trunc(seconds / unit[2]);
    // "now" for less than a second; but "yesterday" would be wrong by hours around midnight, and "1 day ago" is not
    return (number === 0 ? relaxed : strict).format(number, unit[1]);
  }

  function write(element, text) {
    if (element.textContent !== text) {
      element.textContent = text;
    }
  }

  function draw(element, now) {
    var at = Date.parse(element.getAttribute("datetime"));
    if (isNaN(at)) {
      return;
    }
    var form = element.getAttribute("data-as") || "relative";
    var seconds = (at - now) / 1000;
    if (form === "relative" || form === "until") {
      // what is past in the Engine's clock isn't "in 2 seconds" because the browser's clock is late
      write(element, inWords(form === "until" ? Math.max(seconds, 0) : seconds < 60 ? Math.min(seconds, 0) : seconds));
      // seconds change each second, minutes each half minute, older ones each ten minutes
      dueAt.set(element, now + (Math.abs(seconds) < 60 ? 500 : Math.abs(seconds) < 3600 ? 20000 : 600000));
    } else {
      var isToday = new Date(at).toDateString() === new Date(now).toDateString();
      if (form === "exact") {
        write(element, (isToday ? "" : day.format(at) + " ") + exact.format(at));
      } else {
        write(element, form === "clock" && isToday ? clock.format(at) : full.format(at));
      }
      dueAt.set(element, Infinity);
    }
    var title = full.format(at);
    if (form !== "full" && element.title !== title) {
      element.title = title;
    }
  }

  function drawAll(force) {
    if (document.hidden && !force) {
      return;
    }
    var now = Date.now();
    for (var i = 0; i < times.length; i++) {
      if (force || !(dueAt.get(times[i]) > now)) {
        draw(times[i], now);
      }
    }
  }

  function drawAround(node, now) {
    var element = node.nodeType === 1 ? node : node.parentElement;
    var time = element && element.closest("time");
    if (time) {
      draw(time, now);
    }
  }

  function drawInside(node, now) {
    var inside = node.nodeType === 1 ? node.getElementsByTagName("time") : [];
    for (var i = 0; i < inside.length; i++) {
      draw(inside[i], now);
    }
  }

  // A push may swap a row, or write the server's text back into a <time>: both are put right before the next paint.
  // Our own writing comes by here too; it changes nothing the second time, so it ends.
  new MutationObserver(function (changes) {
    var now = Date.now();
    changes.forEach(function (change) {
      drawAround(change.target, now);
      for (var i = 0; i < change.addedNodes.length; i++) {
        drawAround(change.addedNodes[i], now);
        drawInside(change.addedNodes[i], now);
      }
    });
  }).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["datetime"]
  });

  drawAll(true);
  setInterval(drawAll, 1000);
  document.addEventListener("visibilitychange", function () {
    drawAll(false);
  });
})();
