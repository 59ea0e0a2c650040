// Draws the last 15 minutes of a container or network: in above the line, out below it, as the table below says in numbers.
// #traffic-now is pushed with every sample and holds the numbers; the chart stands beside it, so that no push takes it away.
(function () {
  "use strict";
  const KEPT_S = 15 * 60;
  const HEIGHT = 148;
  const LEAST = 1000; // bytes a second that fill the height at least: silence is flat, not noise
  const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];
  const place = document.getElementById("traffic-chart");
  const language = document.documentElement.lang || "en";
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  let chart = null;
  let drawn = ""; // the text of the numbers that are drawn
  let colours = {};

  function rate(bytes) {
    let size = Math.abs(bytes);
    let unit = 0;
    while (size >= 999.5 && unit < UNITS.length - 1) {
      size /= 1000;
      unit += 1;
    }
    return numbers.format(size) + " " + UNITS[unit] + "/s";
  }

  // The tokens are light-dark() pairs: what they are in this theme, only the browser knows.
  function readColours() {
    const probe = document.createElement("span");
    probe.hidden = true;
    place.append(probe);
    ["accent", "ink-3", "line", "bad"].forEach(function (name) {
      probe.style.color = "var(--" + name + ")";
      colours[name] = getComputedStyle(probe).color;
    });
    probe.remove();
    colours.font = "12px " + getComputedStyle(document.body).fontFamily;
  }

  function veiled(colour, share) {
    const context = document.createElement("canvas").getContext("2d");
    context.fillStyle = colour;
    const solid = context.fillStyle; // "#rrggbb"
    return /^#[0-9a-f]{6}$/.test(solid) ? solid + Math.round(share * 255).toString(16).padStart(2, "0") : colour;
  }

  // Times in seconds, in upwards, out downwards, and a point on the line where packets were lost.
  function columns(numbersOf) {
    const times = numbersOf.t.map(function (tenths) { return numbersOf.at + tenths / 10; });
    const lost = times.map(function () { return null; });
    numbersOf.lost.forEach(function (pair) { lost[pair[0]] = 0; });
    return [times, numbersOf.in, numbersOf.out.map(function (value) { return value === null ? null : -value; }), lost];
  }

  function area(colour) {
    return {
      width: 1,
      spanGaps: false,
      points: { show: false },
      stroke: function () { return colours[colour]; },
      fill: function () { return veiled(colours[colour], 0.3); }
    };
  }

  function axis(more) {
    return Object.assign({
      font: colours.font,
      stroke: function () { return colours["ink-3"]; },
      grid: { width: 1, stroke: function () { return colours.line; } },
      ticks: { show: false }
    }, more);
  }

  function options() {
    return {
      width: place.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      select: { show: false },
      padding: [12, 16, 0, 8],
      scales: {
        x: { range: function (_chart, _least, most) { return [most - KEPT_S, most]; } },
        y: {
          range: function (_chart, least, most) {
            const reach = Math.max(LEAST, Math.abs(least || 0), Math.abs(most || 0)) * 1.08;
            return [least < 0 ? -Math.max(reach * 0.25, -least * 1.08) : -reach * 0.25, most > 0 ? Math.max(reach * 0.25, most * 1.08) : reach * 0.25];
          }
        }
      },
      axes: [
        axis({ size: 26, space: 72, values: function (_chart, ticks) { return ticks.map(function (at) { return clock.format(at * 1000); }); } }),
        axis({ size: 76, space: 30, values: function (_chart, ticks) { return ticks.map(rate); } })
      ],
      series: [
        {},
        area("accent"),
        area("ink-3"),
        {
          paths: function () { return null; },
          points: { show: true, size: 7, width: 0, fill: function () { return colours.bad; }, stroke: function () { return colours.bad; } }
        }
      ]
    };
  }

  function showChart(isShown) {
    place.hidden = !isShown;
    const key = document.querySelector(".traffic-key");
    if (key) {
      key.hidden = !isShown;
    }
  }

  function drop() {
    if (chart) {
      chart.destroy();
      chart = null;
    }
  }

  function draw() {
    const source = document.getElementById("traffic-now");
    const text = (source && source.dataset.points) || "";
    if (text === drawn && (chart || !text)) {
      return;
    }
    drawn = text;
    showChart(Boolean(text));
    if (!text) {
      drop();
      return;
    }
    const columnsNow = columns(JSON.parse(text));
    if (chart) {
      chart.setData(columnsNow);
    } else {
      readColours();
      chart = new window.uPlot(options(), columnsNow, place);
    }
  }

  function repaint() {
    if (chart) {
      drop();
      drawn = "";
      draw();
    }
  }

  function watchTheme() {
    new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  }

  function watchWidth() {
    new ResizeObserver(function () {
      if (chart && place.clientWidth > 0 && place.clientWidth !== chart.width) {
        chart.setSize({ width: place.clientWidth, height: HEIGHT });
      }
    }).observe(place);
  }

  // A push replaces #traffic-now or morphs it: its panel stays.
  function watchNumbers() {
    const panel = document.getElementById("traffic");
    new MutationObserver(draw).observe(panel, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-points"] });
  }

  // What was read from inside is read anew once the container has another network stack, or other interfaces in it.
  function watchStack() {
    const mark = document.getElementById("container-stack");
    const body = document.getElementById("inside-body");
    if (!mark || !body) {
      return;
    }
    let known = mark.dataset.stack;
    new MutationObserver(function () {
      const now = document.getElementById("container-stack");
      if (now && now.dataset.stack !== known) {
        known = now.dataset.stack;
        if (body.querySelector("[data-read]")) {
          document.body.dispatchEvent(new CustomEvent("stack-changed"));
        }
      }
    }).observe(document.getElementById("inside"), { subtree: true, childList: true, attributes: true, attributeFilter: ["data-stack"] });
  }

  watchStack();
  if (!place || !window.uPlot) {
    return;
  }
  watchNumbers();
  watchTheme();
  watchWidth();
  draw();
})();
